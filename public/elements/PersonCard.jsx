import React, { useState } from 'react';

const qrev = (window.__qrev = window.__qrev || {});
const { Frame, Waiting, Problem, Block, Chip, Sure, useView, usePress } = qrev.kit ? qrev.kit(React) : {};
const FIRST = 8; // of what happened; the rest on demand

function Facts({ facts }) {
  const known = facts.filter((fact) => fact.value);
  if (!known.length) return <p className="qrev-note">Nothing else is known yet.</p>;
  return (
    <dl className="qrev-lines">
      {known.map((fact) => (
        <div key={fact.field}>
          <dt>{fact.label}</dt>
          <dd>{fact.is_link ? <a href={fact.value} target="_blank" rel="noreferrer noopener">{fact.value}</a> : fact.value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Editing({ view, busy, onSave, onClose }) {
  const [typed, setTyped] = useState({});
  const [title, setTitle] = useState('');
  const [value, setValue] = useState('');
  const seen = Object.fromEntries(view.facts.map((fact) => [fact.field, fact.value]));
  const own = title.trim() && value.trim() ? { [`fields.${title.trim()}`]: value } : {};
  const changes = { ...Object.fromEntries(Object.entries(typed).filter(([field, words]) => words !== seen[field])), ...own };
  const isClean = !Object.keys(changes).length;
  const submit = async (event) => {
    event.preventDefault();
    const compared = Object.fromEntries(Object.keys(changes).filter((field) => field in seen).map((field) => [field, seen[field]]));
    if (!isClean && !busy && (await onSave(changes, compared))) onClose();
  };
  return (
    <form className="qrev-form" onSubmit={submit} aria-label="Edit">
      <div className="qrev-fields">
        {view.facts.map((fact) => (
          <label key={fact.field} className="qrev-label">{fact.label}
            {fact.field === 'timezone' ? (
              <select className="qrev-input" value={typed.timezone ?? fact.value} onChange={(event) => setTyped({ ...typed, timezone: event.target.value })}>
                <option value="">Not known</option>
                {qrev.zones(fact.value).map((zone) => <option key={zone}>{zone}</option>)}
              </select>
            ) : (
              <input className="qrev-input" value={typed[fact.field] ?? fact.value} maxLength={2000} onChange={(event) => setTyped({ ...typed, [fact.field]: event.target.value })} />
            )}
          </label>
        ))}
        <label className="qrev-label">A field of your own<input className="qrev-input" value={title} maxLength={60} placeholder="Deal size" onChange={(event) => setTitle(event.target.value)} /></label>
        <label className="qrev-label">What it holds<input className="qrev-input" value={value} maxLength={2000} onChange={(event) => setValue(event.target.value)} /></label>
      </div>
      <p className="qrev-note">The address cannot be changed: mails and lists are about it.</p>
      <div className="qrev-row">
        <button type="submit" className="qrev-button qrev-primary" aria-disabled={isClean || Boolean(busy)}>{busy === 'person_save' ? 'Saving…' : 'Save'}</button>
        <button type="button" className="qrev-button qrev-bare" onClick={onClose}>Cancel</button>
      </div>
    </form>
  );
}

function Belonging({ view, busy, onPress }) {
  const [tag, setTag] = useState('');
  const off = Boolean(busy) || !tag.trim();
  const add = async (event) => {
    event.preventDefault();
    if (!off && (await onPress('person_tag', { tag }))) setTag('');
  };
  const pick = (label, value, options, none, onChange) => (
    <label className="qrev-label">{label}
      <select className="qrev-input" value={value || ''} disabled={Boolean(busy)} onChange={(event) => onChange(event.target.value || null)}>
        <option value="">{none}</option>
        {options.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
      </select>
    </label>
  );
  return (
    <div className="qrev-fields">
      <form className="qrev-row qrev-line" onSubmit={add}>
        <label className="qrev-label qrev-grow">Tag<input className="qrev-input" value={tag} maxLength={60} placeholder="VIP" onChange={(event) => setTag(event.target.value)} /></label>
        <button type="submit" className="qrev-button qrev-quiet" aria-disabled={off}>Add</button>
      </form>
      {pick('Owner', view.owner_id, view.members, 'Nobody', (id) => onPress('person_owner', { owner_id: id }))}
      {view.teams.length ? pick('Team', view.team_id, view.teams, 'None', (id) => onPress('person_team', { team_id: id })) : null}
    </div>
  );
}

function Tags({ view, busy, onPress }) {
  if (!view.tags.length && (view.may_change || !view.owner)) return null;
  return (
    <div className="qrev-facts">
      {view.tags.map((tag) => (
        <Chip key={tag}>{tag}{view.may_change && !view.deleted_at ? <button type="button" className="qrev-off-tag" aria-label={`Take off the tag ${tag}`} {...qrev.off(Boolean(busy), () => onPress('person_untag', { tag }))}>×</button> : null}</Chip>
      ))}
      {view.may_change ? null : <span className="qrev-note">{view.owner}</span>}
    </div>
  );
}

function Timeline({ rows }) {
  const [isWhole, setWhole] = useState(false);
  if (!rows.length) return null;
  const shown = isWhole ? rows : rows.slice(0, FIRST);
  return (
    <section className="qrev-part">
      <h4 className="qrev-subtitle">What happened</h4>
      <ol className="qrev-lines">
        {shown.map((row, place) => (
          <li key={`${row.at} ${place}`} className="qrev-moment-line">
            <time className="qrev-dim qrev-still" dateTime={row.at}>{qrev.when(row.at)}</time>
            <span className={`qrev-breaks${row.is_ahead ? ' qrev-dim' : ''}`}>{row.text}</span>
          </li>
        ))}
      </ol>
      {rows.length > FIRST && !isWhole ? <div className="qrev-row"><button type="button" className="qrev-button qrev-quiet" onClick={() => setWhole(true)}>Show all {qrev.number(rows.length)}</button></div> : null}
    </section>
  );
}

function Ways({ view, busy, onEdit, onPress }) {
  if (!view.may_change) return null;
  if (view.deleted_at) return <button type="button" className="qrev-button qrev-primary" {...qrev.off(Boolean(busy), () => onPress('person_restore', {}))}>Restore</button>;
  return (
    <div className="qrev-row">
      <button type="button" className="qrev-button qrev-quiet" onClick={onEdit}>Edit</button>
      <Sure label="Delete" question="Delete them? What has not left to them is stopped." yes="Delete" no="Keep" disabled={Boolean(busy)} onYes={() => onPress('person_delete', {})} />
    </div>
  );
}

// One identity for ever: Chainlit evaluates this file again and again, and a new type loses its state.
const Card =
  qrev.PersonCard ||
  (qrev.PersonCard = function PersonCard({ props, callAction }) {
    const [isEditing, setEditing] = useState(false);
    const load = () => qrev.ask(callAction, 'person_get', { person_id: props.person_id });
    const { view, problem, isLoading, again, setView } = useView(load, [props.person_id], props.rev, 0, true);
    const { busy, problem: refusal, press, clear } = usePress(callAction);
    const onPress = async (name, payload) => {
      const answer = await press(name, { person_id: props.person_id, ...payload });
      if (answer.view) setView(answer.view);
      return Boolean(answer.view);
    };
    if (!view) {
      return (
        <Frame title="Person" note=" ">
          {isLoading ? <Waiting rows={5} /> : <Problem problem={problem} onAgain={() => again(false)} />}
        </Frame>
      );
    }
    const isHere = !view.deleted_at;
    return (
      <Frame title={view.name || view.email} note={view.name ? view.email : 'No name yet'} aside={isEditing ? null : <Ways view={view} busy={busy} onEdit={() => setEditing(true)} onPress={onPress} />}>
        <Problem problem={refusal || problem} onClose={refusal ? clear : undefined} onAgain={refusal ? undefined : () => again(false)} />
        {view.said ? <p className="qrev-note qrev-status" role="status">{view.said}</p> : null}
        {isHere ? null : <Block tone="amber">Deleted on {qrev.when(view.deleted_at)}. They are in no list and get no mail. After 30 days they are gone for good.</Block>}
        <Tags view={view} busy={busy} onPress={onPress} />
        {isEditing && isHere ? <Editing view={view} busy={busy} onSave={(changes, seen) => onPress('person_save', { changes, seen })} onClose={() => setEditing(false)} /> : <Facts facts={view.facts} />}
        {view.may_change && isHere && !isEditing ? <Belonging view={view} busy={busy} onPress={onPress} /> : null}
        <Timeline rows={view.timeline} />
      </Frame>
    );
  });

export default qrev.kit ? <Card props={props} callAction={callAction} /> : <p role="alert">This page is incomplete. Reload it.</p>;
