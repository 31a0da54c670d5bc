import React, { useEffect, useRef, useState } from 'react';

const qrev = (window.__qrev = window.__qrev || {});
const { Frame, Waiting, Problem, Empty, Block, Chip, Pager, Sure, useView, usePress, usePages } = qrev.kit ? qrev.kit(React) : {};

const Value = ({ field }) =>
  field.name.endsWith('url') && field.value ? <a href={field.value} target="_blank" rel="noopener noreferrer">{field.value}</a> : field.text || '–';

const Facts = ({ view }) => (
  <dl className="qrev-lines">
    {view.fields.filter((field) => field.name !== 'name').map((field) => (
      <div key={field.name}><dt>{field.title}</dt><dd><Value field={field} /></dd></div>
    ))}
    <div><dt>Last written to</dt><dd>{view.last_written_at ? qrev.when(view.last_written_at) : 'never'}</dd></div>
    {view.source || view.created_at ? <div><dt>Came from</dt><dd>{[view.source, view.created_at ? qrev.when(view.created_at) : ''].filter(Boolean).join(', ')}</dd></div> : null}
  </dl>
);

function Editing({ view, busy, problem, onSave, onClose }) {
  const [typed, setTyped] = useState({});
  const [own, setOwn] = useState({ title: '', value: '' });
  const first = useRef(null);
  useEffect(() => first.current?.focus(), []);
  const held = Object.fromEntries(view.fields.map((field) => [field.name, field.value]));
  const wanted = own.title.trim() ? { ...typed, [`fields.${own.title.trim()}`]: own.value } : typed;
  const changes = Object.fromEntries(Object.entries(wanted).filter(([name, value]) => value !== (held[name] ?? '')));
  const seen = Object.fromEntries(Object.keys(changes).map((name) => [name, held[name] ?? '']));
  const isOff = busy || !Object.keys(changes).length;
  const submit = (event) => { event.preventDefault(); if (!isOff) onSave(changes, seen); };
  const bind = (field, index) => ({
    className: 'qrev-input', disabled: !field.can_edit, value: typed[field.name] ?? field.value,
    ref: index === 0 ? first : undefined, onChange: (event) => setTyped({ ...typed, [field.name]: event.target.value }),
  });
  return (
    <form className="qrev-form" onSubmit={submit} onKeyDown={(event) => event.key === 'Escape' && onClose()} noValidate>
      <div className="qrev-fields">
        {view.fields.map((field, index) => (
          <label key={field.name} className="qrev-label">{field.title}
            {field.choices.length ? (
              <select {...bind(field, index)}>{field.choices.map((choice) => <option key={choice.value} value={choice.value}>{choice.title}</option>)}</select>
            ) : (
              <input {...bind(field, index)} maxLength={2000} spellCheck={false} />
            )}
          </label>
        ))}
        <label className="qrev-label">A field of your own<input className="qrev-input" maxLength={60} placeholder="Its name" value={own.title} onChange={(event) => setOwn({ ...own, title: event.target.value })} /></label>
        <label className="qrev-label">What it says<input className="qrev-input" maxLength={2000} value={own.value} onChange={(event) => setOwn({ ...own, value: event.target.value })} /></label>
      </div>
      <p className="qrev-note">A new name is given to its people as well. Empty a field of your own to take it away.</p>
      <Problem problem={problem} />
      <div className="qrev-row">
        <button type="submit" className="qrev-button qrev-primary" aria-disabled={isOff}>{busy ? 'Saving…' : 'Save'}</button>
        <button type="button" className="qrev-button qrev-quiet" onClick={onClose}>Cancel</button>
      </div>
    </form>
  );
}

function People({ view, pages, isLoading }) {
  if (!view.people.length) return <p className="qrev-note">You know nobody there yet.</p>;
  return (
    <section className="qrev-part" aria-label="People">
      <h4 className="qrev-subtitle">{qrev.count(view.people_total, 'person', 'people')} there</h4>
      <div className="qrev-scroll" aria-busy={isLoading}>
        <table className="qrev-table qrev-stacks">
          <thead><tr><th scope="col">Name</th><th scope="col">Email</th><th scope="col">Title</th></tr></thead>
          <tbody>
            {view.people.map((person) => (
              <tr key={person.id}>
                <th scope="row" data-label="Name">{person.name || '–'}</th>
                <td data-label="Email" className="qrev-breaks">{person.email}</td>
                <td data-label="Title">{person.job_title || '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <Pager pages={pages} next={view.next} isLoading={isLoading} />
    </section>
  );
}

const Changes = ({ rows }) =>
  rows.length ? (
    <section className="qrev-part" aria-label="History">
      <h4 className="qrev-subtitle">History</h4>
      <dl className="qrev-lines">{rows.map((row, index) => <div key={`${row.at}${index}`}><dt className="qrev-still">{qrev.when(row.at)}</dt><dd>{row.sentence}</dd></div>)}</dl>
    </section>
  ) : null;

function Buttons({ view, busy, onEdit, onDelete, onRestore }) {
  if (!view.may_change) return null;
  if (view.deleted_at) return <div className="qrev-row"><button type="button" className="qrev-button qrev-primary" {...qrev.off(busy, onRestore)}>{busy ? 'Working…' : 'Restore'}</button></div>;
  return (
    <div className="qrev-row">
      <button type="button" className="qrev-button qrev-quiet" {...qrev.off(busy, onEdit)}>Edit</button>
      <Sure label="Delete" question="Take it off every list? Its people stay." yes="Delete it" no="Keep it" disabled={busy} onYes={onDelete} />
    </div>
  );
}

// One identity for ever: Chainlit evaluates this file again and again, and a new type loses its state.
const Card =
  qrev.CompanyCard ||
  (qrev.CompanyCard = function CompanyCard({ props, callAction }) {
    const pages = usePages();
    const load = () => qrev.ask(callAction, 'company_get', { company_id: props.company_id, after: pages.after });
    const { view, problem, isLoading, again } = useView(load, [props.company_id, pages.after], props.rev, 0, true);
    const { busy, press, problem: refusal, clear } = usePress(callAction);
    const [isEditing, setEditing] = useState(false);
    const [said, setSaid] = useState('');
    const saying = useRef(null);
    const change = async (name, payload) => {
      setSaid('');
      const answer = await press(name, { company_id: view.id, ...payload });
      if (!answer.view) return void (answer.isIgnored || again(true));
      setEditing(false);
      setSaid(answer.view.said);
      again(true);
      saying.current?.focus(); // its button may be gone
    };
    if (!view) {
      if (problem?.code === 'not_found') return <Frame title="Company" note=" "><Empty title="This company is gone">It was deleted more than 30 days ago, or belongs to another workspace.</Empty></Frame>;
      return <Frame title="Company" note=" ">{isLoading ? <Waiting rows={5} /> : <Problem problem={problem} onAgain={() => again(false)} />}</Frame>;
    }
    return (
      <Frame title={view.title} note={view.deleted_at ? `Deleted. It can be restored until ${qrev.when(view.restorable_until)}` : 'Company'} aside={view.deleted_at ? <Chip tone="amber">Deleted</Chip> : null}>
        <Problem problem={problem} onAgain={() => again(false)} />
        {isEditing ? (
          <Editing view={view} busy={Boolean(busy)} problem={refusal} onSave={(changes, seen) => change('company_save', { changes, seen })} onClose={() => setEditing(false)} />
        ) : (
          <>
            <Facts view={view} />
            <Problem problem={refusal} onClose={clear} />
            <Buttons view={view} busy={Boolean(busy)} onEdit={() => { clear(); setSaid(''); setEditing(true); }} onDelete={() => change('company_delete', {})} onRestore={() => change('company_restore', {})} />
          </>
        )}
        <div className="qrev-body" ref={saying} tabIndex={-1} role="status">{said ? <Block tone="green"><p>{said}</p></Block> : null}</div>
        <People view={view} pages={pages} isLoading={isLoading} />
        <Changes rows={view.changes} />
      </Frame>
    );
  });

export default qrev.kit ? <Card props={props} callAction={callAction} /> : <p role="alert">This page is incomplete. Reload it.</p>;
