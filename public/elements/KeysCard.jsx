import React, { useEffect, useRef, useState } from 'react';

const qrev = (window.__qrev = window.__qrev || {});
const { Frame, Waiting, Problem, Empty, Block, Chip, Sure, useView, usePress } = qrev.kit ? qrev.kit(React) : {};
const LIVES = [['30', '30 days'], ['90', '90 days'], ['365', 'a year'], ['', 'until it is revoked']];

function Key({ row, busy, seesAll, onRevoke }) {
  return (
    <tr>
      <th scope="row" data-label="Key">
        <span className="qrev-strong">{row.name}</span>
        <span className="qrev-under">{row.hint}…{seesAll && !row.is_own ? ` · of ${row.made_by}` : ''}</span>
      </th>
      <td data-label="May">{row.scopes.join(', ')}</td>
      <td data-label="Made" className="qrev-still">{qrev.when(row.created_at)}</td>
      <td data-label="Last used" className="qrev-still">{row.last_used_at ? qrev.when(row.last_used_at) : 'never'}</td>
      <td data-label="Expires" className="qrev-still">
        {row.is_expired ? <Chip tone="amber">expired</Chip> : row.expires_at ? qrev.when(row.expires_at) : 'never'}
      </td>
      <td className="qrev-action">
        <Sure label="Revoke" aria-label={`Revoke ${row.name}`} question="Stop its program at once?" yes="Revoke it" no="Keep it" disabled={busy} onYes={() => onRevoke(row)} />
      </td>
    </tr>
  );
}

function Keys({ view, isLoading, busy, onRevoke }) {
  return (
    <div className="qrev-scroll" aria-busy={isLoading}>
      <table className={`qrev-table qrev-stacks${isLoading ? ' qrev-stale' : ''}`}>
        <thead>
          <tr>
            <th scope="col">Key</th><th scope="col">May</th><th scope="col">Made</th><th scope="col">Last used</th><th scope="col">Expires</th>
            <th scope="col"><span className="qrev-sr">Revoke</span></th>
          </tr>
        </thead>
        <tbody>{view.rows.map((row) => <Key key={row.id} row={row} busy={busy} seesAll={view.sees_all} onRevoke={onRevoke} />)}</tbody>
      </table>
    </div>
  );
}

function Secret({ made, onDone }) {
  const [told, setTold] = useState('');
  const box = useRef(null);
  useEffect(() => box.current?.focus(), []);
  const copy = async () => setTold((await qrev.copy(made.secret)) ? 'Copied.' : 'Your browser did not copy it. Select it and copy it yourself.');
  return (
    <div ref={box} tabIndex={-1} className="qrev-body">
      <Block tone="amber">
        <p><strong>Copy the secret of {made.key.name} now. It is not shown again.</strong> Whoever has it can do what the key may, so keep it where passwords are kept.</p>
        <input className="qrev-input" aria-label="Secret" readOnly value={made.secret} onFocus={(event) => event.target.select()} />
        <div className="qrev-row">
          <button type="button" className="qrev-button qrev-primary" onClick={copy}>Copy</button>
          <button type="button" className="qrev-button qrev-quiet" onClick={onDone}>I have kept it</button>
          <span role="status">{told}</span>
        </div>
      </Block>
    </div>
  );
}

function ScopeBox({ choice, isOn, onChange }) {
  const isOff = choice.is_fixed || !choice.is_allowed;
  return (
    <label className="qrev-check">
      <input type="checkbox" checked={choice.is_fixed || isOn} disabled={isOff} onChange={(event) => onChange(event.target.checked)} />
      <span>
        <span className="qrev-strong">{choice.title}</span>
        <span className="qrev-under">{choice.words}{choice.is_fixed ? ' In every key.' : choice.is_allowed ? '' : ' Your role does not allow it.'}</span>
      </span>
    </label>
  );
}

function NewKey({ choices, busy, problem, onClear, onMake, onCancel }) {
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState([]);
  const [days, setDays] = useState('90');
  const first = useRef(null);
  useEffect(() => first.current?.focus(), []);
  const toggle = (scope, isOn) => setScopes(isOn ? [...scopes, scope] : scopes.filter((one) => one !== scope));
  const submit = (event) => {
    event.preventDefault();
    if (name.trim()) onMake({ name, scopes, days: days ? Number(days) : null });
    else first.current?.focus();
  };
  return (
    <form className="qrev-form" onSubmit={submit}>
      <label className="qrev-label">
        Name
        <input ref={first} className="qrev-input" value={name} maxLength={100} required placeholder="What it is for, such as Nightly export" onChange={(event) => setName(event.target.value)} />
      </label>
      <div role="group" aria-label="What it may do" className="qrev-form">
        {choices.map((choice) => <ScopeBox key={choice.scope} choice={choice} isOn={scopes.includes(choice.scope)} onChange={(isOn) => toggle(choice.scope, isOn)} />)}
      </div>
      <label className="qrev-label">
        Good for
        <select className="qrev-input" value={days} onChange={(event) => setDays(event.target.value)}>
          {LIVES.map(([value, title]) => <option key={value} value={value}>{title}</option>)}
        </select>
      </label>
      <Problem problem={problem} onClose={onClear} />
      <div className="qrev-row">
        <button type="submit" className="qrev-button qrev-primary" aria-disabled={Boolean(busy)}>{busy ? 'Making…' : 'Make the key'}</button>
        <button type="button" className="qrev-button qrev-bare" onClick={onCancel}>Cancel</button>
      </div>
    </form>
  );
}

// One identity for ever: Chainlit evaluates this file again and again, and a new type loses its state.
const Card =
  qrev.KeysCard ||
  (qrev.KeysCard = function KeysCard({ props, callAction }) {
    const { view, problem, isLoading, again } = useView(() => qrev.ask(callAction, 'keys_page', {}), [], props.rev, 0, true);
    const { busy, press, about, problem: refusal, clear } = usePress(callAction);
    const [isMaking, setMaking] = useState(false);
    const [made, setMade] = useState(null);
    const [told, setTold] = useState('');
    const opener = useRef(null);
    const close = () => { setMaking(false); setMade(null); clear(); setTimeout(() => opener.current?.focus()); };
    const open = () => { setTold(''); clear(); setMaking(true); };
    const onMake = async (asked) => {
      const answer = await press('key_create', asked);
      if (!answer.view) return;
      setMaking(false);
      setMade(answer.view);
    };
    const onRevoke = async (row) => {
      setTold('');
      const answer = await press('key_revoke', { key_id: row.id });
      if (answer.isIgnored) return;
      if (answer.view) setTold(`${row.name} is revoked: it works no more.`);
      else again(true);
    };
    const isFormOpen = isMaking || made;
    return (
      <Frame
        title="API keys"
        note={`With a key a program acts for whoever made it. Times are those of ${qrev.zone()}`}
        aside={isFormOpen || !view ? null : <button ref={opener} type="button" className="qrev-button qrev-primary" onClick={open}>New key</button>}
      >
        {made ? <Secret made={made} onDone={close} /> : null}
        {isMaking ? <NewKey choices={view.choices} busy={busy} problem={about === 'key_create' ? refusal : null} onClear={clear} onMake={onMake} onCancel={close} /> : null}
        <Problem problem={problem} onAgain={() => again(false)} />
        <Problem problem={about === 'key_revoke' ? refusal : null} onClose={clear} />
        {!view && isLoading ? <Waiting rows={4} /> : null}
        {view?.rows.length ? <Keys view={view} isLoading={isLoading} busy={Boolean(busy)} onRevoke={onRevoke} /> : null}
        <p className="qrev-note qrev-status" role="status">{told}</p>
        {view && !view.rows.length && !problem && !isFormOpen ? (
          <Empty title="No keys yet">Make one for each program that should read or change something here, so that each can be stopped by itself. What they can call is explained at <a href="/api/docs" target="_blank" rel="noreferrer">/api/docs</a>.</Empty>
        ) : null}
      </Frame>
    );
  });

export default qrev.kit ? <Card props={props} callAction={callAction} /> : <p role="alert">This page is incomplete. Reload it.</p>;
