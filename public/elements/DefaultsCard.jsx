import React, { useRef, useState } from 'react';

const qrev = (window.__qrev = window.__qrev || {});
const { Frame, Waiting, Problem, Block, Chip, Sure, useView, usePress } = qrev.kit ? qrev.kit(React) : {};
const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const mails = (n) => qrev.count(n, 'mail', 'mails');
const capital = (words) => words.charAt(0).toUpperCase() + words.slice(1);
const hours = (spans) => (spans?.length ? spans.map(([a, b]) => `${a}–${b}`).join(', ') : 'closed');
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);

/* "09:00-12:00, 13:00-17:00" as spans; whatever else is told by the server, by name. */
const spansOf = (text) =>
  text.split(',').map((span) => span.trim()).filter((span) => span && span !== 'closed').map((span) => span.split(/\s*[–-]\s*/));

function Hours({ setting, value, onChange, isOff }) {
  const [words, setWords] = useState(() => WEEKDAYS.map((_, day) => hours(value[day])));
  const write = (day, text) => {
    const next = words.map((old, i) => (i === day ? text : old));
    setWords(next);
    onChange(Object.fromEntries(next.map((each, i) => [String(i), spansOf(each)]).filter(([, spans]) => spans.length)));
  };
  return (
    <div role="group" aria-label={setting.title} className="qrev-week">
      {WEEKDAYS.map((name, day) => (
        <label key={name} className="qrev-label">{name}
          <input className="qrev-input" value={words[day]} disabled={isOff} placeholder="closed" onChange={(event) => write(day, event.target.value)} />
        </label>
      ))}
      <p className="qrev-note">Write 09:00–12:00, 13:00–17:00 for several spans, and nothing for a day without mail.</p>
    </div>
  );
}

function Field({ setting, value, onChange, isOff }) {
  const id = `qrev-${setting.name}`;
  const why = `${id}-why`;
  const shown = setting.kind === 'switch' ? (setting.default ? 'yes' : 'no') : setting.kind === 'number' ? `${setting.default} ${setting.unit}` : 'Monday to Friday 09:00–17:00';
  return (
    <div className="qrev-setting">
      {setting.kind === 'switch' ? (
        <label className="qrev-check"><input id={id} type="checkbox" checked={value} disabled={isOff} aria-describedby={why} onChange={(event) => onChange(event.target.checked)} /><span className="qrev-strong">{setting.title}</span></label>
      ) : setting.kind === 'number' ? (
        <label className="qrev-label" htmlFor={id}><span className="qrev-strong">{setting.title}</span>
          <span className="qrev-row"><input id={id} className="qrev-input qrev-short" type="number" inputMode="numeric" min={setting.low} max={setting.high} value={value} disabled={isOff} aria-describedby={why} onChange={(event) => onChange(event.target.value === '' ? '' : Number(event.target.value))} /><span className="qrev-dim">{setting.unit}</span></span>
        </label>
      ) : (
        <>
          <span className="qrev-strong">{setting.title}</span>
          <Hours setting={setting} value={value} onChange={onChange} isOff={isOff} />
        </>
      )}
      <p id={why} className="qrev-note">{setting.reason} <span className="qrev-dim">Usual: {shown}. From {setting.source}.</span></p>
    </div>
  );
}

function Settings({ view, callAction, onSaved }) {
  const was = Object.fromEntries(view.settings.map((setting) => [setting.name, setting.value]));
  const [values, setValues] = useState(was);
  const [trial, setTrial] = useState(null);
  const { busy, press, problem, clear } = usePress(callAction);
  const isChanged = !same(values, was);
  const asked = { version: view.version, sequence_id: view.sequence_id, values: Object.fromEntries(Object.entries(values).filter(([name, value]) => !same(value, view.settings.find((each) => each.name === name).default))) };
  const change = (name, value) => { setValues({ ...values, [name]: value }); setTrial(null); clear(); };
  const look = async (event) => {
    event.preventDefault();
    const { view: found } = await press('defaults_try', asked);
    if (found) setTrial(found);
  };
  const save = async () => {
    const { view: saved } = await press('defaults_save', { ...asked, hash: trial.hash });
    if (saved) onSaved(saved);
    else setTrial(null);
  };
  const moved = trial ? trial.planned - trial.dropped : 0;
  return (
    <form className="qrev-form" onSubmit={look} noValidate>
      {view.settings.map((setting) => <Field key={setting.name} setting={setting} value={values[setting.name]} isOff={!view.may_change} onChange={(value) => change(setting.name, value)} />)}
      <Problem problem={problem} onClose={clear} />
      {trial ? (
        <Block tone="amber" role="status">
          <p><strong>{trial.planned ? `${mails(trial.planned)} of ${qrev.number(trial.planned_of)} planned ${moved === 1 ? 'moves' : 'move'} to another minute.` : trial.planned_of ? `None of the ${mails(trial.planned_of)} planned now ${trial.planned_of === 1 ? 'moves' : 'move'}.` : 'Nothing is planned, so nothing moves.'}</strong> Plans that are not confirmed yet are made anew.</p>
          {trial.rows.length ? <ul className="qrev-list">{trial.rows.map((row) => <li key={`${row.email} ${row.step}`}>{row.name || row.email}, mail {row.step}, now {qrev.when(row.at, trial.timezone)}: {row.reason}</li>)}{trial.planned > trial.rows.length ? <li>and {mails(trial.planned - trial.rows.length)} more</li> : null}</ul> : null}
          <div className="qrev-row">
            <button type="button" className="qrev-button qrev-primary" {...qrev.off(Boolean(busy), save)}>{busy === 'defaults_save' ? 'Saving…' : 'Confirm'}</button>
            <button type="button" className="qrev-button qrev-bare" onClick={() => { setValues(was); setTrial(null); }}>Leave it as it was</button>
          </div>
        </Block>
      ) : view.may_change ? (
        <div className="qrev-row">
          <button type="submit" className="qrev-button qrev-primary" aria-disabled={!isChanged || Boolean(busy)} disabled={!isChanged}>{busy === 'defaults_try' ? 'Looking…' : 'See what changes'}</button>
          {isChanged ? <span className="qrev-note">Nothing is saved before you confirm.</span> : null}
        </div>
      ) : <p className="qrev-note">Only an owner or admin can change this.</p>}
    </form>
  );
}

function Policies({ view, pressing, onChanged }) {
  const ask = async (name, payload) => {
    const { view: next } = await pressing.press(name, payload);
    if (next) onChanged(next);
  };
  if (!view.policies.length) {
    return <p className="qrev-note">None yet. Say one in the chat, such as <em>never on Fridays after 14</em>, <em>never more than two people per company a week</em> or <em>no one at gmail.com</em>.</p>;
  }
  return (
    <div className="qrev-scroll">
      <table className="qrev-table qrev-stacks">
        <thead><tr><th scope="col">Rule</th><th scope="col">Since</th><th scope="col">State</th>{view.may_change ? <th scope="col"><span className="qrev-sr">Change it</span></th> : null}</tr></thead>
        <tbody>
          {view.policies.map((policy) => (
            <tr key={policy.id}>
              <th scope="row" data-label="Rule"><span className="qrev-strong">{capital(policy.sentence)}</span>{policy.said ? <span className="qrev-under">“{policy.said}”</span> : null}</th>
              <td data-label="Since" className="qrev-still">{qrev.when(policy.created_at, view.timezone)}</td>
              <td data-label="State">{policy.is_on ? <Chip tone="green">In force</Chip> : <Chip>Off</Chip>}</td>
              {view.may_change ? (
                <td className="qrev-action">
                  <span className="qrev-row">
                    <button type="button" className="qrev-button qrev-quiet" aria-label={`${policy.is_on ? 'Switch off' : 'Switch on'}: ${policy.sentence}`} {...qrev.off(Boolean(pressing.busy), () => ask('rule_switch', { policy_id: policy.id, is_on: !policy.is_on }))}>{policy.is_on ? 'Switch off' : 'Switch on'}</button>
                    <Sure label="Remove" aria-label={`Remove: ${policy.sentence}`} question="Remove this rule?" yes="Remove it" no="Keep it" disabled={Boolean(pressing.busy)} onYes={() => ask('rule_remove', { policy_id: policy.id })} />
                  </span>
                </td>
              ) : null}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Sender({ sender, mayChange, pressing, onChanged }) {
  const [cap, setCap] = useState(sender.cap);
  const save = async (payload) => {
    const { view: next } = await pressing.press('sender_save', { mailbox_id: sender.id, ...payload });
    if (next) onChanged(next);
  };
  return (
    <tr>
      <th scope="row" data-label="Mailbox"><span className="qrev-strong qrev-breaks">{sender.email}</span><span className="qrev-under">{sender.timezone}{sender.is_paused ? ' · paused' : ''}</span></th>
      <td data-label="Mails a day">
        {mayChange ? (
          <span className="qrev-row">
            <input className="qrev-input qrev-short" type="number" min={0} max={50} aria-label={`Mails a day from ${sender.email}`} value={cap} onChange={(event) => setCap(event.target.value === '' ? '' : Number(event.target.value))} />
            {cap !== sender.cap && cap !== '' ? <button type="button" className="qrev-button qrev-quiet" {...qrev.off(Boolean(pressing.busy), () => save({ cap }))}>Save</button> : null}
          </span>
        ) : sender.cap}
      </td>
      <td data-label="Today">{mails(sender.today)}</td>
      <td data-label="New or warmed">
        {sender.is_warmed ? 'warmed' : 'new, growing'}
        {mayChange ? <button type="button" className="qrev-button qrev-bare" aria-label={`${sender.is_warmed ? 'Begin small again' : 'It is warmed'}: ${sender.email}`} {...qrev.off(Boolean(pressing.busy), () => save({ is_warmed: !sender.is_warmed }))}>{sender.is_warmed ? 'Begin small again' : 'It is warmed'}</button> : null}
      </td>
    </tr>
  );
}

function Senders({ view, pressing, onChanged }) {
  if (!view.senders.length) return <p className="qrev-note">There is no mailbox yet: the first one is made with the first Send.</p>;
  return (
    <div className="qrev-scroll">
      <table className="qrev-table qrev-stacks">
        <thead><tr><th scope="col">Mailbox</th><th scope="col">Mails a day</th><th scope="col">Today</th><th scope="col">New or warmed</th></tr></thead>
        <tbody>{view.senders.map((sender) => <Sender key={`${sender.id} ${sender.cap}`} sender={sender} mayChange={view.may_change} pressing={pressing} onChanged={onChanged} />)}</tbody>
      </table>
    </div>
  );
}

// One identity for ever: Chainlit evaluates this file again and again, and a new type loses its state.
const Card =
  qrev.DefaultsCard ||
  (qrev.DefaultsCard = function DefaultsCard({ props, callAction }) {
    const { view, problem, isLoading, again, setView } = useView(() => qrev.ask(callAction, 'defaults_get', { sequence_id: props.sequence_id }), [props.sequence_id], props.rev, 0, true);
    const pressing = usePress(callAction);
    const [told, setTold] = useState('');
    const box = useRef(null);
    const changed = (next) => { setTold(''); if (props.sequence_id) again(true); else setView(next); };
    const saved = (next) => { setView(next); setTold('Saved. Planned mails that did not fit have moved.'); box.current?.focus(); };
    const title = view?.subject ? `Sending rules of ${view.subject}` : 'Sending rules';
    return (
      <Frame title={title} note={view ? `When and how much is sent, and why. Times of the workspace are in ${view.timezone}.` : ' '}>
        <Problem problem={problem} onAgain={() => again(false)} />
        {!view && isLoading ? <Waiting rows={6} /> : null}
        {view ? (
          <div className="qrev-body" ref={box} tabIndex={-1} aria-busy={isLoading}>
            <p className="qrev-note qrev-status" role="status">{told}</p>
            <Problem problem={pressing.problem} onClose={pressing.clear} />
            <section aria-label="Rules you said"><h4 className="qrev-subtitle">Rules you said</h4><Policies view={view} pressing={pressing} onChanged={changed} /></section>
            {view.subject ? null : <section aria-label="Mailboxes"><h4 className="qrev-subtitle">Mailboxes</h4><Senders view={view} pressing={pressing} onChanged={changed} /></section>}
            <section aria-label="Settings"><h4 className="qrev-subtitle">Settings</h4><Settings key={`${view.version} ${view.sequence_id}`} view={view} callAction={callAction} onSaved={saved} /></section>
          </div>
        ) : null}
      </Frame>
    );
  });

export default qrev.kit ? <Card props={props} callAction={callAction} /> : <p role="alert">This page is incomplete. Reload it.</p>;
