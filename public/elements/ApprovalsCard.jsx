import React, { useState } from 'react';

const qrev = (window.__qrev = window.__qrev || {});
const { Frame, Waiting, Problem, Empty, Sure, useView, usePress } = qrev.kit ? qrev.kit(React) : {};

function Row({ row, canChange, busy, onOpen, onDecline }) {
  return (
    <tr>
      <th scope="row" data-label="What">
        <span className="qrev-strong">{row.title}</span>
        <span className="qrev-under">{qrev.count(row.people, 'person', 'people')}</span>
      </th>
      <td data-label="First word">{row.is_mine ? 'Yours' : row.asked_by}</td>
      <td data-label="Since" className="qrev-still">{qrev.when(row.asked_at)}</td>
      <td className="qrev-action">
        <div className="qrev-row">
          <button type="button" className={`qrev-button ${row.is_mine ? 'qrev-quiet' : 'qrev-primary'}`} aria-label={`Read: ${row.title}`} {...qrev.off(busy, () => onOpen(row))}>Read it</button>
          {canChange ? <Sure label={row.is_mine ? 'Take back' : 'Decline'} aria-label={`${row.is_mine ? 'Take back' : 'Decline'}: ${row.title}`} question="Nothing of it happens then." yes="Yes" no="No" disabled={busy} onYes={() => onDecline(row)} /> : null}
        </div>
      </td>
    </tr>
  );
}

function Threshold({ view, busy, onSave }) {
  const [people, setPeople] = useState(String(view.threshold));
  const submit = (event) => {
    event.preventDefault();
    if (!busy) onSave(Number(people));
  };
  return (
    <form className="qrev-form" onSubmit={submit}>
      <label className="qrev-label">A second member confirms what reaches more people than (0: never)
        <input className="qrev-input" type="number" min="0" max="1000000" value={people} onChange={(event) => setPeople(event.target.value)} />
      </label>
      <div className="qrev-row">
        <button type="submit" className="qrev-button qrev-quiet" aria-disabled={busy || people === '' || people === String(view.threshold)}>{busy ? 'Saving…' : 'Save'}</button>
      </div>
    </form>
  );
}

// One identity for ever: Chainlit evaluates this file again and again, and a new type loses its state.
const Card =
  qrev.ApprovalsCard ||
  (qrev.ApprovalsCard = function ApprovalsCard({ props, callAction }) {
    const [told, setTold] = useState('');
    const load = () => qrev.ask(callAction, 'approvals_page', {});
    const { view, problem, isLoading, again, setView } = useView(load, [], props.rev, 30, true);
    const { busy, press, problem: refusal, clear } = usePress(callAction);
    const isBusy = Boolean(busy);
    const open = async (row) => {
      qrev.await();
      const { problem: refused } = await press('approval_open', { approval_id: row.id });
      if (!refused) setTold('It is below: read it, then confirm.');
    };
    const change = async (name, payload, words) => {
      const { view: now } = await press(name, payload);
      if (!now) return;
      setView(now);
      setTold(words);
    };
    const rows = view?.rows || [];
    const note = !view ? ' ' : view.is_alone ? 'You alone may confirm here, so nothing waits.' : view.threshold ? `Two members confirm what reaches more than ${qrev.number(view.threshold)} people.` : 'Everything is confirmed by one member.';
    return (
      <Frame title="Approvals" note={note}>
        <Problem problem={problem} onAgain={() => again(false)} />
        <Problem problem={refusal} onClose={clear} />
        {!view && isLoading ? <Waiting rows={3} /> : null}
        {rows.length ? (
          <div className="qrev-scroll" aria-busy={isLoading}>
            <table className="qrev-table qrev-stacks">
              <thead>
                <tr><th scope="col">What</th><th scope="col">First word</th><th scope="col">Since</th><th scope="col"><span className="qrev-sr">Decide</span></th></tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <Row key={row.id} row={row} canChange={view.can_change} busy={isBusy} onOpen={open} onDecline={(one) => change('approval_decline', { approval_id: one.id }, 'It does not wait any more. Nothing of it happened.')} />
                ))}
              </tbody>
            </table>
          </div>
        ) : null}
        {view && !rows.length ? <Empty title="Nothing waits">What one member has confirmed and needs a second one is listed here.</Empty> : null}
        {view?.can_manage ? <Threshold key={view.threshold} view={view} busy={isBusy} onSave={(people) => change('approval_threshold_save', { people }, 'Saved.')} /> : null}
        <p className="qrev-note qrev-status" role="status">{told}</p>
      </Frame>
    );
  });

export default qrev.kit ? <Card props={props} callAction={callAction} /> : <p role="alert">This page is incomplete. Reload it.</p>;
