import React, { useEffect, useRef } from 'react';

const qrev = (window.__qrev = window.__qrev || {});
const { Frame, Waiting, Problem, Block, Chip, useView, usePress, useSecondsLeft, useIsNew } = qrev.kit ? qrev.kit(React) : {};

const LOOKS = {
  open: ['outline', 'Not confirmed'], waits: ['amber', 'Waiting'], confirmed: ['plain', 'Under way'], done: ['green', 'Done'], undoing: ['plain', 'Under way'],
  undone: ['plain', 'Undone'], cancelled: ['plain', 'Cancelled'], expired: ['outline', 'Expired'], void: ['outline', 'Out of date'],
};
const OVER = {
  cancelled: 'This was cancelled. Nothing was changed.',
  expired: 'This was shown too long ago. Nothing was changed.',
  void: 'Things have changed since this was shown. Nothing was changed.',
  confirmed: 'Confirmed. This takes a moment.',
  undoing: 'This is being undone. It takes a moment.',
};
const CUTS = ['stop', 'stop_person', 'archive']; // what cannot be taken back for ever

function Rows({ view }) {
  if (!view.rows.length) return null;
  return (
    <div className="qrev-scroll qrev-tall">
      <table className="qrev-table qrev-stacks">
        <thead>
          <tr><th scope="col">Person</th><th scope="col">Mail</th><th scope="col">Now</th><th scope="col">Then</th></tr>
        </thead>
        <tbody>
          {view.rows.map((row) => (
            <tr key={`${row.email}:${row.step}`}>
              <td data-label="Person">
                <span className="qrev-strong">{row.name || row.email}</span>
                {row.name ? <span className="qrev-under qrev-breaks">{row.email}</span> : null}
              </td>
              <td data-label="Mail">{row.step}</td>
              <td data-label="Now">{row.before}</td>
              <td data-label="Then">{row.after}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {view.touched > view.rows.length ? <p className="qrev-foot">The first {view.rows.length} of {qrev.number(view.touched)}</p> : null}
    </div>
  );
}

function Open({ view, busy, left, isNew, onConfirm, onCancel }) {
  const look = CUTS.includes(view.kind) ? 'qrev-danger' : 'qrev-primary';
  return (
    <>
      {view.waits_for ? <Block tone="amber"><p>{view.waits_for}</p></Block> : null}
      <Rows view={view} />
      <p className="qrev-note">Good for another <span className="qrev-still" role="timer">{qrev.countdown(left)}</span>.</p>
      {view.can_decide ? (
        <div className="qrev-row">
          <button type="button" className={`qrev-button ${look}`} {...qrev.off(Boolean(busy) || isNew, onConfirm)}>{busy === 'order_confirm' ? 'Working…' : view.verb}</button>
          <button type="button" className="qrev-button qrev-quiet" {...qrev.off(Boolean(busy), onCancel)}>Cancel</button>
        </div>
      ) : null}
    </>
  );
}

function Over({ view, busy, onUndo, onAgain }) {
  if (view.state === 'done' || view.state === 'undone') {
    return (
      <div className="qrev-row">
        <p className="qrev-grow" role="status">{view.outcome}</p>
        {view.can_undo ? <button type="button" className="qrev-button qrev-quiet" {...qrev.off(Boolean(busy), onUndo)}>{busy === 'order_undo' ? 'Undoing…' : 'Undo'}</button> : null}
      </div>
    );
  }
  return (
    <>
      <p role="status">{OVER[view.state]}</p>
      {['expired', 'void', 'cancelled'].includes(view.state) ? (
        <div className="qrev-row">
          <button type="button" className="qrev-button qrev-quiet" {...qrev.off(Boolean(busy), onAgain)}>{busy ? 'Looking…' : 'Look again'}</button>
        </div>
      ) : null}
    </>
  );
}

// One identity for ever: Chainlit evaluates this file again and again, and a new type loses its state.
const Card =
  qrev.OrderCard ||
  (qrev.OrderCard = function OrderCard({ props, callAction }) {
    const load = () => qrev.ask(callAction, 'order_get', { order_id: props.order_id });
    const { view, problem, isLoading, again, setView } = useView(load, [props.order_id], props.rev, 0, true);
    const { busy, press, problem: refusal, clear } = usePress(callAction);
    const left = useSecondsLeft(view?.state === 'open' ? view.expires_at : null);
    const isNew = useIsNew(view?.state === 'open' ? view.id : null);
    useEffect(() => {
      if (view?.state === 'open' && !left) again(true);
    }, [left === 0]);
    const box = useRef(null);
    const isAwaited = useRef(qrev.isAwaited());
    useEffect(() => {
      if (!view || !isAwaited.current) return;
      isAwaited.current = false;
      box.current?.scrollIntoView({ block: 'nearest' });
      box.current?.focus();
    }, [Boolean(view)]);
    const ask = async (name, payload) => {
      const answer = await press(name, { order_id: view.id, ...payload });
      if (answer.isIgnored) return;
      const shown = answer.view?.id ? answer.view : answer.problem?.fresh;
      if (shown) setView(shown);
      else again(true); // a refusal may have ended it
      box.current?.focus(); // its button may be gone
    };
    if (!view) {
      return (
        <Frame title="Change" note=" ">
          {isLoading ? <Waiting rows={4} /> : <Problem problem={problem} onAgain={() => again(false)} />}
        </Frame>
      );
    }
    const [tone, word] = LOOKS[view.state === 'open' && view.waits_for ? 'waits' : view.state];
    const note = view.state === 'open' ? 'Nothing happens before you confirm. Times are those of the workspace.' : 'What was proposed';
    return (
      <Frame title={view.title} note={note} aside={<Chip tone={tone}>{word}</Chip>}>
        <div className="qrev-body" ref={box} tabIndex={-1} aria-busy={isLoading}>
          <ul className="qrev-list">{view.facts.map((fact) => <li key={fact}>{fact}</li>)}</ul>
          <Problem problem={refusal || problem} onClose={clear} />
          {view.state === 'open' ? (
            <Open view={view} busy={busy} left={left} isNew={isNew} onConfirm={() => ask('order_confirm', { hash: view.hash })} onCancel={() => ask('order_cancel', {})} />
          ) : (
            <Over view={view} busy={busy} onUndo={() => ask('order_undo', {})} onAgain={() => ask('order_again', {})} />
          )}
        </div>
      </Frame>
    );
  });

export default qrev.kit ? <Card props={props} callAction={callAction} /> : <p role="alert">This page is incomplete. Reload it.</p>;
