import React from 'react';

const qrev = (window.__qrev = window.__qrev || {});
const { Frame, Waiting, Problem, Empty, Block, Pager, useView, usePages, usePress } = qrev.kit ? qrev.kit(React) : {};

function Mail({ row, canChange, busy, onSay }) {
  return (
    <Block>
      <p><strong>{row.subject || '(no subject)'}</strong> to <span className="qrev-breaks">{row.to}</span>, mail {row.step}{row.mailbox ? <> from <span className="qrev-breaks">{row.mailbox}</span></> : null}</p>
      <ul className="qrev-list">
        {row.evidence.map((line, i) => <li key={i}><span className="qrev-still">{qrev.when(line.at)}</span>: {line.text}</li>)}
      </ul>
      {canChange ? (
        <div className="qrev-row">
          <button type="button" className="qrev-button qrev-quiet" aria-label={`The mail to ${row.to} left`} {...qrev.off(busy, () => onSay(row, true))}>It left</button>
          <button type="button" className="qrev-button qrev-quiet" aria-label={`The mail to ${row.to} did not leave: send it again`} {...qrev.off(busy, () => onSay(row, false))}>It did not leave: send it again</button>
        </div>
      ) : null}
    </Block>
  );
}

// One identity for ever: Chainlit evaluates this file again and again, and a new type loses its state.
const Card =
  qrev.UnknownCard ||
  (qrev.UnknownCard = function UnknownCard({ props, callAction }) {
    const pages = usePages();
    const load = () => qrev.ask(callAction, 'unknown_page', { after: pages.after });
    const { view, problem, isLoading, again } = useView(load, [pages.after], props.rev);
    const { busy, press, problem: refusal, clear } = usePress(callAction);
    const say = async (row, hasLeft) => {
      qrev.await();
      await press('unknown_settle', { message_id: row.message_id, has_left: hasLeft });
    };
    const rows = view?.rows || [];
    return (
      <Frame
        title="Did they leave?"
        note="Mails whose server gave no answer. Look among what the mailbox sent, or ask the reader; leave one as it is if you cannot tell"
        aside={<button type="button" className="qrev-button qrev-quiet" disabled={isLoading} onClick={() => again(true)}>Look again</button>}
      >
        <Problem problem={problem} onAgain={() => again(false)} />
        <Problem problem={refusal} onClose={clear} />
        {!view && isLoading ? <Waiting rows={4} /> : null}
        {rows.map((row) => <Mail key={row.message_id} row={row} canChange={view.can_change} busy={Boolean(busy)} onSay={say} />)}
        {view && !rows.length && !problem ? (
          <Empty title="No mail is in doubt">Of every mail that was tried it is known whether it left.</Empty>
        ) : null}
        {rows.length ? <Pager pages={pages} next={view.next} isLoading={isLoading} /> : null}
      </Frame>
    );
  });

export default qrev.kit ? <Card props={props} callAction={callAction} /> : <p role="alert">This page is incomplete. Reload it.</p>;
