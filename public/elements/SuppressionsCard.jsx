import React, { useEffect, useRef, useState } from 'react';

const qrev = (window.__qrev = window.__qrev || {});
const { Frame, Waiting, Problem, Empty, Block, Pager, useView, usePress, usePages } = qrev.kit ? qrev.kit(React) : {};
const PER_PAGE = 15;
const TYPING_MS = 300;

function Removing({ row, busy, problem, onRemove, onClose }) {
  const [reason, setReason] = useState('');
  const [isKnown, setKnown] = useState(false);
  const first = useRef(null);
  useEffect(() => first.current?.focus(), []);
  const isOff = busy || !reason.trim() || (Boolean(row.warning) && !isKnown);
  const submit = (event) => {
    event.preventDefault();
    if (!isOff) onRemove(row, reason, isKnown);
  };
  const onKeyDown = (event) => event.key === 'Escape' && onClose();
  return (
    <form className="qrev-form" onSubmit={submit} onKeyDown={onKeyDown} noValidate>
      {row.warning ? (
        <Block tone="amber">
          <p>{row.warning}</p>
          <label className="qrev-check"><input type="checkbox" checked={isKnown} onChange={(event) => setKnown(event.target.checked)} /> I know, and they want mail from us again</label>
        </Block>
      ) : null}
      <label className="qrev-label">Why may {row.title} be written to again?
        <input ref={first} className="qrev-input" maxLength={200} placeholder="They asked for it on the phone" value={reason} onChange={(event) => setReason(event.target.value)} />
      </label>
      <Problem problem={problem} />
      <div className="qrev-row">
        <button type="submit" className="qrev-button qrev-danger" aria-disabled={isOff}>{busy ? 'Working…' : 'Take it off'}</button>
        <button type="button" className="qrev-button qrev-quiet" onClick={onClose}>Keep it on</button>
      </div>
    </form>
  );
}

function Row({ row, mayRemove, isOpen, onOpen, ...rest }) {
  return (
    <>
      <tr className={isOpen ? 'qrev-opened' : undefined}>
        <th scope="row" data-label="Address or domain" className="qrev-breaks">{row.title}</th>
        <td data-label="Why">{row.reason}</td>
        <td data-label="Who">{row.who}</td>
        <td data-label="Since" className="qrev-still">{qrev.when(row.created_at)}</td>
        {mayRemove ? (
          <td className="qrev-action">
            {isOpen ? null : <button type="button" className="qrev-button qrev-quiet" aria-label={`Take off ${row.title}`} onClick={onOpen}>Take off…</button>}
          </td>
        ) : null}
      </tr>
      {isOpen ? <tr className="qrev-inside"><td colSpan={5}><Removing row={row} {...rest} /></td></tr> : null}
    </>
  );
}

function Rows({ view, isLoading, opened, onOpen, ...rest }) {
  return (
    <div className="qrev-scroll" aria-busy={isLoading}>
      <table className={`qrev-table qrev-stacks${isLoading ? ' qrev-stale' : ''}`}>
        <thead>
          <tr>
            {['Address or domain', 'Why', 'Who', 'Since'].map((title) => <th key={title} scope="col">{title}</th>)}
            {view.may_remove ? <th scope="col"><span className="qrev-sr">Take off</span></th> : null}
          </tr>
        </thead>
        <tbody>
          {view.rows.map((row) => (
            <Row key={row.value} row={row} mayRemove={view.may_remove} isOpen={row.value === opened} onOpen={() => onOpen(row.value)} onClose={() => onOpen('')} {...rest} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Adding({ first, busy, problem, onClear, onAdd }) {
  const [value, setValue] = useState(first || '');
  const [reason, setReason] = useState('');
  const isOff = busy || !value.trim() || !reason.trim();
  const submit = async (event) => {
    event.preventDefault();
    if (isOff || !(await onAdd(value, reason))) return;
    setValue('');
    setReason('');
  };
  return (
    <form className="qrev-form" onSubmit={submit} noValidate>
      <h4 className="qrev-subtitle">Never write to somebody again</h4>
      <div className="qrev-row qrev-line">
        <label className="qrev-label qrev-grow">Address, or a whole domain
          <input className="qrev-input" autoComplete="off" spellCheck={false} placeholder="name@company.com or company.com" value={value} onChange={(event) => setValue(event.target.value)} />
        </label>
        <label className="qrev-label qrev-grow">Why
          <input className="qrev-input" maxLength={200} placeholder="Asked us to stop" value={reason} onChange={(event) => setReason(event.target.value)} />
        </label>
        <button type="submit" className="qrev-button qrev-primary" aria-disabled={isOff}>{busy ? 'Working…' : 'Add'}</button>
      </div>
      <Problem problem={problem} onClose={onClear} />
    </form>
  );
}

const told = (done) => [
  `${qrev.count(done.new, 'entry is', 'entries are')} new, ${qrev.number(done.known)} ${done.known === 1 ? 'was' : 'were'} on the list already.`,
  done.refused_count ? `${qrev.count(done.refused_count, 'line was', 'lines were')} left out:` : '',
].filter(Boolean).join(' ');

function Imported({ done }) {
  if (!done) return null;
  return (
    <Block tone={done.refused_count ? 'amber' : 'green'}>
      <p>{told(done)}</p>
      {done.refused.length ? (
        <ul className="qrev-list">
          {done.refused.slice(0, 10).map((line) => <li key={line.line}>Line {line.line}: {line.value ? `“${line.value}” is ` : ''}{line.reason}</li>)}
          {done.refused_count > 10 ? <li>and {qrev.number(done.refused_count - 10)} more</li> : null}
        </ul>
      ) : null}
    </Block>
  );
}

function Files({ mayAdd, total, onDone }) {
  const [state, setState] = useState({ isBusy: false, problem: null, done: null });
  const chooser = useRef(null);
  const bring = async (event) => {
    const file = event.target.files[0];
    event.target.value = '';
    if (!file) return;
    setState({ isBusy: true, problem: null, done: null });
    const { view, problem } = await qrev.send('/api/suppressions/import', file);
    setState({ isBusy: false, problem: problem || null, done: view || null });
    if (view) onDone();
  };
  return (
    <div className="qrev-body">
      <div className="qrev-row">
        {mayAdd ? (
          <>
            <input ref={chooser} type="file" accept=".csv,.txt,.tsv,text/csv,text/plain" hidden aria-label="List to add" onChange={bring} />
            <button type="button" className="qrev-button qrev-quiet" {...qrev.off(state.isBusy, () => chooser.current.click())}>{state.isBusy ? 'Adding the list…' : 'Add a list (CSV)…'}</button>
          </>
        ) : null}
        {total ? <a className="qrev-button qrev-quiet" href="/api/suppressions/export" download>Download all</a> : null}
      </div>
      <Problem problem={state.problem} onClose={() => setState({ ...state, problem: null })} />
      <div role="status"><Imported done={state.done} /></div>
    </div>
  );
}

// One identity for ever: Chainlit evaluates this file again and again, and a new type loses its state.
const Card =
  qrev.SuppressionsCard ||
  (qrev.SuppressionsCard = function SuppressionsCard({ props, callAction }) {
    const pages = usePages();
    const [typed, setTyped] = useState('');
    const [search, setSearch] = useState('');
    const [opened, setOpened] = useState('');
    const [said, setSaid] = useState('');
    const saying = useRef(null);
    useEffect(() => {
      const timer = setTimeout(() => { if (typed !== search) { pages.first(); setOpened(''); setSearch(typed); } }, TYPING_MS);
      return () => clearTimeout(timer);
    }, [typed]);
    const load = () => qrev.ask(callAction, 'suppressions_page', { search, after: pages.after, limit: PER_PAGE });
    const { view, problem, isLoading, again } = useView(load, [search, pages.after], props.rev, 0, true);
    const { busy, about, press, problem: refusal, clear } = usePress(callAction);
    const change = async (name, payload) => {
      setSaid('');
      const answer = await press(name, payload);
      if (!answer.view) return false;
      setSaid(answer.view.said);
      setOpened('');
      again(true);
      saying.current?.focus(); // its button may be gone
      return true;
    };
    if (!view) {
      return <Frame title="Suppression list" note=" ">{isLoading ? <Waiting rows={5} /> : <Problem problem={problem} onAgain={() => again(false)} />}</Frame>;
    }
    const start = (pages.number - 1) * PER_PAGE;
    const words = view.rows.length ? `${qrev.number(start + 1)}–${qrev.number(start + view.rows.length)} of ${qrev.number(view.total)}` : '';
    const isBare = !view.total && !search;
    return (
      <Frame title="Suppression list" note="Nobody here writes to these addresses and domains: asked when a list comes in, at Send, and before each mail leaves">
        {isBare ? null : (
          <label className="qrev-label">Search
            <input className="qrev-input" type="search" autoComplete="off" spellCheck={false} placeholder="Part of an address or domain" value={typed} onChange={(event) => setTyped(event.target.value)} />
          </label>
        )}
        <Problem problem={problem} onAgain={() => again(false)} />
        {view.rows.length ? (
          <Rows view={view} isLoading={isLoading} opened={opened} onOpen={(value) => { clear(); setOpened(value); }} busy={Boolean(busy)}
            problem={about === 'suppression_remove' ? refusal : null}
            onRemove={(row, reason, isKnown) => change('suppression_remove', { value: row.value, reason, is_meaning_known: isKnown })} />
        ) : null}
        {isBare ? <Empty title="Nobody is on the list">Who opts out lands here by themselves. Add partners, competitors and whoever asked you to stop.</Empty> : null}
        {!view.rows.length && search ? <Empty title="Nothing fits">No address or domain on the list has these letters.</Empty> : null}
        {view.rows.length ? <Pager pages={pages} next={view.next} words={words} isLoading={isLoading} /> : null}
        {view.may_add ? (
          <Adding first={props.value} busy={Boolean(busy)} problem={about === 'suppression_add' ? refusal : null} onClear={clear} onAdd={(value, reason) => change('suppression_add', { value, reason })} />
        ) : null}
        <div className="qrev-body" ref={saying} tabIndex={-1} role="status">{said ? <Block tone="green"><p>{said}</p></Block> : null}</div>
        <Files mayAdd={view.may_add} total={view.total} onDone={() => again(true)} />
        {view.may_add && !view.may_remove ? <p className="qrev-note">Only owners and admins take something off the list.</p> : null}
      </Frame>
    );
  });

export default qrev.kit ? <Card props={props} callAction={callAction} /> : <p role="alert">This page is incomplete. Reload it.</p>;
