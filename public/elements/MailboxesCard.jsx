import React, { useEffect, useRef, useState } from 'react';

const qrev = (window.__qrev = window.__qrev || {});
const { Frame, Waiting, Problem, Empty, Block, Chip, Sure, useView, usePress } = qrev.kit ? qrev.kit(React) : {};
const KINDS = { gmail: 'Gmail', smtp: 'Mail server', outbox: 'Outbox folder on this machine' };
const RECONNECT = '/login/google?mailbox&next=/';
const PORTS = { starttls: '587', tls: '465' };
const TONES = { good: 'green', missing: 'amber', wrong: 'red', unknown: 'plain' };
const STATES = { good: 'in order', missing: 'missing', wrong: 'wrong', unknown: 'not known' };

function useFocus() {
  const first = useRef(null);
  useEffect(() => first.current?.focus(), []);
  return first;
}

const closing = (onClose) => ({ onKeyDown: (event) => event.key === 'Escape' && onClose() });

function Settings({ row, mayCap, busy, problem, onSave, onClose }) {
  const [wish, setWish] = useState({ name: row.name, reply_to: row.reply_to, signature: row.signature, cap: String(row.cap), is_warmed: row.is_warmed });
  const first = useFocus();
  const set = (name) => (event) => setWish({ ...wish, [name]: event.target.value });
  const submit = (event) => {
    event.preventDefault();
    if (busy) return;
    const { cap, is_warmed, ...words } = wish;
    onSave(mayCap ? { ...words, cap: Number(cap) || 0, is_warmed } : words);
  };
  return (
    <form className="qrev-form" onSubmit={submit} {...closing(onClose)} noValidate>
      <label className="qrev-label">Name people see
        <input ref={first} className="qrev-input" maxLength={100} autoComplete="off" value={wish.name} onChange={set('name')} />
      </label>
      <label className="qrev-label">Answers go to
        <input className="qrev-input" type="email" maxLength={320} autoComplete="off" spellCheck={false} placeholder={row.email} value={wish.reply_to} onChange={set('reply_to')} />
      </label>
      <label className="qrev-label">Signature under every mail
        <textarea className="qrev-input" rows={3} maxLength={1000} value={wish.signature} onChange={set('signature')} />
      </label>
      {mayCap ? (
        <>
          <label className="qrev-label">Mails a day, at most
            <input className="qrev-input qrev-short" type="number" inputMode="numeric" min={0} max={50} value={wish.cap} onChange={set('cap')} />
          </label>
          <label className="qrev-check">
            <input type="checkbox" checked={!wish.is_warmed} onChange={(event) => setWish({ ...wish, is_warmed: !event.target.checked })} /> It is new: begin with a few a day and grow
          </label>
        </>
      ) : null}
      <Problem problem={problem} />
      <div className="qrev-row">
        <button type="submit" className="qrev-button qrev-primary" aria-disabled={busy}>{busy ? 'Saving…' : 'Save'}</button>
        <button type="button" className="qrev-button qrev-quiet" onClick={onClose}>Cancel</button>
      </div>
    </form>
  );
}

function Server({ email, name, title, busy, problem, onConnect, onClose }) {
  const [wish, setWish] = useState({ email: email || '', name: name || '', host: '', security: 'starttls', port: '587', user: email || '', password: '' });
  const first = useFocus();
  const set = (field) => (event) => setWish({ ...wish, [field]: event.target.value });
  const isOff = busy || !wish.email.trim() || !wish.host.trim() || !wish.user.trim() || !wish.password;
  const submit = (event) => {
    event.preventDefault();
    if (!isOff) onConnect({ ...wish, port: Number(wish.port) || 0 });
  };
  return (
    <form className="qrev-form" onSubmit={submit} {...closing(onClose)} noValidate>
      <h4 className="qrev-subtitle">{title}</h4>
      {email ? null : (
        <label className="qrev-label">Address to send from
          <input ref={first} className="qrev-input" type="email" autoComplete="off" spellCheck={false} placeholder="you@company.com" value={wish.email} onChange={(event) => setWish({ ...wish, email: event.target.value, user: wish.user === wish.email ? event.target.value : wish.user })} />
        </label>
      )}
      <div className="qrev-row qrev-line">
        <label className="qrev-label qrev-grow">Mail server
          <input ref={email ? first : undefined} className="qrev-input" autoComplete="off" spellCheck={false} placeholder="smtp.company.com" value={wish.host} onChange={set('host')} />
        </label>
        <label className="qrev-label">Encryption
          <select className="qrev-input" value={wish.security} onChange={(event) => setWish({ ...wish, security: event.target.value, port: PORTS[event.target.value] })}>
            <option value="starttls">STARTTLS</option>
            <option value="tls">TLS</option>
          </select>
        </label>
        <label className="qrev-label">Port
          <input className="qrev-input qrev-short" inputMode="numeric" value={wish.port} onChange={set('port')} />
        </label>
      </div>
      <div className="qrev-row qrev-line">
        <label className="qrev-label qrev-grow">User name
          <input className="qrev-input" autoComplete="off" spellCheck={false} value={wish.user} onChange={set('user')} />
        </label>
        <label className="qrev-label qrev-grow">Password
          <input className="qrev-input" type="password" autoComplete="new-password" value={wish.password} onChange={set('password')} />
        </label>
      </div>
      <p className="qrev-note">We sign in once to see that it works. The password is kept sealed and never shown again.</p>
      <Problem problem={problem} />
      <div className="qrev-row">
        <button type="submit" className="qrev-button qrev-primary" aria-disabled={isOff}>{busy ? 'Signing in there…' : 'Connect'}</button>
        <button type="button" className="qrev-button qrev-quiet" onClick={onClose}>Cancel</button>
      </div>
    </form>
  );
}

function Domain({ callAction, row, onClose }) {
  const { view, problem, isLoading, again } = useView(() => qrev.ask(callAction, 'mailbox_domain', { mailbox_id: row.id }), [row.id]);
  if (!view) return isLoading ? <Waiting rows={3} /> : <Problem problem={problem} onAgain={() => again(false)} />;
  return (
    <div className="qrev-form" aria-busy={isLoading} {...closing(onClose)}>
      <h4 className="qrev-subtitle">What receivers see of {view.domain}</h4>
      <ul className="qrev-items">
        {view.findings.map((finding) => (
          <li key={finding.name} className="qrev-item">
            <p><strong>{finding.name}</strong> <Chip tone={TONES[finding.state]}>{STATES[finding.state]}</Chip></p>
            <p>{finding.words}</p>
            {finding.advice ? <p className="qrev-note qrev-breaks">{finding.advice}</p> : null}
          </li>
        ))}
      </ul>
      <div className="qrev-row">
        <button type="button" className="qrev-button qrev-quiet" {...qrev.off(isLoading, () => again(false))}>{isLoading ? 'Looking…' : 'Look again'}</button>
        <button type="button" className="qrev-button qrev-quiet" onClick={onClose}>Close</button>
      </div>
    </div>
  );
}

function Health({ row }) {
  const facts = [
    `${qrev.number(row.sent_today)} of ${qrev.number(row.today)} today`,
    `${qrev.number(row.sent_week)} in seven days`,
    row.refused_week ? `${qrev.number(row.refused_week)} refused` : '',
    row.unknown_week ? `${qrev.number(row.unknown_week)} not certain` : '',
    row.waiting ? `${qrev.number(row.waiting)} still to leave` : '',
  ].filter(Boolean);
  return (
    <>
      <p>{facts.join(' · ')}</p>
      {row.trouble ? <p className="qrev-note qrev-breaks">Last trouble, {qrev.when(row.trouble_at)}: {row.trouble}</p> : null}
    </>
  );
}

function Paused({ row, busy, onResume, onServer }) {
  return (
    <Block tone="amber">
      <p><strong>Paused:</strong> {row.paused_reason || 'nothing leaves from it'}. {row.waiting ? `${qrev.count(row.waiting, 'mail waits', 'mails wait')} for it.` : ''}</p>
      {row.may_change ? (
        <div className="qrev-row">
          {row.kind === 'gmail' && row.is_mine ? <a className="qrev-button qrev-primary" href={RECONNECT}>Reconnect</a> : null}
          {row.has_own_server ? <button type="button" className="qrev-button qrev-primary" onClick={onServer}>Sign in again…</button> : null}
          <button type="button" className="qrev-button qrev-quiet" aria-label={`Set ${row.email} going again`} {...qrev.off(busy, onResume)}>{busy === 'mailbox_resume' ? 'Working…' : 'Set it going again'}</button>
        </div>
      ) : null}
    </Block>
  );
}

function Mailbox({ row, view, open, setOpen, busy, problem, change, callAction, clear }) {
  const show = (what) => { clear(); setOpen(open === `${row.id} ${what}` ? '' : `${row.id} ${what}`); };
  const isOpen = (what) => open === `${row.id} ${what}`;
  const close = () => setOpen('');
  const press = (name, more) => change(name, { mailbox_id: row.id, ...more }, row.id);
  const isAny = Boolean(busy);
  return (
    <li className="qrev-item" aria-label={row.email}>
      <div className="qrev-row">
        <strong className="qrev-breaks qrev-grow">{row.name ? `${row.name} · ${row.email}` : row.email}</strong>
        <Chip tone={row.is_paused ? 'amber' : row.kind === 'outbox' ? 'plain' : 'green'}>{row.is_paused ? 'Paused' : KINDS[row.kind]}</Chip>
      </div>
      <Health row={row} />
      {row.is_paused ? <Paused row={row} busy={busy} onResume={() => press('mailbox_resume')} onServer={() => show('server')} /> : null}
      {row.kind === 'outbox' ? <p className="qrev-note">Mails are kept as files and reach nobody. Connect a mailbox to send.</p> : null}
      <div className="qrev-row">
        {view.may_connect ? <button type="button" className="qrev-button qrev-quiet" aria-label={`Send a test mail from ${row.email}`} {...qrev.off(isAny, () => press('mailbox_test'))}>{busy === 'mailbox_test' ? 'Sending…' : 'Test mail to me'}</button> : null}
        {row.may_change ? <button type="button" className="qrev-button qrev-quiet" aria-expanded={isOpen('settings')} aria-label={`Settings of ${row.email}`} onClick={() => show('settings')}>Settings…</button> : null}
        <button type="button" className="qrev-button qrev-quiet" aria-expanded={isOpen('domain')} aria-label={`Domain of ${row.email}`} onClick={() => show('domain')}>Domain…</button>
        {row.may_change && !row.is_paused ? <Sure label="Pause" question="Nothing more leaves from it. Pause?" yes="Pause" disabled={isAny} aria-label={`Pause ${row.email}`} onYes={() => press('mailbox_pause')} /> : null}
        {row.may_change && !row.waiting && view.rows.length > 1 ? <Sure label="Remove" question="Forget this mailbox and its password?" yes="Remove" disabled={isAny} aria-label={`Remove ${row.email}`} onYes={() => press('mailbox_remove')} /> : null}
      </div>
      {isOpen('settings') ? <Settings row={row} mayCap={view.may_set_caps} busy={isAny} problem={problem} onSave={(wish) => press('mailbox_save', wish)} onClose={close} /> : null}
      {isOpen('domain') ? <Domain callAction={callAction} row={row} onClose={close} /> : null}
      {isOpen('server') ? <Server email={row.email} name={row.name} title="Sign in to its server again" busy={isAny} problem={problem} onConnect={(wish) => change('mailbox_connect_smtp', wish, row.id)} onClose={close} /> : null}
      {problem && !isOpen('settings') && !isOpen('server') ? <Problem problem={problem} onClose={clear} /> : null}
    </li>
  );
}

function Connect({ view, isOpen, setOpen, busy, problem, change, clear }) {
  if (!view.may_connect) return <p className="qrev-note">Your role lets you look. Who may change connects mailboxes.</p>;
  const google = async () => {
    if (!(await change('mailbox_connect_google', {}, 'new'))) setOpen('google');
  };
  if (isOpen) return <Server title="Connect a mailbox by its mail server" busy={Boolean(busy)} problem={problem} onConnect={(wish) => change('mailbox_connect_smtp', wish, 'new')} onClose={() => setOpen('')} />;
  return (
    <div className="qrev-body">
      <div className="qrev-row">
        {view.has_google ? <button type="button" className="qrev-button qrev-primary" {...qrev.off(Boolean(busy), google)}>{busy === 'mailbox_connect_google' ? 'Connecting…' : 'Connect my Gmail'}</button> : null}
        <button type="button" className={`qrev-button ${view.has_google ? 'qrev-quiet' : 'qrev-primary'}`} onClick={() => { clear(); setOpen('new'); }}>Connect by mail server…</button>
      </div>
      <Problem problem={problem} onClose={clear} />
      {problem && view.has_google ? <p><a className="qrev-button qrev-primary" href={RECONNECT}>Allow it at Google</a></p> : null}
    </div>
  );
}

// One identity for ever: Chainlit evaluates this file again and again, and a new type loses its state.
const Card =
  qrev.MailboxesCard ||
  (qrev.MailboxesCard = function MailboxesCard({ props, callAction }) {
    const { view, problem, isLoading, again, setView } = useView(() => qrev.ask(callAction, 'mailboxes_get', {}), [], props.rev, 60, true);
    const { busy, press, problem: refusal, clear } = usePress(callAction);
    const [open, setOpen] = useState('');
    const [at, setAt] = useState('');
    const [said, setSaid] = useState('');
    const saying = useRef(null);
    const change = async (name, payload, place) => {
      setSaid('');
      setAt(place);
      const answer = await press(name, payload);
      if (!answer.view) return false;
      setView(answer.view);
      setSaid(answer.view.said);
      setOpen('');
      saying.current?.focus(); // its button may be gone
      return true;
    };
    if (!view) {
      return <Frame title="Mailboxes" note=" ">{isLoading ? <Waiting rows={4} /> : <Problem problem={problem} onAgain={() => again(false)} />}</Frame>;
    }
    const at_row = (id) => (at === id ? refusal : null);
    return (
      <Frame title="Mailboxes" note="What you send from, and how it is doing">
        <Problem problem={problem} onAgain={() => again(false)} />
        <div className="qrev-body" ref={saying} tabIndex={-1} role="status">{said ? <Block tone="green"><p>{said}</p></Block> : null}</div>
        {view.rows.length ? (
          <ul className="qrev-items" aria-busy={isLoading}>
            {view.rows.map((row) => (
              <Mailbox key={row.id} row={row} view={view} open={open} setOpen={setOpen} busy={at === row.id ? busy : busy && 'other'} problem={at_row(row.id)} change={change} callAction={callAction} clear={clear} />
            ))}
          </ul>
        ) : <Empty title="No mailbox is connected">Connect one to send from.</Empty>}
        <Connect view={view} isOpen={open === 'new'} setOpen={setOpen} busy={busy} problem={at_row('new')} change={change} clear={clear} />
      </Frame>
    );
  });

export default qrev.kit ? <Card props={props} callAction={callAction} /> : <p role="alert">This page is incomplete. Reload it.</p>;
