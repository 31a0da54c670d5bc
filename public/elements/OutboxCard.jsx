import React, { useId, useState } from 'react';
import { ChevronDown, ChevronRight } from 'lucide-react';

const qrev = (window.__qrev = window.__qrev || {});
const { Frame, Waiting, Problem, Empty, Pager, useView, usePages } = qrev.kit ? qrev.kit(React) : {};

const FIRST = ['from', 'to', 'subject', 'date'];

function Lines({ headers }) {
  return (
    <dl className="qrev-lines">
      {headers.map(([name, value], i) => <div key={i}><dt>{name}</dt><dd>{value}</dd></div>)}
    </dl>
  );
}

function Mail({ messageId, callAction }) {
  const load = () => qrev.ask(callAction, 'outbox_read', { message_id: messageId });
  const { view, problem, isLoading, again } = useView(load, [messageId]);
  if (!view) return isLoading ? <Waiting rows={4} /> : <Problem problem={problem} onAgain={() => again(false)} />;
  const place = ([name]) => FIRST.indexOf(name.toLowerCase());
  const first = view.headers.filter((line) => place(line) >= 0).sort((a, b) => place(a) - place(b));
  const rest = view.headers.filter((line) => place(line) < 0);
  return (
    <article aria-label="The mail as it left">
      <Lines headers={first} />
      <div className="qrev-mail">{view.text}</div>
      {rest.length ? (
        <details className="qrev-fold">
          <summary>{qrev.count(rest.length, 'more header line', 'more header lines')}</summary>
          <Lines headers={rest} />
        </details>
      ) : null}
    </article>
  );
}

function Row({ row, isOpen, onToggle, callAction }) {
  const id = useId();
  const Arrow = isOpen ? ChevronDown : ChevronRight;
  return (
    <>
      <tr className={isOpen ? 'qrev-opened' : undefined}>
        <td data-label="Sent" className="qrev-still">{qrev.when(row.sent_at)}</td>
        <td data-label="To" className="qrev-breaks">{row.to}</td>
        <td data-label="Subject">
          <button type="button" className="qrev-open" aria-expanded={isOpen} aria-controls={id} onClick={onToggle}>
            <Arrow size={15} aria-hidden="true" /> <span>{row.subject || '(no subject)'}</span>
          </button>
        </td>
        <td data-label="Mail">{row.step}</td>
        <td data-label="From" className="qrev-breaks">{row.mailbox || '–'}</td>
      </tr>
      {isOpen ? (
        <tr className="qrev-inside" id={id}>
          <td colSpan={5}><Mail messageId={row.message_id} callAction={callAction} /></td>
        </tr>
      ) : null}
    </>
  );
}

// One identity for ever: Chainlit evaluates this file again and again, and a new type loses its state.
const Card =
  qrev.OutboxCard ||
  (qrev.OutboxCard = function OutboxCard({ props, callAction }) {
    const pages = usePages();
    const [opened, setOpened] = useState('');
    const load = () => qrev.ask(callAction, 'outbox_page', { sequence_id: props.sequence_id, after: pages.after });
    const { view, problem, isLoading, again } = useView(load, [props.sequence_id, pages.after], props.rev);
    const rows = view?.rows || [];
    const which = props.sequence_id ? 'The mails of one campaign that left' : 'The mails that left';
    return (
      <Frame
        title="Outbox"
        note={`${which}, the newest first${rows.length ? `. Times are those of ${qrev.zone()}` : ''}`}
        aside={<button type="button" className="qrev-button qrev-quiet" disabled={isLoading} onClick={() => again(true)}>Look again</button>}
      >
        <Problem problem={problem} onAgain={() => again(false)} />
        {!view && isLoading ? <Waiting rows={6} /> : null}
        {rows.length ? (
          <div className="qrev-scroll" aria-busy={isLoading}>
            <table className={`qrev-table qrev-stacks${isLoading ? ' qrev-stale' : ''}`}>
              <thead>
                <tr>
                  <th scope="col">Sent</th><th scope="col">To</th><th scope="col">Subject</th><th scope="col">Mail</th><th scope="col">From</th>
                </tr>
              </thead>
              <tbody>
                {rows.map((row) => (
                  <Row key={row.message_id} row={row} isOpen={row.message_id === opened} callAction={callAction}
                    onToggle={() => setOpened(row.message_id === opened ? '' : row.message_id)} />
                ))}
              </tbody>
            </table>
          </div>
        ) : null}
        {view && !rows.length && !problem ? (
          <Empty title="Nothing has left yet">Mails appear here the moment they leave. Press Send on a campaign’s drafts, then confirm its plan.</Empty>
        ) : null}
        {rows.length ? (
          <div className="qrev-row"><a className="qrev-button qrev-quiet" href={`/api/campaign/outbox/export${props.sequence_id ? `?sequence_id=${encodeURIComponent(props.sequence_id)}` : ''}`} download>Download</a> <a className="qrev-button qrev-quiet" href="/api/campaign/receipt" download title="Everything that was ever tried to be sent, as a file that proves itself">Receipt</a></div>
        ) : null}
        {rows.length ? <Pager pages={pages} next={view.next} isLoading={isLoading} /> : null}
      </Frame>
    );
  });

export default qrev.kit ? <Card props={props} callAction={callAction} /> : <p role="alert">This page is incomplete. Reload it.</p>;
