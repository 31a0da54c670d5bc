import React, { useEffect, useRef, useState } from 'react';

const qrev = (window.__qrev = window.__qrev || {});
const { Frame, Waiting, Problem, Empty, Block, Chip, Pager, Sure, useView, usePress, usePages } = qrev.kit ? qrev.kit(React) : {};
const PER_PAGE = 10;
const MOST_CHOSEN = 500;
const TYPING_MS = 250;
const COLUMNS = [
  ['name', 'Name'],
  ['email', 'Email'],
  ['company_name', 'Company'],
  ['job_title', 'Title'],
];
const FACTS = [
  ['name', 'a name'],
  ['company_name', 'a company'],
  ['job_title', 'a title'],
  ['phone_number', 'a phone number'],
  ['linkedin_url', 'a LinkedIn address'],
  ['timezone', 'a time zone'],
  ['country', 'a country'],
  ['owner_id', 'an owner'],
];
const NOTHING = { list_id: '', tag: '', owner_id: '', team_id: '', country: '', source: '', fact: '', is_deleted: false };
const NEW = { email: '', name: '', company_name: '', job_title: '' };

/* What a card asks the server for, of what was chosen. */
function questionOf(chosen) {
  const [kind, fact] = chosen.fact.split(' ');
  return {
    list_id: chosen.list_id || null,
    tags: chosen.tag ? [chosen.tag] : [],
    owner_id: chosen.owner_id || null,
    team_id: chosen.team_id || null,
    country: chosen.country,
    source: chosen.source,
    has: kind === 'has' ? [fact] : [],
    lacks: kind === 'lacks' ? [fact] : [],
    is_deleted: chosen.is_deleted,
  };
}

const total = (told) => (told ? `${told.isExact ? '' : 'At most '}${qrev.count(told.number, 'person', 'people')}` : ' ');

function Heading({ field, title, sort, onSort }) {
  const isSorted = sort.field === field;
  const order = sort.isDescending ? 'descending' : 'ascending';
  return (
    <th scope="col" aria-sort={isSorted ? order : 'none'}>
      <button type="button" className="qrev-sort" onClick={() => onSort(field)}>
        {title}
        <span aria-hidden="true" className={isSorted ? '' : 'qrev-unsorted'}>
          {isSorted && sort.isDescending ? '↓' : '↑'}
        </span>
      </button>
    </th>
  );
}

function Row({ person, isChosen, onChoose, onOpen }) {
  const name = person.name || person.email;
  return (
    <tr>
      {onChoose ? (
        <td className="qrev-tick"><label className="qrev-check"><input type="checkbox" checked={isChosen} onChange={() => onChoose(person.id)} aria-label={`Choose ${name}`} /></label></td>
      ) : null}
      <th scope="row" data-label="Name">
        <span>
          <button type="button" className="qrev-open qrev-name" onClick={() => onOpen(person.id)}><span>{name}</span></button>
          {person.tags.length || person.owner ? (
            <span className="qrev-facts">{person.tags.map((tag) => <Chip key={tag}>{tag}</Chip>)}{person.owner ? <span className="qrev-under">{person.owner}</span> : null}</span>
          ) : null}
        </span>
      </th>
      <td data-label="Email" className="qrev-breaks">{person.email}</td>
      <td data-label="Company">{person.company_name || '–'}</td>
      <td data-label="Title">{person.job_title || '–'}</td>
    </tr>
  );
}

function Rows({ view, sort, onSort, isLoading, chosen, onChoose, onPage, onOpen }) {
  const isWhole = view.rows.every((row) => chosen.has(row.id));
  return (
    <div className="qrev-scroll" aria-busy={isLoading}>
      <table className={`qrev-table qrev-stacks${isLoading ? ' qrev-stale' : ''}`}>
        <thead>
          <tr>
            {onChoose ? <th scope="col" className="qrev-tick"><label className="qrev-check"><input type="checkbox" checked={isWhole} onChange={() => onPage(!isWhole)} aria-label="Choose everybody on this page" /></label></th> : null}
            {COLUMNS.map(([field, title]) => <Heading key={field} field={field} title={title} sort={sort} onSort={onSort} />)}
          </tr>
        </thead>
        <tbody>
          {view.rows.map((person) => <Row key={person.id} person={person} isChosen={chosen.has(person.id)} onChoose={onChoose} onOpen={onOpen} />)}
        </tbody>
      </table>
    </div>
  );
}

function Pick({ label, value, options, none, onChange }) {
  return (
    <label className="qrev-label">{label}
      <select className="qrev-input" value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">{none}</option>
        {options.map(([id, name]) => <option key={id} value={id}>{name}</option>)}
      </select>
    </label>
  );
}

function Filters({ options, filter, isUpload, busy, onFilter, onSave, onForget }) {
  const [name, setName] = useState('');
  const set = (field) => (value) => onFilter({ ...filter, [field]: value });
  const named = (list) => list.map(({ id, name: called }) => [id, called]);
  const asks = Object.keys(NOTHING).some((field) => !['list_id', 'is_deleted'].includes(field) && filter[field]);
  const submit = async (event) => {
    event.preventDefault();
    if (!busy && name.trim() && (await onSave(name))) setName('');
  };
  return (
    <section className="qrev-part" aria-label="Narrow down">
      <div className="qrev-fields">
        {isUpload || !options.lists.length ? null : <Pick label="Saved list" none="None" value={filter.list_id} options={named(options.lists)} onChange={(id) => onFilter({ ...NOTHING, list_id: id })} />}
        {filter.list_id ? null : (
          <>
            <Pick label="Tag" none="Any" value={filter.tag} options={options.tags.map((tag) => [tag, tag])} onChange={set('tag')} />
            <Pick label="Owner" none="Anybody" value={filter.owner_id} options={named(options.members)} onChange={set('owner_id')} />
            {options.teams.length ? <Pick label="Team" none="Any" value={filter.team_id} options={named(options.teams)} onChange={set('team_id')} /> : null}
            <Pick label="With or without" none="Either" value={filter.fact} options={FACTS.flatMap(([id, words]) => [[`has ${id}`, `With ${words}`], [`lacks ${id}`, `Without ${words}`]])} onChange={set('fact')} />
            <label className="qrev-label">Country<input className="qrev-input" value={filter.country} maxLength={200} placeholder="Germany" onChange={(event) => set('country')(event.target.value)} /></label>
            <label className="qrev-label">Source<input className="qrev-input" value={filter.source} maxLength={200} placeholder="people.csv" onChange={(event) => set('source')(event.target.value)} /></label>
          </>
        )}
      </div>
      <div className="qrev-row">
        {filter.list_id ? <span className="qrev-grow" /> : <label className="qrev-check qrev-grow"><input type="checkbox" checked={filter.is_deleted} onChange={(event) => set('is_deleted')(event.target.checked)} />Only the deleted, who can be restored</label>}
        {filter.list_id && options.may_change ? <Sure label="Forget this list" question="Forget the list? Its people stay." yes="Forget" no="Keep" disabled={Boolean(busy)} onYes={() => onForget(filter.list_id)} /> : null}
      </div>
      {asks && options.may_change && !filter.is_deleted && !isUpload ? (
        <form className="qrev-row qrev-line" onSubmit={submit}>
          <label className="qrev-label qrev-grow">Save this as a list<input className="qrev-input" value={name} maxLength={80} placeholder="Germany without an owner" onChange={(event) => setName(event.target.value)} /></label>
          <button type="submit" className="qrev-button qrev-quiet" aria-disabled={Boolean(busy) || !name.trim()}>Save list</button>
        </form>
      ) : null}
    </section>
  );
}

function Selection({ ids, options, isDeleted, busy, onPress, onMerge, onClear }) {
  const [tag, setTag] = useState('');
  const [owner, setOwner] = useState('');
  const isBusy = Boolean(busy);
  const off = isBusy || !tag.trim();
  const put = (name) => async () => {
    if (await onPress(name, { tag })) setTag('');
  };
  const known = useRef(`qrev-tags-${Math.random().toString(36).slice(2)}`).current;
  return (
    <section className="qrev-block" aria-label="Those chosen">
      <div className="qrev-row">
        <strong className="qrev-grow">{qrev.count(ids.length, 'person', 'people')} chosen</strong>
        {isDeleted ? <button type="button" className="qrev-button qrev-primary" {...qrev.off(isBusy, () => onPress('people_restore', {}))}>Restore</button> : null}
        {!isDeleted && ids.length === 2 ? <button type="button" className="qrev-button qrev-quiet" {...qrev.off(isBusy, onMerge)}>Merge the two</button> : null}
        {isDeleted ? null : <Sure label="Delete" question={`Delete ${qrev.count(ids.length, 'person', 'people')}? What has not left to them is stopped.`} yes="Delete" no="Keep" disabled={isBusy} onYes={() => onPress('people_delete', {})} />}
        <button type="button" className="qrev-button qrev-bare" onClick={onClear}>Choose nobody</button>
      </div>
      {isDeleted ? null : (
        <div className="qrev-fields">
          <form className="qrev-row qrev-line" onSubmit={(event) => { event.preventDefault(); if (!off) put('people_tag')(); }}>
            <label className="qrev-label qrev-grow">Tag<input className="qrev-input" list={known} value={tag} maxLength={60} placeholder="VIP" onChange={(event) => setTag(event.target.value)} /></label>
            <datalist id={known}>{options.tags.map((each) => <option key={each} value={each} />)}</datalist>
            <button type="submit" className="qrev-button qrev-quiet" aria-disabled={off}>Add</button>
            <button type="button" className="qrev-button qrev-quiet" {...qrev.off(off, put('people_untag'))}>Take off</button>
          </form>
          <div className="qrev-row qrev-line">
            <label className="qrev-label qrev-grow">Owner
              <select className="qrev-input" value={owner} onChange={(event) => setOwner(event.target.value)}>
                <option value="">Nobody</option>
                {options.members.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
              </select>
            </label>
            <button type="button" className="qrev-button qrev-quiet" {...qrev.off(isBusy, () => onPress('people_owner', { owner_id: owner || null }))}>Give</button>
          </div>
        </div>
      )}
    </section>
  );
}

function Adding({ busy, onAdd, onClose }) {
  const [typed, setTyped] = useState(NEW);
  const first = useRef(null);
  useEffect(() => first.current?.focus(), []);
  const bind = (field) => ({ className: 'qrev-input', value: typed[field], maxLength: 320, onChange: (event) => setTyped({ ...typed, [field]: event.target.value }) });
  const submit = async (event) => {
    event.preventDefault();
    const { email, ...facts } = typed;
    if (!busy && email.trim() && (await onAdd(email, facts))) setTyped(NEW);
  };
  return (
    <form className="qrev-part" onSubmit={submit} noValidate aria-label="Add a person">
      <div className="qrev-fields">
        <label className="qrev-label">Email<input ref={first} {...bind('email')} type="email" autoComplete="off" placeholder="ann@acme.com" /></label>
        <label className="qrev-label">Name<input {...bind('name')} autoComplete="off" /></label>
        <label className="qrev-label">Company<input {...bind('company_name')} autoComplete="off" /></label>
        <label className="qrev-label">Title<input {...bind('job_title')} autoComplete="off" /></label>
      </div>
      <div className="qrev-row">
        <button type="submit" className="qrev-button qrev-primary" aria-disabled={Boolean(busy) || !typed.email.trim()}>{busy === 'person_create' ? 'Adding…' : 'Add'}</button>
        <button type="button" className="qrev-button qrev-bare" onClick={onClose}>Close</button>
      </div>
    </form>
  );
}

function Nobody({ asks, mayChange, isDeleted, onClear }) {
  if (!asks) return <Empty title="Nobody here yet">{mayChange ? 'Drop a list with an email column into the chat, or press “Add a person”.' : 'Whoever may change things here can drop a list into the chat.'}</Empty>;
  return (
    <>
      <Empty title={isDeleted ? 'Nobody was deleted' : 'Nobody is like that'}>{isDeleted ? 'Whoever is deleted stands here for 30 days.' : 'Search for less, or look at everybody again.'}</Empty>
      <div className="qrev-row"><button type="button" className="qrev-button qrev-quiet" onClick={onClear}>Show everybody</button></div>
    </>
  );
}

/* What is typed, once it has been still for a moment. */
function useSettled(value) {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), TYPING_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}

function useChosen() {
  const [chosen, setChosen] = useState(() => new Set());
  const change = (ids, isIn) => {
    const next = new Set(chosen);
    ids.forEach((id) => (isIn && next.size < MOST_CHOSEN ? next.add(id) : next.delete(id)));
    setChosen(next);
  };
  return { chosen, change, toggle: (id) => change([id], !chosen.has(id)), none: () => setChosen(new Set()) };
}

/* Those on the screen, all pages of them, as a file. */
function Download({ asked }) {
  const query = new URLSearchParams();
  Object.entries(asked).forEach(([name, value]) => [value].flat().forEach((each) => each && query.append(name, each)));
  return <div className="qrev-row"><a className="qrev-button qrev-quiet" href={`/api/crm/contact/export?${query}`} download>Download</a></div>;
}

// One identity for ever: Chainlit evaluates this file again and again, and a new type loses its state.
const Card =
  qrev.PeopleCard ||
  (qrev.PeopleCard = function PeopleCard({ props, callAction }) {
    const [sort, setSort] = useState({ field: 'name', isDescending: false });
    const [search, setSearch] = useState(props.search || '');
    const [filter, setFilter] = useState(NOTHING);
    const [open, setOpen] = useState('');
    const [told, setTold] = useState(null);
    const pages = usePages();
    const { chosen, change, toggle, none } = useChosen();
    const asked = useSettled(JSON.stringify({ ...questionOf(filter), search: search.trim() }));
    const load = () => qrev.ask(callAction, 'people_page', { ...JSON.parse(asked), upload_id: props.upload_id, sort: sort.field, descending: sort.isDescending, after: pages.after, limit: PER_PAGE });
    const { view, problem, isLoading, again } = useView(load, [props.upload_id, sort.field, sort.isDescending, pages.after, asked], props.rev, 0, true);
    const options = useView(() => qrev.ask(callAction, 'people_options', {}), [], props.rev, 0, true).view;
    const { busy, about, problem: refusal, press, clear } = usePress(callAction);
    const counted = useRef(null); // told with the first page
    if (view && view.total !== null) counted.current = { number: view.total, isExact: view.is_total_exact };
    const begin = () => { pages.first(); none(); };
    const onFilter = (next) => { setFilter(next); setTold(null); begin(); };
    const onSearch = (event) => { setSearch(event.target.value); begin(); };
    const onSort = (field) => { pages.first(); setSort({ field, isDescending: sort.field === field && !sort.isDescending }); };
    const onPress = async (name, payload) => {
      const answer = await press(name, { person_ids: [...chosen], ...payload });
      if (!answer.view) return false;
      setTold(answer.view);
      if (name === 'people_delete' || name === 'people_restore') none();
      return true;
    };
    const onUndo = async () => {
      const answer = await press('people_restore', { person_ids: told.undo });
      if (answer.view) setTold(answer.view);
    };
    const onAdd = async (email, facts) => {
      const answer = await press('person_create', { email, facts });
      if (answer.view) setTold(answer.view);
      return Boolean(answer.view);
    };
    const onSave = async (name) => Boolean((await press('people_list_save', { ...questionOf(filter), search: search.trim(), name })).view);
    const onForget = async (id) => { if ((await press('people_list_remove', { list_id: id })).view) onFilter(NOTHING); };
    const onMerge = () => { const [one, two] = chosen; press('merge_open', { person_id: one, other_id: two }); };
    const onClear = () => { setSearch(''); onFilter(NOTHING); };
    const isNarrowed = JSON.stringify(filter) !== JSON.stringify(NOTHING);
    const start = (pages.number - 1) * PER_PAGE;
    const rows = view ? view.rows : [];
    const isWhole = counted.current && (counted.current.isExact || !view?.next);
    const words = rows.length ? `${qrev.number(start + 1)}–${qrev.number(start + rows.length)}${isWhole ? ` of ${qrev.number(counted.current.isExact ? counted.current.number : start + rows.length)}` : ''}` : '';
    const mayChange = Boolean(options && options.may_change);
    const aside = (
      <div className="qrev-row">
        <button type="button" className={`qrev-button qrev-quiet${isNarrowed ? ' qrev-chosen' : ''}`} aria-expanded={open === 'filters'} onClick={() => setOpen(open === 'filters' ? '' : 'filters')}>Narrow down</button>
        {mayChange ? <button type="button" className="qrev-button qrev-quiet" aria-expanded={open === 'adding'} onClick={() => setOpen(open === 'adding' ? '' : 'adding')}>Add a person</button> : null}
      </div>
    );
    return (
      <Frame title={props.title} note={total(counted.current)} aside={aside}>
        <input className="qrev-input" type="search" value={search} maxLength={200} aria-label="Search people" placeholder="Name, address, company or title" onChange={onSearch} />
        {open === 'filters' && options ? <Filters options={options} filter={filter} isUpload={Boolean(props.upload_id)} busy={busy} onFilter={onFilter} onSave={onSave} onForget={onForget} /> : null}
        {open === 'adding' && mayChange ? <Adding busy={busy} onAdd={onAdd} onClose={() => setOpen('')} /> : null}
        <Problem problem={refusal} about={about} onClose={clear} />
        {told ? (
          <Block tone="green" role="status">
            <div className="qrev-row">
              <span className="qrev-grow">{told.said}</span>
              {told.undo && told.undo.length ? <button type="button" className="qrev-button qrev-quiet" {...qrev.off(Boolean(busy), onUndo)}>Undo</button> : null}
              <button type="button" className="qrev-button qrev-bare" onClick={() => setTold(null)}>Close</button>
            </div>
          </Block>
        ) : null}
        <Problem problem={problem} onAgain={() => again(false)} />
        {chosen.size && mayChange ? <Selection ids={[...chosen]} options={options} isDeleted={filter.is_deleted} busy={busy} onPress={onPress} onMerge={onMerge} onClear={none} /> : null}
        {!view && isLoading ? <Waiting rows={6} /> : null}
        {rows.length ? (
          <Rows view={view} sort={sort} onSort={onSort} isLoading={isLoading} chosen={chosen} onChoose={mayChange ? toggle : null} onPage={(isIn) => change(rows.map((row) => row.id), isIn)} onOpen={(id) => press('person_open', { person_id: id })} />
        ) : null}
        {view && !rows.length && !problem ? <Nobody mayChange={mayChange} asks={isNarrowed || Boolean(search.trim())} isDeleted={filter.is_deleted} onClear={onClear} /> : null}
        {rows.length && !filter.list_id ? <Download asked={{ ...JSON.parse(asked), upload_id: props.upload_id, sort: sort.field, is_descending: sort.isDescending }} /> : null}
        {rows.length ? <Pager pages={pages} next={view.next} words={words} isLoading={isLoading} /> : null}
      </Frame>
    );
  });

export default qrev.kit ? (
  <Card props={props} callAction={callAction} />
) : (
  <p role="alert">This page is incomplete. Reload it.</p>
);
