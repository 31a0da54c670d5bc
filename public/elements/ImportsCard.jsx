import React, { useState } from 'react';

const qrev = (window.__qrev = window.__qrev || {});
const { Frame, Waiting, Problem, Empty, Chip, Sure, Pager, useView, usePress, usePages } = qrev.kit ? qrev.kit(React) : {};
const STATES = {
  looking: ['plain', 'is looked at'], open: ['amber', 'waits for you'], running: ['amber', 'is brought in'], done: ['green', 'brought in'],
  stopped: ['amber', 'stopped'], undoing: ['amber', 'is undone'], undone: ['plain', 'undone'], cancelled: ['plain', 'left alone'], failed: ['plain', 'not read'],
};
const RULES = [['fill', 'Fill where it is empty'], ['replace', 'Replace with the list'], ['keep', 'Never change']];
const IN = ['done', 'stopped'];

function Row({ row, mayChange, pressing, onUndo, onShow }) {
  const [tone, words] = STATES[row.state];
  const isIn = IN.includes(row.state);
  return (
    <tr>
      <th scope="row" data-label="List" className="qrev-breaks">
        <button type="button" className="qrev-open" aria-label={`Show ${row.filename} below`} {...qrev.off(Boolean(pressing.busy), () => onShow(row))}><span>{row.filename}</span></button>
        <span className="qrev-under">{qrev.when(row.created_at)}</span>
      </th>
      <td data-label="State"><Chip tone={tone}>{words}</Chip></td>
      <td data-label="Rows" className="qrev-num">{qrev.number(row.rows)}</td>
      <td data-label="New" className="qrev-num">{isIn ? qrev.number(row.new) : '–'}</td>
      <td data-label="Known" className="qrev-num">{isIn ? qrev.number(row.known) : '–'}</td>
      <td data-label="Refused" className="qrev-num">
        {row.refused ? <a href={`/files/refused/${row.import_id}`} download aria-label={`Download the ${row.refused} refused lines of ${row.filename}`}>{qrev.number(row.refused)}</a> : '–'}
      </td>
      <td className="qrev-action">
        {isIn && mayChange ? (
          <Sure label="Undo" question="Take back everything?" yes="Undo" no="Keep" disabled={Boolean(pressing.busy)} onYes={() => onUndo(row)} aria-label={`Undo the import of ${row.filename}`} />
        ) : null}
      </td>
    </tr>
  );
}

function Rules({ view, pressing, told, onSave }) {
  const [typed, setTyped] = useState({});
  const value = (row) => typed[row.field] ?? row.rule;
  const isClean = !view.rules.some((row) => value(row) !== row.rule);
  const words = Object.fromEntries(RULES);
  const save = (event) => {
    event.preventDefault();
    if (!isClean) onSave(typed, () => setTyped({}));
  };
  return (
    <details className="qrev-fold">
      <summary>What a list may do to people you know</summary>
      <p className="qrev-note">An empty cell never takes anything away.</p>
      <form className="qrev-form" onSubmit={save}>
        <div className="qrev-fields">
          {view.rules.map((row) => (
            <label key={row.field} className="qrev-label">{row.words}
              {view.may_manage ? (
                <select className="qrev-input" value={value(row)} onChange={(event) => setTyped({ ...typed, [row.field]: event.target.value })}>
                  {RULES.map(([rule, said]) => <option key={rule} value={rule}>{said}</option>)}
                </select>
              ) : <span className="qrev-under">{words[row.rule]}</span>}
            </label>
          ))}
        </div>
        <p className="qrev-note qrev-status" role="status">{told}</p>
        {view.may_manage ? (
          <div className="qrev-row">
            <button type="submit" className="qrev-button qrev-primary" aria-disabled={isClean || Boolean(pressing.busy)}>{pressing.busy === 'import_rules_save' ? 'Saving…' : 'Save'}</button>
            {isClean ? null : <button type="button" className="qrev-button qrev-bare" onClick={() => setTyped({})}>Undo what I chose</button>}
          </div>
        ) : <p className="qrev-note">An owner or admin can change these.</p>}
      </form>
    </details>
  );
}

// One identity for ever: Chainlit evaluates this file again and again, and a new type loses its state.
const Card =
  qrev.ImportsCard ||
  (qrev.ImportsCard = function ImportsCard({ props, callAction }) {
    const pages = usePages();
    const load = () => qrev.ask(callAction, 'imports_page', { after: pages.after });
    const { view, problem, isLoading, again, setView } = useView(load, [pages.after], props.rev, 0, true);
    const pressing = usePress(callAction);
    const [told, setTold] = useState('');
    const onUndo = async (row) => {
      await pressing.press('import_undo', { import_id: row.import_id });
      again(true);
    };
    const onShow = (row) => pressing.press('import_show', { import_id: row.import_id });
    const onSave = async (rules, onSaved) => {
      setTold('');
      const { view: saved } = await pressing.press('import_rules_save', { rules });
      if (!saved) return;
      onSaved();
      if (pages.number === 1) setView(saved);
      else again(true);
      setTold('Saved. It holds for the next list.');
    };
    if (!view) {
      return (
        <Frame title="Imports" note=" ">
          {isLoading ? <Waiting rows={4} /> : <Problem problem={problem} onAgain={() => again(false)} />}
        </Frame>
      );
    }
    return (
      <Frame title="Imports" note="The lists that were dropped into QRev">
        <div className="qrev-body" aria-busy={isLoading}>
          <Problem problem={pressing.problem || problem} onClose={pressing.clear} />
          {view.rows.length ? (
            <div className={`qrev-scroll${isLoading ? ' qrev-stale' : ''}`}>
              <table className="qrev-table qrev-stacks">
                <thead>
                  <tr>
                    <th scope="col">List</th>
                    <th scope="col">State</th>
                    <th scope="col" className="qrev-num">Rows</th>
                    <th scope="col" className="qrev-num">New</th>
                    <th scope="col" className="qrev-num">Known</th>
                    <th scope="col" className="qrev-num">Refused</th>
                    <th scope="col"><span className="qrev-sr">Undo</span></th>
                  </tr>
                </thead>
                <tbody>
                  {view.rows.map((row) => <Row key={row.import_id} row={row} mayChange={view.may_change} pressing={pressing} onUndo={onUndo} onShow={onShow} />)}
                </tbody>
              </table>
            </div>
          ) : <Empty title="No lists yet">Drop a CSV or Excel file with an email column into the chat. You see what is in it before anything is written.</Empty>}
          <Pager pages={pages} next={view.next} isLoading={isLoading} />
          <Rules view={view} pressing={pressing} told={told} onSave={onSave} />
        </div>
      </Frame>
    );
  });

export default qrev.kit ? <Card props={props} callAction={callAction} /> : <p role="alert">This page is incomplete. Reload it.</p>;
