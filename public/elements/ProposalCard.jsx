import React, { useEffect, useRef, useState } from 'react';
import { Check } from 'lucide-react';

const qrev = (window.__qrev = window.__qrev || {});
const { Frame, Waiting, Problem, Block, Chip, Figure, Pager, Sure, Days, useView, usePress, usePages, useSecondsLeft, useIsNew, useOld } = qrev.kit ? qrev.kit(React) : {};
const SOON = 10; // seconds between two looks while something moves
const LATER = 60; // and while mails wait for their minute

const mails = (n) => qrev.count(n, 'mail', 'mails');
const people = (n) => qrev.count(n, 'person', 'people');
const span = (seconds) => (seconds % 60 ? qrev.count(seconds, 'second', 'seconds') : qrev.count(seconds / 60, 'minute', 'minutes'));
const why = (because) => because.split('; ').slice(1).join('; ') || because;

function MailboxList({ perMailbox }) {
  return (
    <table className="qrev-table">
      <thead>
        <tr><th scope="col">From mailbox</th><th scope="col" className="qrev-num">Mails</th><th scope="col" className="qrev-num">Busiest day</th></tr>
      </thead>
      <tbody>
        {perMailbox.map(({ mailbox, count, busiest_day: busiest }) => (
          <tr key={mailbox}><td className="qrev-breaks">{mailbox}</td><td className="qrev-num">{qrev.number(count)}</td><td className="qrev-num">{qrev.number(busiest)}</td></tr>
        ))}
      </tbody>
    </table>
  );
}

function Person({ row }) {
  return (
    <td data-label="Person">
      <span className="qrev-strong">{row.name || row.email}</span>
      {row.name ? <span className="qrev-under qrev-breaks">{row.email}</span> : null}
    </td>
  );
}

function TheirTime({ row: { local, because } }) {
  const at = local.lastIndexOf(' ');
  return (
    <td data-label="Their time">
      <details className="qrev-why">
        <summary><span className="qrev-hint">{local.slice(0, at)}</span><span className="qrev-under">{local.slice(at + 1)}</span></summary>
        {why(because)}
      </details>
    </td>
  );
}

function Schedule({ view, callAction }) {
  const first = { rows: view.rows, next: view.next };
  const pages = usePages();
  const isFirst = pages.after === null;
  const load = async () =>
    isFirst ? { view: first } : qrev.ask(callAction, 'proposal_rows', { proposal_id: view.id, after: pages.after });
  const { view: loaded, problem, isLoading, again } = useView(load, [pages.after]);
  const { rows, next } = isFirst ? first : loaded || first;
  const hasBoxes = view.per_mailbox.length > 1;
  const isWaiting = isLoading && !isFirst;
  return (
    <section aria-label="Schedule">
      <h4 className="qrev-subtitle">Schedule <span className="qrev-dim">in the time of {view.timezone}</span></h4>
      <Problem problem={problem} onAgain={() => again(false)} />
      <div className="qrev-scroll qrev-tall" aria-busy={isWaiting}>
        <table className={`qrev-table qrev-stacks${isWaiting ? ' qrev-stale' : ''}`}>
          <thead>
            <tr>
              <th scope="col">Leaves</th><th scope="col">Person</th><th scope="col">Mail</th>
              {hasBoxes ? <th scope="col">From</th> : null}
              <th scope="col">Their time, and why</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.id}>
                <td data-label="Leaves" className="qrev-still">{qrev.when(row.send_at, view.timezone)}</td>
                <Person row={row} />
                <td data-label="Mail">{row.step}</td>
                {hasBoxes ? <td data-label="From" className="qrev-breaks">{row.mailbox}</td> : null}
                <TheirTime row={row} />
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Pager pages={pages} next={next} isLoading={isWaiting} />
    </section>
  );
}

/* The same plan by day and mailbox, and by person, as a card of its own. */
function LookCloser({ view, callAction }) {
  const { busy, press, problem, clear } = usePress(callAction);
  return (
    <>
      <div className="qrev-row">
        <button type="button" className="qrev-button qrev-quiet" {...qrev.off(Boolean(busy), () => press('plan_card', { sequence_id: view.sequence_id }))}>See it by mailbox and person</button>
        <span className="qrev-note">Or ask in the chat, such as <em>who gets mail on Friday?</em></span>
      </div>
      <Problem problem={problem} onClose={clear} />
    </>
  );
}

function BlockedPeople({ view }) {
  const { blocked, blocked_count: count } = view;
  return (
    <details className="qrev-fold" open={count <= 5 || !view.messages}>
      <summary>
        <span className="qrev-text-amber">{people(count)}</span> will not be written to
        {count > blocked.length ? ` (the first ${blocked.length} are shown)` : ''}
      </summary>
      <div className="qrev-scroll qrev-tall">
        <table className="qrev-table qrev-stacks">
          <thead>
            <tr><th scope="col">Person</th><th scope="col">Mail</th><th scope="col">Why not</th><th scope="col">To mend it</th></tr>
          </thead>
          <tbody>
            {blocked.map((row) => (
              <tr key={`${row.prospect_id} ${row.step}`}>
                <Person row={row} />
                <td data-label="Mail">{row.step || 'all'}</td>
                <td data-label="Why not">{row.reason}</td>
                <td data-label="To mend it">{row.repair}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function PostalAddress({ pressing, onSave }) {
  const [address, setAddress] = useState('');
  const isBusy = pressing.busy === 'postal_address_save';
  const save = (event) => {
    event.preventDefault();
    if (address.trim()) onSave(address);
  };
  return (
    <form className="qrev-block qrev-amber qrev-form" onSubmit={save}>
      <p><strong>Your postal address is missing.</strong> The law wants one at the foot of every mail. It is asked once for the whole workspace.</p>
      <label className="qrev-label">Postal address
        <textarea className="qrev-input" rows={3} autoComplete="street-address" placeholder={'Company\nStreet and number\nPostcode, city, country'} value={address} onChange={(event) => setAddress(event.target.value)} />
      </label>
      <div className="qrev-row">
        <button type="submit" className="qrev-button qrev-primary" disabled={isBusy || !address.trim()}>{isBusy ? 'Saving…' : 'Save and plan'}</button>
      </div>
      <Problem problem={pressing.about === 'postal_address_save' ? pressing.problem : null} onClose={pressing.clear} />
    </form>
  );
}

function Needs({ needs, pressing, onSave, onLook }) {
  const told = {
    drafts: <><strong>Drafts are still being written.</strong> The plan is made when all of them are there.</>,
    mailbox: <><strong>No mailbox may send.</strong> There is none, or all are paused. Connect or resume one.</>,
  };
  return needs.map((need) =>
    need === 'postal_address' ? (
      <PostalAddress key={need} pressing={pressing} onSave={onSave} />
    ) : (
      <Block key={need} tone="amber">
        <p>{told[need] || `Something is missing: ${need.replaceAll('_', ' ')}.`}</p>
        <div className="qrev-row"><button type="button" className="qrev-button qrev-quiet" onClick={onLook}>Look again</button></div>
      </Block>
    ),
  );
}

function Confirm({ view, isNew, isOld, pressing, onConfirm, onLook }) {
  const { busy, problem, about, clear } = pressing;
  const hold = view.hold_seconds ? `you can undo for ${span(view.hold_seconds)}` : 'there is no undo';
  const words = view.needs.length
    ? 'Nothing can be planned before what is missing is there.'
    : !view.messages
      ? view.blocked_count ? 'Nobody in this plan can be written to yet: see who is blocked and why.' : 'Everyone in this campaign is planned already: there is nothing left to confirm.'
      : isOld
        ? 'This plan was made a while ago. Make a new one, look at it, then confirm.'
        : `Confirm plans ${mails(view.messages)} to ${people(view.people)}; the first leaves ${qrev.when(view.first_at, view.timezone)} (${view.timezone}); ${hold}.`;
  const refusal = about === 'proposal_confirm' ? problem : null;
  return (
    <>
      {refusal?.fresh ? <Block tone="amber" role="alert"><p>{refusal.message}</p></Block> : <Problem problem={refusal} onClose={clear} />}
      {view.waits_for ? <Block tone="amber"><p>{view.waits_for}</p></Block> : null}
      <footer className="qrev-send">
        <p className="qrev-note qrev-grow">{words}</p>
        {isOld ? (
          <button type="button" className="qrev-button qrev-primary" onClick={onLook}>Make a new plan</button>
        ) : (
          <button type="button" className="qrev-button qrev-primary" disabled={Boolean(busy) || isNew || !view.messages || view.is_mine} onClick={onConfirm}>
            <Check size={15} aria-hidden="true" /> {busy === 'proposal_confirm' ? 'Planning…' : 'Confirm'}
          </button>
        )}
      </footer>
    </>
  );
}

function Open({ view, isNew, isOld, pressing, callAction, onConfirm, onSave, onLook }) {
  return (
    <>
      <Needs needs={view.needs} pressing={pressing} onSave={onSave} onLook={onLook} />
      {view.messages ? (
        <>
          <dl className="qrev-figures">
            <Figure value={view.people} label={view.people === 1 ? 'person' : 'people'} />
            <Figure value={view.messages} label={view.messages === 1 ? 'mail' : 'mails'} />
            <Figure value={view.blocked_count} label="blocked" tone="amber" />
            <div className="qrev-figure"><dd className="qrev-moment">{qrev.when(view.first_at, view.timezone)}</dd><dt>first leaves, {view.timezone}</dt></div>
            <div className="qrev-figure"><dd className="qrev-moment">{qrev.when(view.last_at, view.timezone)}</dd><dt>last leaves, {view.timezone}</dt></div>
          </dl>
          <div className="qrev-split"><Days title="Mails per day" perDay={view.per_day} words={mails} /><MailboxList perMailbox={view.per_mailbox} /></div>
        </>
      ) : null}
      {view.warnings.length ? (
        <Block tone="amber">
          <p><strong>Worth a second look</strong></p>
          <ul className="qrev-list">{view.warnings.map((words) => <li key={words}>{words}</li>)}</ul>
        </Block>
      ) : null}
      {view.blocked_count ? <BlockedPeople view={view} /> : null}
      {view.rows.length ? <LookCloser view={view} callAction={callAction} /> : null}
      {view.rows.length ? <Schedule key={`${view.id} ${view.hash}`} view={view} callAction={callAction} /> : null}
      <Confirm view={view} isNew={isNew} isOld={isOld} pressing={pressing} onConfirm={onConfirm} onLook={onLook} />
    </>
  );
}

const OVER = {
  undone: ['Undone', 'Undone in time: nothing of this plan has left, and its drafts can be edited again.'],
  undoing: ['Undoing', 'This is being taken back. It takes a moment.'],
  cancelled: ['Cancelled', 'This plan was cancelled. Nothing of it has left.'],
  void: ['Out of date', 'This plan is out of date and does nothing any more. Nothing of it has left.'],
  expired: ['Out of date', 'This plan was not confirmed in time. Nothing of it has left.'],
};

function Over({ view, pressing }) {
  const [isAsked, setAsked] = useState(false);
  const renew = async () => {
    qrev.await();
    const { view: made } = await pressing.press('sequence_send', { sequence_id: view.sequence_id });
    if (made) setAsked(true);
  };
  const isBusy = pressing.busy === 'sequence_send';
  return (
    <>
      <p role="status">{view.outcome || (OVER[view.state] || OVER.void)[1]}</p>
      <Problem problem={pressing.problem} onClose={pressing.clear} />
      <div className="qrev-row">
        <button type="button" className="qrev-button qrev-quiet" disabled={isBusy || isAsked} onClick={renew}>{isBusy ? 'Planning…' : 'Make a new plan'}</button>
        <span className="qrev-dim" role="status">{isAsked ? 'The new plan is below.' : ''}</span>
      </div>
    </>
  );
}

function Applied({ view, pressing, left, onUndo }) {
  const { busy, problem, clear } = pressing;
  const of = (...statuses) => statuses.reduce((sum, status) => sum + (view.counts[status] || 0), 0);
  const waiting = of(...WAITING);
  return (
    <>
      <p>
        {mails(view.messages)} to {people(view.people)} {view.messages === 1 ? 'was' : 'were'} planned.
        {waiting ? ' Each leaves at its minute, also when this page is closed.' : ''}
      </p>
      {view.undo_until ? (
        <div className="qrev-block qrev-plain qrev-row">
          <span className="qrev-grow">You can still take all of it back{left ? <>: <strong className="qrev-still" role="timer">{qrev.countdown(left)}</strong> left</> : null}.</span>
          <button type="button" className="qrev-button qrev-quiet" disabled={Boolean(busy)} onClick={onUndo}>{busy === 'proposal_undo' ? 'Undoing…' : 'Undo'}</button>
        </div>
      ) : null}
      {!view.undo_until && waiting && view.can_undo ? (
        <div className="qrev-block qrev-plain qrev-row">
          <span className="qrev-grow">{mails(waiting)} can still be taken back; what has left cannot.</span>
          <Sure label="Take back the rest" question={`Take ${mails(waiting)} back?`} yes="Take them back" no="Keep them" disabled={Boolean(busy)} onYes={onUndo} />
        </div>
      ) : null}
      <Problem problem={problem} onClose={clear} />
      <dl className="qrev-figures" aria-label="The mails of this campaign">
        <Figure value={waiting} label="waiting" />
        <Figure value={of(...LEAVING)} label="leaving now" />
        <Figure value={of('sent')} label="sent" tone="green" />
        <Figure value={of('failed')} label="failed" tone="red" />
        <Figure value={of('unknown')} label="unknown" tone="amber" />
        <Figure value={of('cancelled')} label="cancelled" />
      </dl>
      <p className="qrev-note">
        {waiting ? `Next leaves ${qrev.when(view.first_at, view.timezone)}, the last ${qrev.when(view.last_at, view.timezone)} (${view.timezone}).` : 'Nothing of this campaign is waiting.'} Write /campaigns to see all of them or to stop one.
      </p>
    </>
  );
}

/* What is known at once, and how far the planning is. */
function Planning({ props, callAction }) {
  const ask = () => qrev.ask(callAction, 'proposal_progress', { proposal_id: props.proposal_id });
  const { view } = useView(ask, [props.proposal_id], 0, 1);
  const all = view?.people || 0;
  const done = all ? Math.min(all, view.planned) : 0;
  const words = all ? `${qrev.number(done)} of ${people(all)} planned` : 'Reading the list and the drafts';
  return (
    <div className="qrev-body">
      {props.people ? (
        <dl className="qrev-figures">
          <Figure value={props.people} label={props.people === 1 ? 'person' : 'people'} />
          <Figure value={props.mails} label={props.mails === 1 ? 'mail at most' : 'mails at most'} />
        </dl>
      ) : null}
      <div className="qrev-progress-line">
        <span className="qrev-dim">{words}</span>
        <div className="qrev-bar" role="progressbar" aria-label="Planning" aria-valuemin={0} aria-valuemax={all || 1} aria-valuenow={done} aria-valuetext={words}>
          <span style={{ width: `${all ? (100 * done) / all : 0}%` }} />
        </div>
      </div>
      <Waiting rows={4} />
    </div>
  );
}

const WAITING = ['planned', 'held'];
const LEAVING = ['claimed', 'sending'];
const has = (view, statuses) => statuses.some((status) => view.counts[status]);
const isDone = (view) => view.state === 'applied' && !has(view, [...WAITING, ...LEAVING]);
const LOOKS = { applied: ['green', 'Planned'], done: ['plain', 'Done'], confirmed: ['plain', 'Planning'], open: ['outline', 'Not confirmed'] };

/* How often to look again: often while something moves, seldom while mails wait, else never. */
function pace(view) {
  if (!view) return 0;
  if (view.state === 'confirmed' || view.undo_until) return SOON;
  if (view.state !== 'applied') return 0;
  const isDue = new Date(view.first_at) - Date.now() < LATER * 1000;
  return has(view, LEAVING) || (has(view, WAITING) && isDue) ? SOON : has(view, WAITING) ? LATER : 0;
}

// One identity for ever: Chainlit evaluates this file again and again, and a new type loses its state.
const Card =
  qrev.ProposalCard ||
  (qrev.ProposalCard = function ProposalCard({ props, callAction }) {
    const [every, setEvery] = useState(0);
    const load = () => qrev.ask(callAction, 'proposal_get', { proposal_id: props.proposal_id });
    const { view, problem, isLoading, again, setView } = useView(load, [props.proposal_id], props.rev, every, true);
    useEffect(() => setEvery(pace(view)), [view]);
    const pressing = usePress(callAction);
    const left = useSecondsLeft(view?.undo_until);
    useEffect(() => {
      if (view?.undo_until && !left) again(true);
    }, [left === 0]);
    const isNew = useIsNew(view?.state === 'open' ? view.hash : '');
    const isOld = useOld(view?.state === 'open' ? view.id : '', view?.expires_at);
    const box = useRef(null);
    useEffect(() => {
      if (view && qrev.isAwaited()) box.current?.closest('.qrev-card').scrollIntoView({ block: 'start' });
    }, [Boolean(view)]);
    const press = async (name, payload) => {
      const { view: next, problem: refusal } = await pressing.press(name, { proposal_id: view.id, ...payload });
      const shown = next || refusal?.fresh;
      if (!shown) return;
      setView(shown);
      if (shown.state !== view.state) box.current?.focus(); // its button is gone
    };
    if (!view) {
      return (
        <Frame title={props.name || 'Plan'} note={isLoading ? 'The plan is being made. Nothing leaves by it.' : ' '} aside={<Chip tone="outline">Planning</Chip>}>
          {isLoading ? <Planning props={props} callAction={callAction} /> : <Problem problem={problem} onAgain={() => again(false)} />}
        </Frame>
      );
    }
    const [tone, word] = LOOKS[isDone(view) ? 'done' : view.state] || ['outline', (OVER[view.state] || OVER.void)[0]];
    const made = view.id === props.proposal_id ? 'The plan of this Send.' : 'Made anew, because something changed since the first one.';
    const note = view.state === 'open' ? `${made} Nothing leaves before you confirm.` : 'The plan of this Send';
    return (
      <Frame title={view.sequence_name} note={note} aside={<Chip tone={tone}>{word}</Chip>}>
        <Problem problem={problem} onAgain={() => again(false)} />
        <div className="qrev-body" ref={box} tabIndex={-1} aria-busy={isLoading}>
          {view.state === 'open' ? (
            <Open view={view} isNew={isNew} isOld={isOld} pressing={pressing} callAction={callAction}
              onConfirm={() => press('proposal_confirm', { hash: view.hash })}
              onSave={(address) => press('postal_address_save', { address })}
              onLook={() => again(false)} />
          ) : view.state === 'confirmed' ? (
            <p role="status">Confirmed. The mails are being planned: this takes a moment.</p>
          ) : view.state === 'applied' ? (
            <Applied view={view} pressing={pressing} left={Math.min(left, view.hold_seconds)} onUndo={() => press('proposal_undo')} />
          ) : (
            <Over view={view} pressing={pressing} />
          )}
        </div>
      </Frame>
    );
  });

export default qrev.kit ? <Card props={props} callAction={callAction} /> : <p role="alert">This page is incomplete. Reload it.</p>;
