import React, { useRef, useState } from 'react';

const qrev = (window.__qrev = window.__qrev || {});
const { Frame, Waiting, Problem, Empty, Block, Sure, useView, usePress } = qrev.kit ? qrev.kit(React) : {};

const REPAIRS = {
  use_company: { label: () => 'Greet the company’s team', question: (n) => `Write “Hello … team,” to ${n}?`, yes: 'Write it', done: 'the greeting names their company’s team now.' },
  as_it_is: { label: () => 'Send without it', question: (n) => `Send ${n} the words as they are?`, yes: 'Yes', done: 'the words are sent as they are.' },
  take_out: { label: () => 'Take the sentences out', question: (n) => `Take them out of the mails to ${n}?`, yes: 'Take them out', done: 'the sentences are out.' },
  confirm: { label: () => 'They are true', question: (n) => `Do you vouch for them, for ${n}?`, yes: 'They are true', done: 'you vouch for the sentences.' },
  drop: { label: (count) => (count === 1 ? 'Drop this person' : `Drop these ${qrev.number(count)}`), question: (n) => `Write nothing to ${n}?`, yes: 'Drop them', done: 'they are not written to.' },
};

/* One kind of what keeps drafts from leaving, with what mends all of it. */
function Kind({ one, busy, onMend }) {
  const people = qrev.count(one.people, 'person', 'people');
  return (
    <Block tone="amber">
      <p><strong>{people}:</strong> the drafts {one.words}.</p>
      {one.examples.length ? <ul className="qrev-list">{one.examples.map((text) => <li key={text} className="qrev-breaks">{text}</li>)}</ul> : null}
      <div className="qrev-row">
        {one.repairs.map((repair) => (
          <Sure key={repair} label={REPAIRS[repair].label(one.people)} question={REPAIRS[repair].question(people)} yes={REPAIRS[repair].yes} disabled={busy} onYes={() => onMend(one, repair)} />
        ))}
      </div>
    </Block>
  );
}

// One identity for ever: Chainlit evaluates this file again and again, and a new type loses its state.
const Card =
  qrev.RepairsCard ||
  (qrev.RepairsCard = function RepairsCard({ props, callAction }) {
    const load = () => qrev.ask(callAction, 'problems_get', { sequence_id: props.sequence_id });
    const { view, problem, isLoading, again } = useView(load, [props.sequence_id], props.rev, 0, true);
    const { press, busy, problem: refusal, clear } = usePress(callAction);
    const [said, setSaid] = useState('');
    const box = useRef(null);
    const mend = async (one, repair) => {
      setSaid('');
      const { view: mended } = await press('problems_mend', { sequence_id: props.sequence_id, kind: one.kind, repair, drafts: one.drafts });
      if (mended) setSaid(`${qrev.count(mended.people, 'person', 'people')}: ${REPAIRS[repair].done}`);
      again(true);
      box.current?.focus(); // its button is gone
    };
    if (!view) {
      return (
        <Frame title="What keeps drafts from leaving" note=" ">
          {isLoading ? <Waiting rows={4} /> : <Problem problem={problem} onAgain={() => again(false)} />}
        </Frame>
      );
    }
    return (
      <Frame title="What keeps drafts from leaving" note={view.sequence_name}>
        <div className="qrev-body" ref={box} tabIndex={-1} aria-busy={isLoading}>
          {view.problems.map((one) => <Kind key={one.kind} one={one} busy={Boolean(busy)} onMend={mend} />)}
          {view.problems.length ? null : <Empty title="Nothing">Every draft may leave. Press Send on the drafts to see the plan.</Empty>}
          <p className="qrev-note" role="status">{busy ? 'Working…' : said}</p>
          <Problem problem={refusal || problem} onClose={clear} />
        </div>
      </Frame>
    );
  });

export default qrev.kit ? <Card props={props} callAction={callAction} /> : <p role="alert">This page is incomplete. Reload it.</p>;
