import React, { useId, useState } from 'react';
import { ChevronDown, ChevronRight } from 'lucide-react';

const qrev = (window.__qrev = window.__qrev || {});
const { Frame, Waiting, Problem, Empty, Pager, useView, usePages } = qrev.kit ? qrev.kit(React) : {};

function Fact({ fact }) {
  return (
    <div>
      <dt>{fact.name}</dt>
      <dd>
        {fact.before ? <span className="qrev-under">before: {fact.before}</span> : null}
        {fact.after || (fact.before ? 'nothing any more' : '–')}
      </dd>
    </div>
  );
}

function Details({ row }) {
  const lines = [['Who', row.email && row.email !== row.who ? `${row.who}, ${row.email}` : row.who], ['How', row.through], ['From', row.address], ['About', row.kind]];
  return (
    <article aria-label="This change">
      <dl className="qrev-lines">
        {lines.filter(([, value]) => value).map(([name, value]) => <div key={name}><dt>{name}</dt><dd>{value}</dd></div>)}
      </dl>
      {row.facts.length ? <dl className="qrev-lines" aria-label="Before and after">{row.facts.map((fact) => <Fact key={fact.name} fact={fact} />)}</dl> : null}
    </article>
  );
}

function Row({ row, isOpen, onToggle }) {
  const id = useId();
  const Arrow = isOpen ? ChevronDown : ChevronRight;
  return (
    <>
      <tr className={isOpen ? 'qrev-opened' : undefined}>
        <td data-label="When" className="qrev-still">{qrev.when(row.at)}</td>
        <td data-label="Change">
          <button type="button" className="qrev-open" aria-expanded={isOpen} aria-controls={id} onClick={onToggle}>
            <Arrow size={15} aria-hidden="true" /> <span>{row.sentence}</span>
          </button>
        </td>
        <td data-label="From" className="qrev-breaks">{row.address || '–'}</td>
      </tr>
      {isOpen ? <tr className="qrev-inside" id={id}><td colSpan={3}><Details row={row} /></td></tr> : null}
    </>
  );
}

function Narrow({ label, all, value, choices, onChange }) {
  return (
    <label className="qrev-label qrev-grow">
      {label}
      <select className="qrev-input" value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">{all}</option>
        {choices.map((choice) => <option key={choice.value} value={choice.value}>{choice.title}</option>)}
      </select>
    </label>
  );
}

/* Choices with the chosen one among them: someone who is gone is offered only where they are spoken of. */
const withChosen = (choices, chosen) =>
  !chosen.value || choices.some((choice) => choice.value === chosen.value) ? choices : [...choices, chosen];

const ANYONE = { value: '', title: '' };

// One identity for ever: Chainlit evaluates this file again and again, and a new type loses its state.
const Card =
  qrev.AuditCard ||
  (qrev.AuditCard = function AuditCard({ props, callAction }) {
    const pages = usePages();
    const [person, setPerson] = useState(ANYONE);
    const [kind, setKind] = useState('');
    const [opened, setOpened] = useState('');
    const load = () => qrev.ask(callAction, 'audit_page', { user_id: person.value || null, kind: kind || null, after: pages.after });
    const { view, problem, isLoading, again } = useView(load, [person.value, kind, pages.after], props.rev);
    const rows = view?.rows || [];
    const isNarrow = Boolean(person.value || kind);
    const narrow = (set, value) => { pages.first(); setOpened(''); set(value); };
    if (problem?.code === 'not_allowed') {
      return (
        <Frame title="Log of changes" note=" ">
          <Empty title="The log is for owners and admins">It tells who changed what in this workspace. Ask one of them to look something up for you.</Empty>
        </Frame>
      );
    }
    return (
      <Frame
        title="Log of changes"
        note={`Who changed what, the newest first. Times are those of ${qrev.zone()}`}
        aside={<button type="button" className="qrev-button qrev-quiet" {...qrev.off(isLoading, () => again(true))}>Look again</button>}
      >
        {view ? (
          <div className="qrev-row">
            <Narrow label="Who" all="Everyone" value={person.value} choices={withChosen(view.people, person)}
              onChange={(value) => narrow(setPerson, withChosen(view.people, person).find((one) => one.value === value) || ANYONE)} />
            <Narrow label="Kind of change" all="Every kind" value={kind} choices={view.kinds} onChange={(value) => narrow(setKind, value)} />
          </div>
        ) : null}
        <Problem problem={problem} onAgain={() => again(false)} />
        {!view && isLoading ? <Waiting rows={6} /> : null}
        {rows.length ? (
          <div className="qrev-scroll" aria-busy={isLoading}>
            <table className={`qrev-table qrev-stacks${isLoading ? ' qrev-stale' : ''}`}>
              <thead><tr><th scope="col">When</th><th scope="col">Change</th><th scope="col">From</th></tr></thead>
              <tbody>
                {rows.map((row) => (
                  <Row key={row.id} row={row} isOpen={row.id === opened} onToggle={() => setOpened(row.id === opened ? '' : row.id)} />
                ))}
              </tbody>
            </table>
          </div>
        ) : null}
        {view && !rows.length && !problem ? (
          isNarrow ? (
            <Empty title="No such change">Nothing fits what you chose. Choose everyone and every kind to see all changes.</Empty>
          ) : (
            <Empty title="Nothing has changed yet">Sign-ins, members, settings and keys appear here as they change.</Empty>
          )
        ) : null}
        {rows.length ? <Pager pages={pages} next={view.next} isLoading={isLoading} /> : null}
      </Frame>
    );
  });

export default qrev.kit ? <Card props={props} callAction={callAction} /> : <p role="alert">This page is incomplete. Reload it.</p>;
