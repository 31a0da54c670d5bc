import React, { useEffect, useRef, useState } from 'react';

const qrev = (window.__qrev = window.__qrev || {});
const { Frame, Waiting, Problem, Empty, Block, Chip, Diff, Pager, useView, usePress, usePages, useSecondsLeft, useIsNew } = qrev.kit ? qrev.kit(React) : {};

const LOOK_AGAIN_SECONDS = 2; // while it is being written
const LOOKS = {
  open: ['outline', 'Not confirmed'], confirmed: ['plain', 'Under way'], done: ['green', 'Done'], undoing: ['plain', 'Under way'],
  undone: ['plain', 'Undone'], cancelled: ['plain', 'Cancelled'], expired: ['outline', 'Expired'], void: ['outline', 'Out of date'],
};
const OVER = {
  cancelled: 'This was cancelled. Nothing was changed.',
  confirmed: 'Confirmed. This takes a moment.',
  undoing: 'This is being undone. It takes a moment.',
  expired: 'This was shown too long ago. Nothing was changed. Say it once more.',
  void: 'Things have changed since this was shown. Nothing was changed. Say it once more.',
};

function Writing({ view, busy, onStop }) {
  const words = `${qrev.number(view.done)} of ${qrev.number(view.total)} mails looked at`;
  return (
    <div className="qrev-progress-line">
      <div className="qrev-bar" role="progressbar" aria-label="Rewriting" aria-valuemin={0} aria-valuemax={view.total} aria-valuenow={view.done} aria-valuetext={words}>
        <span style={{ width: `${view.total ? (100 * view.done) / view.total : 0}%` }} />
      </div>
      <p className="qrev-note">{words}. Nothing is changed yet; you can go on with something else.</p>
      {view.can_change ? <div className="qrev-row"><button type="button" className="qrev-button qrev-quiet" {...qrev.off(Boolean(busy), onStop)}>{busy ? 'Stopping…' : 'Stop'}</button></div> : null}
    </div>
  );
}

function Groups({ groups, current, onGroup }) {
  if (groups.length < 2) return null;
  return (
    <div className="qrev-row" role="group" aria-label="Show only">
      <button type="button" className="qrev-button qrev-quiet" aria-pressed={!current} onClick={() => onGroup('')}>All</button>
      {groups.map((group) => (
        <button key={group.parts} type="button" className="qrev-button qrev-quiet" aria-pressed={current === group.parts} onClick={() => onGroup(group.parts)}>{group.words}</button>
      ))}
    </div>
  );
}

function Mail({ row }) {
  return (
    <article className="qrev-part" aria-label={`Mail ${row.step} to ${row.name || row.email}`}>
      <div className="qrev-row">
        <p className="qrev-grow"><strong>{row.name || row.email}</strong>{row.name ? <span className="qrev-dim qrev-breaks"> {row.email}</span> : null}</p>
        <Chip>Mail {row.step}</Chip>
        {row.is_planned ? <Chip tone="plain">planned</Chip> : null}
        {row.is_by_hand ? <Chip tone="amber">edited by hand</Chip> : null}
      </div>
      <h4 className="qrev-subject"><Diff pieces={row.subject} /></h4>
      <div className="qrev-mail"><Diff pieces={row.body} /></div>
      {row.doubts.length ? <p className="qrev-text-amber">Nothing we know says: {row.doubts.map((one) => `“${one}”`).join(' ')}</p> : null}
    </article>
  );
}

function Mails({ view, callAction }) {
  const [parts, setParts] = useState('');
  const pages = usePages();
  const load = () => qrev.ask(callAction, 'rewrite_rows', { rewrite_id: view.id, parts, after: pages.after });
  const { view: page, problem, isLoading, again } = useView(load, [view.id, parts, pages.after, view.state], 0);
  const onGroup = (wanted) => {
    pages.first();
    setParts(wanted);
  };
  return (
    <>
      <Groups groups={view.groups} current={parts} onGroup={onGroup} />
      <Problem problem={problem} onAgain={() => again(false)} />
      {!page && isLoading ? <Waiting rows={4} /> : null}
      {page ? <div className={isLoading ? 'qrev-stale' : ''} aria-busy={isLoading}>{page.rows.map((row) => <Mail key={row.draft_id} row={row} />)}</div> : null}
      {page && (page.next || pages.number > 1) ? <Pager pages={pages} next={page.next} isLoading={isLoading} /> : null}
    </>
  );
}

function Deciding({ order, busy, onConfirm, onCancel, onUndo, onLate }) {
  const isOpen = order.state === 'open';
  const left = useSecondsLeft(isOpen ? order.expires_at : null);
  const isNew = useIsNew(isOpen ? order.id : null);
  useEffect(() => {
    if (isOpen && !left) onLate();
  }, [left === 0]);
  if (isOpen) {
    return (
      <>
        {order.waits_for ? <Block tone="amber"><p>{order.waits_for}</p></Block> : null}
        <div className="qrev-row">
          <p className="qrev-note qrev-grow">Good for another <span className="qrev-still" role="timer">{qrev.countdown(left)}</span>.</p>
          {order.can_decide ? (
            <>
              <button type="button" className="qrev-button qrev-quiet" {...qrev.off(Boolean(busy), onCancel)}>Cancel</button>
              <button type="button" className="qrev-button qrev-primary" {...qrev.off(Boolean(busy) || isNew, onConfirm)}>{busy === 'order_confirm' ? 'Working…' : `Confirm ${qrev.count(order.touched, 'mail', 'mails')}`}</button>
            </>
          ) : null}
        </div>
      </>
    );
  }
  return (
    <div className="qrev-row">
      <p className="qrev-grow" role="status">{OVER[order.state] || order.outcome}</p>
      {order.can_undo ? <button type="button" className="qrev-button qrev-quiet" {...qrev.off(Boolean(busy), onUndo)}>{busy === 'order_undo' ? 'Undoing…' : 'Undo'}</button> : null}
    </div>
  );
}

// One identity for ever: Chainlit evaluates this file again and again, and a new type loses its state.
const Card =
  qrev.RewriteCard ||
  (qrev.RewriteCard = function RewriteCard({ props, callAction }) {
    const [isWriting, setWriting] = useState(true);
    const load = () => qrev.ask(callAction, 'rewrite_get', { rewrite_id: props.rewrite_id });
    const { view, problem, isLoading, again } = useView(load, [props.rewrite_id], props.rev, isWriting ? LOOK_AGAIN_SECONDS : 0, true);
    const { press, busy, problem: refusal, clear } = usePress(callAction);
    const box = useRef(null);
    const isBegun = useRef(false);
    useEffect(() => {
      if (!view) return;
      setWriting(view.state === 'writing');
      if (view.state !== 'writing' || !view.can_change || isBegun.current) return;
      isBegun.current = true; // one who looks has it written; twice is once
      qrev.ask(callAction, 'rewrite_work', { rewrite_id: view.id });
    }, [view?.state]);
    const ask = async (name, payload) => {
      const { isIgnored } = await press(name, payload);
      if (isIgnored) return;
      again(true);
      box.current?.focus(); // its button may be gone
    };
    if (!view) {
      return (
        <Frame title="Other words" note=" ">
          {isLoading ? <Waiting rows={5} /> : <Problem problem={problem} onAgain={() => again(false)} />}
        </Frame>
      );
    }
    const { order } = view;
    const [tone, word] = order ? LOOKS[order.state] || ['outline', order.state] : view.state === 'writing' ? ['plain', 'Writing'] : ['outline', 'Nothing to confirm'];
    return (
      <Frame title={`“${view.instruction}”`} note={`Other words in ${view.sequence_name}. Nothing changes before you confirm.`} aside={<Chip tone={tone}>{word}</Chip>}>
        <div className="qrev-body" ref={box} tabIndex={-1} aria-busy={isLoading}>
          {view.state === 'writing' ? <Writing view={view} busy={busy} onStop={() => ask('rewrite_stop', { rewrite_id: view.id })} /> : null}
          {view.state === 'failed' ? <Block tone="amber"><p><strong>Nothing was changed.</strong> {view.reason}</p></Block> : null}
          {view.nothing ? <Empty title="Nothing would change">{view.nothing}</Empty> : null}
          {order ? <ul className="qrev-list">{order.facts.map((fact) => <li key={fact}>{fact}</li>)}</ul> : null}
          {view.groups.length ? <Mails view={view} callAction={callAction} /> : null}
          <Problem problem={refusal || problem} onClose={clear} />
          {order ? (
            <Deciding
              order={order} busy={busy} onLate={() => again(true)}
              onConfirm={() => ask('order_confirm', { order_id: order.id, hash: order.hash })}
              onCancel={() => ask('order_cancel', { order_id: order.id })}
              onUndo={() => ask('order_undo', { order_id: order.id })}
            />
          ) : null}
        </div>
      </Frame>
    );
  });

export default qrev.kit ? <Card props={props} callAction={callAction} /> : <p role="alert">This page is incomplete. Reload it.</p>;
