import React, { useEffect, useRef, useState } from 'react';

const qrev = (window.__qrev = window.__qrev || {});
const { Frame, Waiting, Problem, Empty, Block, Pager, useView, usePress, usePages } = qrev.kit ? qrev.kit(React) : {};
const PER_PAGE = 10;
const TYPING_MS = 300;
const COLUMNS = [['name', 'Company', true], ['domain', 'Domain', true], ['industry', 'Industry'], ['owner', 'Owner'], ['people', 'People'], ['last_written_at', 'Last written']];

function Heading({ field, title, isSortable, sort, onSort }) {
  if (!isSortable) return <th scope="col">{title}</th>;
  const isSorted = sort.field === field;
  return (
    <th scope="col" aria-sort={isSorted ? (sort.isDescending ? 'descending' : 'ascending') : 'none'}>
      <button type="button" className="qrev-sort" onClick={() => onSort(field)}>
        {title} <span aria-hidden="true" className={isSorted ? '' : 'qrev-unsorted'}>{isSorted && sort.isDescending ? '↓' : '↑'}</span>
      </button>
    </th>
  );
}

function Rows({ view, sort, onSort, isLoading, onOpen }) {
  return (
    <div className="qrev-scroll" aria-busy={isLoading}>
      <table className={`qrev-table qrev-stacks${isLoading ? ' qrev-stale' : ''}`}>
        <thead>
          <tr>{COLUMNS.map(([field, title, isSortable]) => <Heading key={field} field={field} title={title} isSortable={isSortable} sort={sort} onSort={onSort} />)}</tr>
        </thead>
        <tbody>
          {view.rows.map((row) => (
            <tr key={row.id}>
              <th scope="row" data-label="Company"><button type="button" className="qrev-open" onClick={() => onOpen(row)}><span>{row.name || row.domain}</span></button></th>
              <td data-label="Domain" className="qrev-breaks">{row.domain || '–'}</td>
              <td data-label="Industry">{row.industry || '–'}</td>
              <td data-label="Owner">{row.owner || '–'}</td>
              <td data-label="People" className="qrev-still">{qrev.number(row.people)}</td>
              <td data-label="Last written" className="qrev-still">{row.last_written_at ? qrev.when(row.last_written_at) : 'never'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Adding({ busy, problem, onAdd, onClose }) {
  const [name, setName] = useState('');
  const [url, setUrl] = useState('');
  const first = useRef(null);
  useEffect(() => first.current?.focus(), []);
  const isOff = busy || !(name.trim() || url.trim());
  const submit = (event) => { event.preventDefault(); if (!isOff) onAdd({ name, url }); };
  return (
    <form className="qrev-form" onSubmit={submit} onKeyDown={(event) => event.key === 'Escape' && onClose()} noValidate>
      <div className="qrev-row qrev-line">
        <label className="qrev-label qrev-grow">Name<input ref={first} className="qrev-input" maxLength={300} placeholder="Acme Ltd" value={name} onChange={(event) => setName(event.target.value)} /></label>
        <label className="qrev-label qrev-grow">Web site<input className="qrev-input" spellCheck={false} placeholder="acme.com" value={url} onChange={(event) => setUrl(event.target.value)} /></label>
        <button type="submit" className="qrev-button qrev-primary" aria-disabled={isOff}>{busy ? 'Working…' : 'Add'}</button>
        <button type="button" className="qrev-button qrev-bare" onClick={onClose}>Cancel</button>
      </div>
      <Problem problem={problem} />
    </form>
  );
}

const found = (list) => [
  `${qrev.count(list.new, 'company is', 'companies are')} new.`,
  list.known ? `${qrev.number(list.known)} ${list.known === 1 ? 'is' : 'are'} known already${list.filled ? `, ${qrev.number(list.filled)} of them ${list.filled === 1 ? 'gets' : 'get'} what they lack` : ''}; nothing is replaced.` : '',
  list.refused_count ? `${qrev.count(list.refused_count, 'line is', 'lines are')} left out:` : '',
].filter(Boolean).join(' ');
const done = (list) => `${qrev.count(list.new, 'company was', 'companies were')} added${list.filled ? `, ${qrev.number(list.filled)} filled up` : ''}.`;

function Listed({ list }) {
  return (
    <>
      <p><strong>{list.filename}</strong>: {found(list)}</p>
      {list.refused.length ? (
        <ul className="qrev-list">
          {list.refused.slice(0, 10).map((line) => <li key={line.line}>Line {line.line}: {line.reason}</li>)}
          {list.refused_count > 10 ? <li>and {qrev.number(list.refused_count - 10)} more</li> : null}
        </ul>
      ) : null}
      <p className="qrev-note">{list.columns.map((column) => `${column.title} → ${column.means}`).join(' · ')}</p>
    </>
  );
}

const LIST = '/api/crm/company/import';

/* A list of companies: looked at, then brought in, then taken back if need be. */
function Bringing({ onChanged }) {
  const [state, setState] = useState({ working: '', problem: null, list: null, said: '' });
  const chooser = useRef(null);
  const turn = async (working, path, body, next) => {
    setState((old) => ({ ...old, working, problem: null, said: '' }));
    const { view, problem } = await qrev.send(path, body);
    setState((old) => ({ ...old, working: '', problem: problem || null, ...(view ? next(view) : {}) }));
    if (view && path !== LIST) onChanged();
  };
  const choose = (event) => {
    const file = event.target.files[0];
    event.target.value = '';
    if (file) turn('Reading the list…', `${LIST}?${new URLSearchParams({ filename: file.name })}`, file, (list) => ({ list }));
  };
  const { working, problem, list, said } = state;
  const asked = { upload_id: list?.upload_id };
  const confirm = () => turn('Adding companies…', `${LIST}/confirm`, asked, (written) => ({ list: written, said: done(written) }));
  const undo = () => turn('Taking them back…', `${LIST}/undo`, asked, (back) => ({ list: null, said: `${qrev.count(back.removed, 'company was', 'companies were')} taken back${back.kept ? `; ${qrev.number(back.kept)} stay: known before, changed since, or with people` : ''}.` }));
  return (
    <div className="qrev-body">
      <input ref={chooser} type="file" accept=".csv,.tsv,.txt,.xlsx,text/csv" hidden aria-label="List of companies" onChange={choose} />
      <div className="qrev-row"><button type="button" className="qrev-button qrev-quiet" {...qrev.off(Boolean(working), () => chooser.current.click())}>{working || 'Add a list (CSV, Excel)…'}</button></div>
      <Problem problem={problem} onClose={() => setState({ ...state, problem: null })} />
      <div role="status">
        {list && !list.is_written ? (
          <Block tone={list.refused_count ? 'amber' : 'plain'}>
            <Listed list={list} />
            <div className="qrev-row">
              {list.new || list.filled ? <button type="button" className="qrev-button qrev-primary" {...qrev.off(Boolean(working), confirm)}>Add them</button> : null}
              <button type="button" className="qrev-button qrev-quiet" onClick={() => setState({ ...state, list: null })}>{list.new || list.filled ? 'Leave it' : 'Nothing to add: close'}</button>
            </div>
          </Block>
        ) : null}
        {said ? <Block tone="green"><p>{said}</p>{list?.is_written && list.new ? <div className="qrev-row"><button type="button" className="qrev-button qrev-quiet" {...qrev.off(Boolean(working), undo)}>Undo</button></div> : null}</Block> : null}
      </div>
    </div>
  );
}

const Nothing = ({ isNarrow, isDeleted }) =>
  isDeleted ? (
    <Empty title="Nothing is deleted">A company that was deleted waits here for 30 days.</Empty>
  ) : isNarrow ? (
    <Empty title="No such company">Nothing has these letters. Try fewer of them, or the domain.</Empty>
  ) : (
    <Empty title="No companies yet">They come with your people: drop a list with a company or web site column into the chat, or add a list of companies here.</Empty>
  );

// One identity for ever: Chainlit evaluates this file again and again, and a new type loses its state.
const Card =
  qrev.CompaniesCard ||
  (qrev.CompaniesCard = function CompaniesCard({ props, callAction }) {
    const pages = usePages();
    const [sort, setSort] = useState({ field: 'name', isDescending: false });
    const [typed, setTyped] = useState('');
    const [which, setWhich] = useState({ search: '', owner: '', isDeleted: false });
    const [isAdding, setAdding] = useState(false);
    const narrow = (change) => { pages.first(); setWhich((old) => ({ ...old, ...change })); };
    useEffect(() => {
      const timer = setTimeout(() => typed !== which.search && narrow({ search: typed }), TYPING_MS);
      return () => clearTimeout(timer);
    }, [typed]);
    const load = () =>
      qrev.ask(callAction, 'companies_page', {
        search: which.search, owner_id: which.owner || null, deleted: which.isDeleted,
        sort: sort.field, descending: sort.isDescending, after: pages.after, limit: PER_PAGE,
      });
    const { view, problem, isLoading, again } = useView(load, [which.search, which.owner, which.isDeleted, sort.field, sort.isDescending, pages.after], props.rev, 0, true);
    const { busy, about, press, problem: refusal, clear } = usePress(callAction);
    const onSort = (field) => { pages.first(); setSort({ field, isDescending: sort.field === field && !sort.isDescending }); };
    const onAdd = async (company) => {
      const answer = await press('company_create', company);
      if (!answer.problem && !answer.isIgnored) { setAdding(false); again(true); }
    };
    if (!view) {
      return <Frame title="Companies" note=" ">{isLoading ? <Waiting rows={6} /> : <Problem problem={problem} onAgain={() => again(false)} />}</Frame>;
    }
    const start = (pages.number - 1) * PER_PAGE;
    const words = view.rows.length ? `${qrev.number(start + 1)}–${qrev.number(start + view.rows.length)} of ${qrev.number(view.total)}` : '';
    const isNarrow = Boolean(which.search || which.owner);
    const asked = new URLSearchParams({ search: which.search, is_deleted: which.isDeleted, ...(which.owner ? { owner_id: which.owner } : {}) });
    return (
      <Frame title="Companies" note={qrev.count(view.total, 'company', 'companies')}
        aside={view.may_change && !isAdding ? <button type="button" className="qrev-button qrev-quiet" onClick={() => { clear(); setAdding(true); }}>New company</button> : null}>
        {isAdding ? <Adding busy={Boolean(busy)} problem={about === 'company_create' ? refusal : null} onAdd={onAdd} onClose={() => setAdding(false)} /> : null}
        <div className="qrev-row">
          <label className="qrev-label qrev-grow">Search<input className="qrev-input" type="search" autoComplete="off" spellCheck={false} placeholder="Part of a name or domain" value={typed} onChange={(event) => setTyped(event.target.value)} /></label>
          <label className="qrev-label qrev-grow">Owner
            <select className="qrev-input" value={which.owner} onChange={(event) => narrow({ owner: event.target.value })}>
              <option value="">Anybody or nobody</option>
              {view.owners.map((owner) => <option key={owner.value} value={owner.value}>{owner.title}</option>)}
            </select>
          </label>
          <label className="qrev-label qrev-grow">Show
            <select className="qrev-input" value={which.isDeleted ? 'deleted' : ''} onChange={(event) => narrow({ isDeleted: Boolean(event.target.value) })}>
              <option value="">Those there are</option>
              <option value="deleted">Deleted ones</option>
            </select>
          </label>
        </div>
        <Problem problem={problem || (about === 'company_show' ? refusal : null)} onAgain={() => again(false)} />
        {view.rows.length ? <Rows view={view} sort={sort} onSort={onSort} isLoading={isLoading} onOpen={(row) => press('company_show', { company_id: row.id })} /> : <Nothing isNarrow={isNarrow} isDeleted={which.isDeleted} />}
        {view.rows.length ? <Pager pages={pages} next={view.next} words={words} isLoading={isLoading} /> : null}
        {view.rows.length ? <div className="qrev-row"><a className="qrev-button qrev-quiet" href={`/api/crm/company/export?${asked}`} download>Download {isNarrow || which.isDeleted ? 'these' : 'all'}</a></div> : null}
        {view.may_change && !which.isDeleted ? <Bringing onChanged={() => again(true)} /> : null}
      </Frame>
    );
  });

export default qrev.kit ? <Card props={props} callAction={callAction} /> : <p role="alert">This page is incomplete. Reload it.</p>;
