import React, { useEffect, useRef, useState } from 'react';
import { ArrowLeft } from 'lucide-react';

const qrev = (window.__qrev = window.__qrev || {});
const { Frame, Waiting, Problem, Empty, Chip, Pager, useView, usePages, usePress } = qrev.kit ? qrev.kit(React) : {};
const mails = (n) => qrev.count(n, 'mail', 'mails');
const why = (because) => because.split('; ').slice(1).join('; ') || because;
const STATES = { left: 'green', leaving: 'plain', unknown: 'amber', failed: 'amber', 'taken back': 'plain' };

/* How dark a day is: by how much of what the mailbox may send leaves. Never by colour alone. */
const depth = (count, cap) => (count ? Math.min(5, Math.max(1, Math.ceil((5 * count) / Math.max(cap, 1)))) : 0);

/* One stop for the keyboard, as in every grid: the arrows go from day to day. */
function HeatMap({ view }) {
  const [at, setAt] = useState([0, 0]);
  const cells = useRef({});
  const isMoved = useRef(false);
  useEffect(() => {
    if (isMoved.current) cells.current[at.join()]?.focus();
  }, [at.join()]);
  const onKeyDown = (event) => {
    const step = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0], Home: [0, -at[1]], End: [0, view.days.length] }[event.key];
    if (!step) return;
    event.preventDefault();
    isMoved.current = true;
    const within = (n, size) => Math.max(0, Math.min(size - 1, n));
    setAt([within(at[0] + step[0], view.rows.length), within(at[1] + step[1], view.days.length)]);
  };
  const [row, day] = at;
  const words = (r, d) => `${qrev.day(view.days[d])}, ${view.rows[r].mailbox}: ${mails(view.rows[r].counts[d])} of at most ${qrev.number(view.rows[r].cap)}`;
  return (
    <section aria-label="Mails by day and mailbox">
      <h4 className="qrev-subtitle">By day and mailbox <span className="qrev-dim">in the time of {view.timezone}</span></h4>
      <div className="qrev-scroll">
        <table className="qrev-heat" role="grid" aria-label="Mails by day and mailbox" onKeyDown={onKeyDown}>
          <thead>
            <tr>
              <th scope="col"><span className="qrev-sr">Mailbox</span></th>
              {view.days.map((date, d) => {
                const [weekday, number, month] = qrev.day(date).split(' ');
                return <th key={date} scope="col" abbr={qrev.day(date)}><span aria-hidden="true">{weekday.slice(0, 2)}<br />{number}<b>{d === 0 || number === '1' ? month : ''}</b></span><span className="qrev-sr">{qrev.day(date)}</span></th>;
              })}
            </tr>
          </thead>
          <tbody>
            {view.rows.map((each, r) => (
              <tr key={each.mailbox}>
                <th scope="row" className="qrev-breaks">{each.mailbox}</th>
                {each.counts.map((count, d) => (
                  <td key={view.days[d]} role="gridcell" ref={(cell) => { cells.current[`${r},${d}`] = cell; }} tabIndex={r === row && d === day ? 0 : -1} className={`qrev-heat-${depth(count, each.cap)}`} aria-label={words(r, d)} title={words(r, d)} onFocus={() => setAt([r, d])} onMouseEnter={() => setAt([r, d])}>
                    {count || ''}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className="qrev-note" aria-hidden="true">{view.rows.length ? words(row, day) : ''}{view.more ? ` · ${mails(view.more)} leave after the last day shown` : ''}</p>
    </section>
  );
}

function Stop({ stop, zone }) {
  if (!stop) return <span className="qrev-dim">–</span>;
  const words = `${stop.local}, from ${stop.mailbox}: ${why(stop.because)}`;
  return (
    <span className="qrev-stop" tabIndex={0} title={words}>
      <span className="qrev-still">{qrev.when(stop.at, zone)}</span>
      {stop.state ? <> <Chip tone={STATES[stop.state]}>{stop.state}</Chip></> : null}
      <span className="qrev-stop-why" role="note">{words}</span>
    </span>
  );
}

function People({ view, sequenceId, callAction, rev, onOpen }) {
  const pages = usePages();
  const { view: found, problem, isLoading, again } = useView(() => qrev.ask(callAction, 'plan_people', { sequence_id: sequenceId, after: pages.after }), [pages.after], rev);
  const steps = Array.from({ length: view.steps }, (_, n) => n + 1);
  return (
    <section aria-label="People and their mails">
      <h4 className="qrev-subtitle">By person <span className="qrev-dim">point at a mail, or go to it with Tab, to see why it leaves then</span></h4>
      <Problem problem={problem} onAgain={() => again(false)} />
      {found ? (
        <div className="qrev-scroll" aria-busy={isLoading}>
          <table className={`qrev-table qrev-stacks${isLoading ? ' qrev-stale' : ''}`}>
            <thead><tr><th scope="col">Person</th>{steps.map((step) => <th key={step} scope="col">Mail {step}</th>)}</tr></thead>
            <tbody>
              {found.rows.map((row) => (
                <tr key={row.prospect_id}>
                  <th scope="row" data-label="Person">
                    <button type="button" className="qrev-open" onClick={(event) => onOpen(row, event.currentTarget)}><span>{row.name || row.email}</span></button>
                    {row.name ? <span className="qrev-under qrev-breaks">{row.email}</span> : null}
                  </th>
                  {steps.map((step) => <td key={step} data-label={`Mail ${step}`}><Stop stop={row.stops.find((stop) => stop.step === step)} zone={view.timezone} /></td>)}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : isLoading ? <Waiting rows={5} /> : null}
      {found ? <Pager pages={pages} next={found.next} isLoading={isLoading} words={`${qrev.count(found.total, 'person', 'people')} · page ${pages.number}`} /> : null}
    </section>
  );
}

function Person({ row, sequenceId, callAction, rev, onBack }) {
  const { view, problem, isLoading, again } = useView(() => qrev.ask(callAction, 'plan_person', { sequence_id: sequenceId, prospect_id: row.prospect_id }), [row.prospect_id], rev);
  const box = useRef(null);
  useEffect(() => box.current?.focus(), []);
  return (
    <section className="qrev-one" aria-label={`What ${row.name || row.email} gets`} ref={box} tabIndex={-1}>
      <div className="qrev-row">
        <button type="button" className="qrev-button qrev-quiet" onClick={onBack}><ArrowLeft size={15} aria-hidden="true" /> All people</button>
      </div>
      <h4 className="qrev-subtitle">{row.name || row.email} <span className="qrev-dim qrev-breaks">{row.email}</span></h4>
      <Problem problem={problem} onAgain={() => again(false)} />
      {view ? <ol className="qrev-timeline">{view.sentences.map((sentence) => <li key={sentence}>{sentence}</li>)}</ol> : isLoading ? <Waiting rows={3} /> : null}
    </section>
  );
}

// One identity for ever: Chainlit evaluates this file again and again, and a new type loses its state.
const Card =
  qrev.PlanCard ||
  (qrev.PlanCard = function PlanCard({ props, callAction }) {
    const { sequence_id: sequenceId, rev } = props;
    const { view, problem, isLoading, again } = useView(() => qrev.ask(callAction, 'plan_get', { sequence_id: sequenceId }), [sequenceId], rev, 0, true);
    const [person, setPerson] = useState(null);
    const opener = useRef('');
    const box = useRef(null);
    const open = (row) => { opener.current = row.prospect_id; setPerson(row); };
    const back = () => { setPerson(null); setTimeout(() => box.current?.focus()); };
    const pressing = usePress(callAction);
    if (!view) {
      return <Frame title="Plan" note=" ">{isLoading ? <Waiting rows={6} /> : <Problem problem={problem} onAgain={() => again(false)} />}</Frame>;
    }
    return (
      <Frame title={`The plan of ${view.name}`} note={view.is_running ? 'What leaves when, and what left already' : 'What would leave when. Nothing leaves before you confirm.'} aside={<Chip tone={view.is_running ? 'green' : 'outline'}>{view.is_running ? 'Planned' : 'Not confirmed'}</Chip>}>
        <Problem problem={problem} onAgain={() => again(false)} />
        <div className="qrev-body" ref={box} tabIndex={-1} aria-busy={isLoading}>
          {view.days.length ? (
            <>
              <HeatMap view={view} />
              {person ? <Person row={person} sequenceId={sequenceId} callAction={callAction} rev={rev} onBack={back} /> : <People view={view} sequenceId={sequenceId} callAction={callAction} rev={rev} onOpen={open} />}
            </>
          ) : <Empty title="Nothing in it">Nobody is written to as things are. The card of the plan says who is blocked and why.</Empty>}
          <div className="qrev-row">
            <button type="button" className="qrev-button qrev-quiet" {...qrev.off(Boolean(pressing.busy), () => pressing.press('defaults_card', { sequence_id: sequenceId }))}>Sending rules of this campaign</button>
          </div>
          <Problem problem={pressing.problem} onClose={pressing.clear} />
        </div>
      </Frame>
    );
  });

export default qrev.kit ? <Card props={props} callAction={callAction} /> : <p role="alert">This page is incomplete. Reload it.</p>;
