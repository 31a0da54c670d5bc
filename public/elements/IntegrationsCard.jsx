import React, { useState } from 'react';

const qrev = (window.__qrev = window.__qrev || {});
const { Frame, Waiting, Problem, Empty, Block, Chip, Pager, Sure, useView, usePress, usePages } = qrev.kit ? qrev.kit(React) : {};
const STATES = { good: ['green', 'connected'], reconnect: ['amber', 'reconnect'], missing: ['plain', 'not connected'], off: ['plain', 'not set up'] };
const LOOK_EVERY = 3; // seconds, while something is being read or written

/* Where the browser goes to allow us in; it comes back to this conversation. */
const way = (row) => `${row.connect_path}?next=${encodeURIComponent(window.location.pathname)}`;

function Sync({ sync, busy, press, mayManage }) {
  const [list, setList] = useState('');
  const isRunning = ['pulling', 'companies', 'pushing'].includes(sync?.state);
  const pull = (event) => { event.preventDefault(); if (!busy && !isRunning) press('hubspot_pull', { list_number: list }); };
  return (
    <div className="qrev-form">
      {sync ? <p role="status">{sync.words}{sync.last_at ? <span className="qrev-under">Last time: {qrev.when(sync.last_at)}</span> : null}</p> : null}
      {sync?.problem ? <Block tone="amber" role="alert"><p>{sync.problem}</p></Block> : null}
      {sync?.import_id ? (
        <div className="qrev-row"><button type="button" className="qrev-button qrev-primary" {...qrev.off(Boolean(busy), () => press('import_show', { import_id: sync.import_id }))}>See what would change</button></div>
      ) : null}
      {mayManage && !isRunning ? (
        <>
          <form className="qrev-row qrev-line" onSubmit={pull} noValidate>
            <label className="qrev-label qrev-grow">Only a list? Its number in HubSpot
              <input className="qrev-input" inputMode="numeric" autoComplete="off" placeholder="Leave empty for everybody" value={list} onChange={(event) => setList(event.target.value)} />
            </label>
            <button type="submit" className={`qrev-button ${sync?.import_id ? 'qrev-quiet' : 'qrev-primary'}`} aria-disabled={Boolean(busy)}>{busy === 'hubspot_pull' ? 'Beginning…' : 'Read contacts'}</button>
          </form>
          <div className="qrev-row">
            {sync?.is_pushing ? (
              <Sure label="Stop writing to HubSpot" question="Write nothing there from now on?" yes="Stop" no="Go on" disabled={Boolean(busy)} onYes={() => press('hubspot_push_stop', {})} />
            ) : (
              <button type="button" className="qrev-button qrev-quiet" {...qrev.off(Boolean(busy), () => { qrev.await(); press('hubspot_push', {}); })}>Write your people to HubSpot…</button>
            )}
          </div>
        </>
      ) : null}
    </div>
  );
}

function Service({ row, busy, press }) {
  const [tone, words] = STATES[row.state];
  const isThere = row.state === 'good' || row.state === 'reconnect';
  const disconnect = () => press('integration_disconnect', { vendor: row.vendor });
  return (
    <section className="qrev-part" aria-label={row.name}>
      <div className="qrev-row">
        <h4 className="qrev-subtitle qrev-grow">{row.name} <Chip tone={tone}>{words}</Chip></h4>
        {row.may_connect && (row.state === 'missing' || row.state === 'reconnect') ? (
          <a className="qrev-button qrev-primary" href={way(row)}>{row.state === 'missing' ? 'Connect' : 'Reconnect'}</a>
        ) : null}
        {row.may_connect && isThere ? <Sure label="Disconnect" question={`Disconnect ${row.name}?`} yes="Disconnect" no="Keep it" disabled={Boolean(busy)} onYes={disconnect} /> : null}
      </div>
      <p className="qrev-note">{row.words}</p>
      {isThere ? <p className="qrev-breaks">{row.label}{row.connected_at ? ` · since ${qrev.when(row.connected_at)}` : ''}</p> : null}
      {row.state === 'reconnect' ? <Block tone="amber"><p>{row.name} does not let us in any more. Nothing is lost: reconnect it and it goes on.</p></Block> : null}
      {row.state === 'off' ? <p>Whoever runs this QRev can set it up; docs/operating.md says how.</p> : null}
      {row.vendor === 'hubspot' && row.state === 'good' ? <Sync sync={row.sync} busy={busy} press={press} mayManage={row.may_connect} /> : null}
    </section>
  );
}

function Calls({ callAction, first, rev }) {
  const [about, setAbout] = useState(first);
  const [asked, setAsked] = useState(first);
  const pages = usePages();
  const ask = { about: asked, after: pages.after };
  const { view, problem, isLoading, again } = useView(() => qrev.ask(callAction, 'integration_calls', ask), [asked, pages.after], rev, 0, true);
  const submit = (event) => { event.preventDefault(); pages.first(); setAsked(about.trim()); };
  return (
    <section className="qrev-part" aria-label="What was said to them">
      <h4 className="qrev-subtitle">What was said to them</h4>
      <form className="qrev-row qrev-line" onSubmit={submit} noValidate>
        <label className="qrev-label qrev-grow">About whom?
          <input className="qrev-input" type="email" autoComplete="off" spellCheck={false} placeholder="name@company.com, or empty for all" value={about} onChange={(event) => setAbout(event.target.value)} />
        </label>
        <button type="submit" className="qrev-button qrev-quiet">Look</button>
      </form>
      <Problem problem={problem} onAgain={() => again(false)} />
      {!view && isLoading ? <Waiting rows={3} /> : null}
      {view && !view.rows.length ? <Empty title={asked ? `Nothing was said about ${asked}` : 'Nothing was said yet'}>Every call to another service is listed here for 90 days: what it did, about whom, and which fields were sent.</Empty> : null}
      {view?.rows.length ? (
        <div className="qrev-scroll" aria-busy={isLoading}>
          <table className={`qrev-table qrev-stacks${isLoading ? ' qrev-stale' : ''}`}>
            <thead><tr><th scope="col">When</th><th scope="col">What</th><th scope="col">About</th><th scope="col">Came to</th></tr></thead>
            <tbody>
              {view.rows.map((row, i) => (
                <tr key={`${row.at}:${i}`}>
                  <th scope="row" data-label="When" className="qrev-still">{qrev.when(row.at)}</th>
                  <td data-label="What">{row.name}: {row.what}{row.fields ? <span className="qrev-under">{row.fields}</span> : null}</td>
                  <td data-label="About" className="qrev-breaks">{row.about.length ? row.about.join(', ') : '–'}{row.more ? ` and ${qrev.number(row.more)} more` : ''}</td>
                  <td data-label="Came to">{row.outcome ? <Chip tone="amber">{row.outcome}</Chip> : 'done'}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      {view ? <Pager pages={pages} next={view.next} isLoading={isLoading} /> : null}
    </section>
  );
}

// One identity for ever: Chainlit evaluates this file again and again, and a new type loses its state.
const Card =
  qrev.IntegrationsCard ||
  (qrev.IntegrationsCard = function IntegrationsCard({ props, callAction }) {
    const [isBusy, setBusy] = useState(false);
    const { view, problem, isLoading, again, setView } = useView(() => qrev.ask(callAction, 'integrations_list', {}), [], props.rev, isBusy ? LOOK_EVERY : 0, true);
    const pressing = usePress(callAction);
    const isRunning = Boolean(view?.rows.some((row) => row.sync && row.sync.state !== 'idle'));
    if (isRunning !== isBusy) setBusy(isRunning);
    const press = async (name, payload) => {
      const answer = await pressing.press(name, payload);
      if (answer.view?.rows) setView(answer.view);
    };
    return (
      <Frame title="Integrations" note="Other services, connected by you and given back when you like">
        <Problem problem={problem} onAgain={() => again(false)} />
        <Problem problem={pressing.problem} onClose={pressing.clear} />
        {!view && isLoading ? <Waiting rows={3} /> : null}
        {view?.rows.map((row) => <Service key={row.vendor} row={row} busy={pressing.busy} press={press} />)}
        {view ? <Calls callAction={callAction} first={props.about || ''} rev={`${props.rev} ${view.rows.map((row) => `${row.state} ${row.sync?.words}`)}`} /> : null}
      </Frame>
    );
  });

export default qrev.kit ? <Card props={props} callAction={callAction} /> : <p role="alert">This page is incomplete. Reload it.</p>;
