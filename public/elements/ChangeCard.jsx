import React, { useEffect, useRef } from 'react';

const qrev = (window.__qrev = window.__qrev || {});
const { Frame, Waiting, Problem, Chip, useView, usePress, useSecondsLeft } = qrev.kit ? qrev.kit(React) : {};

const LOOKS = { open: ['outline', 'Not confirmed'], confirmed: ['plain', 'Under way'], done: ['green', 'Done'], cancelled: ['plain', 'Cancelled'], expired: ['outline', 'Expired'], void: ['outline', 'Out of date'] };
const OVER = {
  cancelled: 'You cancelled this. Nothing was changed.',
  expired: 'This was shown too long ago. Nothing was changed.',
  void: 'Things have changed since this was shown. Nothing was changed.',
};

function Open({ view, busy, left, onConfirm, onCancel }) {
  return (
    <>
      <p className="qrev-note">Good for another <span className="qrev-still" role="timer">{qrev.countdown(left)}</span>.</p>
      <div className="qrev-row">
        <button type="button" className="qrev-button qrev-danger" {...qrev.off(Boolean(busy), onConfirm)}>{busy === 'change_confirm' ? 'Working…' : view.verb}</button>
        <button type="button" className="qrev-button qrev-quiet" {...qrev.off(Boolean(busy), onCancel)}>Cancel</button>
      </div>
    </>
  );
}

function Over({ view, busy, onAgain }) {
  if (view.state === 'done') return <p role="status">{view.outcome}</p>;
  if (view.state === 'confirmed') return <p role="status">Confirmed. This takes a moment.</p>;
  return (
    <>
      <p role="status">{OVER[view.state]}</p>
      <button type="button" className="qrev-button qrev-quiet" {...qrev.off(Boolean(busy), onAgain)}>{busy ? 'Looking…' : 'Look again'}</button>
    </>
  );
}

// One identity for ever: Chainlit evaluates this file again and again, and a new type loses its state.
const Card =
  qrev.ChangeCard ||
  (qrev.ChangeCard = function ChangeCard({ props, callAction }) {
    const load = () => qrev.ask(callAction, 'change_get', { change_id: props.change_id });
    const { view, problem, isLoading, again, setView } = useView(load, [props.change_id], props.rev, 0, true);
    const { busy, press, problem: refusal, clear } = usePress(callAction);
    const left = useSecondsLeft(view?.state === 'open' ? view.expires_at : null);
    useEffect(() => {
      if (view?.state === 'open' && !left) again(true);
    }, [left === 0]);
    const box = useRef(null);
    const ask = async (name, payload) => {
      const answer = await press(name, { change_id: view.id, ...payload });
      if (answer.isIgnored) return;
      if (answer.view?.id) setView(answer.view);
      else again(true); // a refusal may have ended it
      box.current?.focus(); // its button may be gone
    };
    if (!view) {
      return (
        <Frame title="Change" note=" ">
          {isLoading ? <Waiting rows={3} /> : <Problem problem={problem} onAgain={() => again(false)} />}
        </Frame>
      );
    }
    const [tone, word] = LOOKS[view.state];
    const note = view.state === 'open' ? 'Nothing happens before you confirm.' : 'What was proposed';
    return (
      <Frame title={view.title} note={note} aside={<Chip tone={tone}>{word}</Chip>}>
        <div className="qrev-body" ref={box} tabIndex={-1} aria-busy={isLoading}>
          <ul className="qrev-list">{view.facts.map((fact) => <li key={fact}>{fact}</li>)}</ul>
          <Problem problem={refusal || problem} onClose={clear} />
          {view.state === 'open' ? (
            <Open view={view} busy={busy} left={left} onConfirm={() => ask('change_confirm', { hash: view.hash })} onCancel={() => ask('change_cancel', {})} />
          ) : (
            <Over view={view} busy={busy} onAgain={() => ask('change_again', {})} />
          )}
        </div>
      </Frame>
    );
  });

export default qrev.kit ? <Card props={props} callAction={callAction} /> : <p role="alert">This page is incomplete. Reload it.</p>;
