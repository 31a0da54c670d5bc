import React, { useEffect, useRef, useState } from 'react';

const qrev = (window.__qrev = window.__qrev || {});
const { Frame, Waiting, Problem, Figure, Chip, Block, Sure, useView, usePress } = qrev.kit ? qrev.kit(React) : {};

const AT_WORK = { looking: 'Looking at your list', running: 'Bringing your list in', undoing: 'Taking your list back' };
const NOTES = {
  looking: 'Nothing is written yet.',
  open: 'Nothing is written before you confirm.',
  running: 'You may go on with something else meanwhile.',
  done: 'What became of the file',
  stopped: 'Stopped half-way. What is written stays.',
  undoing: 'Nothing new is written.',
  undone: 'Everything it brought was taken back.',
  cancelled: 'Nothing of it was written.',
  failed: 'Nothing of it was written.',
};
const CHIPS = {
  open: ['amber', 'Waits for you'], done: ['green', 'Brought in'], stopped: ['amber', 'Stopped'],
  undone: ['plain', 'Undone'], cancelled: ['plain', 'Left alone'], failed: ['plain', 'Not read'],
};

function Lines({ finding }) {
  const { lines, count } = finding;
  return (
    <div className="qrev-scroll qrev-tall">
      <table className="qrev-table qrev-stacks">
        <thead>
          <tr>
            <th scope="col" className="qrev-num">Line</th>
            <th scope="col">What it says</th>
            <th scope="col">{finding.is_refused ? 'Why it is refused' : 'What may be meant'}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line, i) => (
            <tr key={i}>
              <td data-label="Line" className="qrev-num">{qrev.number(line.line)}</td>
              <td data-label="What it says" className="qrev-breaks">{line.value || '(empty)'}</td>
              <td data-label={finding.is_refused ? 'Why' : 'Meant'} className="qrev-breaks qrev-dim">
                {line.reason}{line.suggestion ? <> {line.reason ? '· ' : ''}perhaps <b>{line.suggestion}</b></> : line.reason ? '' : '–'}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {count > lines.length ? <p className="qrev-note">The first {lines.length} of {qrev.number(count)} are shown.</p> : null}
    </div>
  );
}

function Finding({ finding, view, pressing, onRepair }) {
  const canPress = view.state === 'open' && view.may_change && finding.repair;
  const slips = finding.slips.slice(0, 3).map((slip) => `${slip.was} → ${slip.meant}`).join(', ');
  const more = finding.slips.length > 3 ? ' and more' : '';
  return (
    <li className="qrev-part">
      <div className="qrev-row">
        <span className="qrev-grow">
          <span className={finding.is_refused ? 'qrev-text-red' : 'qrev-strong'}>{finding.words}</span>
          {slips ? <span className="qrev-under qrev-breaks">{slips}{more}</span> : null}
        </span>
        {canPress ? (
          <button type="button" className="qrev-button qrev-quiet" aria-label={`${finding.press}: ${finding.words}`} {...qrev.off(Boolean(pressing.busy), () => onRepair(finding.repair, true))}>{finding.press}</button>
        ) : null}
      </div>
      {finding.lines.length ? (
        <details className="qrev-why">
          <summary className="qrev-note">Which ones</summary>
          <Lines finding={finding} />
        </details>
      ) : null}
    </li>
  );
}

function Repairs({ view, pressing, onRepair }) {
  if (!view.repairs.length) return null;
  return (
    <ul className="qrev-part" aria-label="Repairs that are made">
      {view.repairs.map((made) => (
        <li key={made.repair} className="qrev-row">
          <span className="qrev-grow qrev-text-green">✓ {made.words}</span>
          {view.state === 'open' && view.may_change ? (
            <button type="button" className="qrev-button qrev-bare" aria-label={`Take back: ${made.words}`} {...qrev.off(Boolean(pressing.busy), () => onRepair(made.repair, false))}>Take back</button>
          ) : null}
        </li>
      ))}
    </ul>
  );
}

function Columns({ view, pressing, onChoose }) {
  const [typed, setTyped] = useState({});
  useEffect(() => setTyped({}), [view.version]);
  const choice = (i) => typed[i] ?? view.columns[i].choice;
  const isClean = !view.columns.some((column, i) => choice(i) !== column.choice);
  const canPress = view.state === 'open' && view.may_change;
  const words = Object.fromEntries(view.choices.map((one) => [one.value, one.words]));
  const known = view.columns.filter((column) => column.choice !== 'keep' && column.choice !== 'leave').length;
  const title = view.is_asking_columns ? 'Please look: what are these columns?' : `${qrev.count(known, 'column', 'columns')} recognised, ${qrev.count(view.columns.length - known, 'other', 'others')}`;
  return (
    <details className="qrev-fold" open={view.is_asking_columns && view.state === 'open'}>
      <summary>{title}</summary>
      {view.is_asking_columns && view.state === 'open' ? <p className="qrev-note">Marked columns are a guess. You are asked once for lists like this one.</p> : null}
      <div className="qrev-scroll qrev-tall">
        <table className="qrev-table qrev-stacks">
          <thead><tr><th scope="col">Column</th><th scope="col">It says</th><th scope="col">It is</th></tr></thead>
          <tbody>
            {view.columns.map((column, i) => (
              <tr key={i}>
                <th scope="row" data-label="Column" className="qrev-breaks">
                  <span className="qrev-strong">{column.title || `column ${i + 1}`}</span>{' '}
                  {view.is_asking_columns && !column.is_sure && column.choice !== 'keep' ? <Chip tone="amber">a guess</Chip> : null}
                </th>
                <td data-label="It says" className="qrev-breaks qrev-dim">{column.sample.join(', ') || '(empty)'}</td>
                <td data-label="It is">
                  {canPress ? (
                    <select className="qrev-input qrev-pick" aria-label={`What is ${column.title || `column ${i + 1}`}?`} value={choice(i)} onChange={(event) => setTyped({ ...typed, [i]: event.target.value })}>
                      {view.choices.map((one) => <option key={one.value} value={one.value}>{one.words}</option>)}
                    </select>
                  ) : words[column.choice]}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {canPress && !isClean ? (
        <div className="qrev-row">
          <button type="button" className="qrev-button qrev-quiet" {...qrev.off(Boolean(pressing.busy), () => onChoose(view.columns.map((_, i) => choice(i))))}>Read the list so</button>
          <button type="button" className="qrev-button qrev-bare" onClick={() => setTyped({})}>Undo what I chose</button>
        </div>
      ) : null}
    </details>
  );
}

function Changes({ view }) {
  if (!view.changed) return null;
  const fields = view.fields.slice(0, 6).map((one) => `${one.field} ${qrev.number(one.count)}`).join(' · ');
  return (
    <details className="qrev-fold">
      <summary>{qrev.count(view.changed, 'known person gets', 'known people get')} something new</summary>
      <p className="qrev-note">{fields}. What they hold already stays, unless your rules in /imports say otherwise.</p>
      <div className="qrev-scroll qrev-tall">
        <table className="qrev-table qrev-stacks">
          <thead><tr><th scope="col">Person</th><th scope="col">Field</th><th scope="col">Now</th><th scope="col">Then</th></tr></thead>
          <tbody>
            {view.changes.map((change, i) => (
              <tr key={i}>
                <th scope="row" data-label="Person" className="qrev-breaks">{change.email}</th>
                <td data-label="Field">{change.field}</td>
                <td data-label="Now" className="qrev-breaks qrev-dim">{change.before || '(empty)'}</td>
                <td data-label="Then" className="qrev-breaks">{change.after}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function Progress({ view }) {
  const done = view.tally.rows;
  const total = view.rows;
  const words = total ? `${qrev.number(done)} of ${qrev.number(total)} rows` : `${qrev.number(done)} rows so far`;
  const label = AT_WORK[view.state];
  return (
    <div className="qrev-progress-line">
      <div className="qrev-bar" role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={total || 1} aria-valuenow={Math.min(done, total || 1)} aria-valuetext={words}>
        <span style={{ width: `${total ? (100 * done) / total : 30}%` }} />
      </div>
      <p className="qrev-note" role="status">{view.is_stopping ? 'Stopping' : label}: {words}.</p>
    </div>
  );
}

function Figures({ view }) {
  const isWritten = !['looking', 'open', 'cancelled'].includes(view.state);
  const { tally } = view;
  if (view.state === 'undone') {
    return (
      <dl className="qrev-figures">
        <Figure value={tally.removed} label="people removed again" />
        <Figure value={tally.restored} label="people as they were before" />
        <Figure value={tally.kept} label="stayed" />
      </dl>
    );
  }
  const said = isWritten ? tally : view;
  return (
    <dl className="qrev-figures">
      <Figure value={view.rows} label="rows" />
      <Figure value={said.new} label={isWritten ? 'new people' : 'new'} />
      <Figure value={said.known} label="known already" />
      {said.known ? <Figure value={said.changed} label={isWritten ? 'got something new' : 'get something new'} /> : null}
      <Figure value={said.refused} label="refused" tone="red" />
    </dl>
  );
}

function Refused({ view }) {
  if (!view.refused_url || view.state === 'looking') return null;
  return (
    <div className="qrev-row">
      <a className="qrev-button qrev-quiet" href={view.refused_url} download>Download refused lines</a>
      <span className="qrev-note qrev-grow">The reason stands beside each. Mend them and drop that file: nobody comes in twice.</span>
    </div>
  );
}

function Buttons({ view, pressing, ask }) {
  const isBusy = Boolean(pressing.busy);
  const count = view.new + view.known;
  if (!view.may_change) return null;
  if (view.state === 'open') {
    return (
      <div className="qrev-send">
        <span className="qrev-grow qrev-note">{view.wish ? <>Then I go on with: “{view.wish.slice(0, 140)}{view.wish.length > 140 ? '…' : ''}”</> : null}</span>
        <button type="button" className="qrev-button qrev-bare" {...qrev.off(isBusy, () => ask('import_cancel', {}))}>Leave it</button>
        <button type="button" className="qrev-button qrev-primary" {...qrev.off(isBusy || !count, () => ask('import_confirm', { version: view.version }))}>
          {pressing.busy === 'import_confirm' ? 'One moment…' : count ? `Confirm: bring in ${qrev.number(count)}` : 'Nobody to bring in'}
        </button>
      </div>
    );
  }
  if (view.state === 'running') {
    return <div className="qrev-row"><button type="button" className="qrev-button qrev-quiet" {...qrev.off(isBusy || view.is_stopping, () => ask('import_stop', {}))}>{view.is_stopping ? 'Stopping…' : 'Stop'}</button></div>;
  }
  if (view.state === 'done' || view.state === 'stopped') {
    return (
      <div className="qrev-row">
        {view.state === 'stopped' ? <button type="button" className="qrev-button qrev-primary" {...qrev.off(isBusy, () => ask('import_go_on', {}))}>Go on</button> : null}
        <Sure label="Undo this import" question="Take back everything this list brought?" yes="Undo" no="Keep" disabled={isBusy} onYes={() => ask('import_undo', {})} />
        <span className="qrev-note">Whom you have written to stays.</span>
      </div>
    );
  }
  return null;
}

function Past({ props }) {
  return (
    <Frame title={props.filename} note="Brought in by an earlier version of QRev">
      <dl className="qrev-figures">
        <Figure value={props.new} label="new people" />
        <Figure value={props.known} label="known already" />
        <Figure value={props.refused_count} label="refused" tone="red" />
      </dl>
    </Frame>
  );
}

// One identity for ever: Chainlit evaluates this file again and again, and a new type loses its state.
const Card =
  qrev.ImportCard ||
  (qrev.ImportCard = function ImportCard({ props, callAction }) {
    const [isAtWork, setAtWork] = useState(true);
    const load = () => qrev.ask(callAction, 'import_get', { import_id: props.import_id });
    const { view, problem, isLoading, again, setView } = useView(load, [props.import_id], props.rev, isAtWork ? 1 : 0, true);
    const pressing = usePress(callAction);
    const box = useRef(null);
    useEffect(() => {
      if (view) setAtWork(view.state in AT_WORK);
    }, [view?.state]);
    const ask = async (name, payload) => {
      const answer = await pressing.press(name, { import_id: props.import_id, ...payload });
      if (answer.isIgnored) return;
      if (answer.view?.id) setView(answer.view);
      else again(true);
      box.current?.focus(); // its button may be gone
    };
    const onRepair = (repair, isMade) => {
      const made = view.repairs.map((one) => one.repair).filter((one) => one !== repair);
      ask('import_repair', { version: view.version, repairs: isMade ? [...made, repair] : made });
    };
    if (!view) {
      return (
        <Frame title={props.filename} note=" ">
          {isLoading ? <Waiting rows={3} /> : <Problem problem={problem} onAgain={() => again(false)} />}
        </Frame>
      );
    }
    const chip = CHIPS[view.state];
    const isNothing = view.state === 'open' && view.new + view.known === 0;
    return (
      <Frame title={view.filename} note={NOTES[view.state]} aside={chip ? <Chip tone={chip[0]}>{chip[1]}</Chip> : null}>
        <div className="qrev-body" ref={box} tabIndex={-1} aria-busy={view.state in AT_WORK}>
          {view.problem ? <Block tone="amber"><p>{view.problem}</p></Block> : null}
          {view.state in AT_WORK ? <Progress view={view} /> : null}
          {view.rows ? <Figures view={view} /> : null}
          {isNothing ? <Block tone="amber"><p>Nobody can be brought in as it is. Press a repair below, or mend the file and drop it again.</p></Block> : null}
          <Problem problem={pressing.problem || problem} onClose={pressing.clear} />
          {view.rows && view.state !== 'undone' ? (
            <>
              {view.columns.length && view.is_asking_columns ? <Columns view={view} pressing={pressing} onChoose={(choices) => ask('import_columns', { version: view.version, choices })} /> : null}
              <Repairs view={view} pressing={pressing} onRepair={onRepair} />
              {view.findings.length ? (
                <ul aria-label="What the list is" className="qrev-body">
                  {view.findings.map((finding) => <Finding key={finding.kind} finding={finding} view={view} pressing={pressing} onRepair={onRepair} />)}
                </ul>
              ) : null}
              <Refused view={view} />
              <Changes view={view} />
              {view.columns.length && !view.is_asking_columns ? <Columns view={view} pressing={pressing} onChoose={(choices) => ask('import_columns', { version: view.version, choices })} /> : null}
            </>
          ) : null}
          <Buttons view={view} pressing={pressing} ask={ask} />
        </div>
      </Frame>
    );
  });

export default qrev.kit ? (props.import_id ? <Card props={props} callAction={callAction} /> : <Past props={props} />) : <p role="alert">This page is incomplete. Reload it.</p>;
