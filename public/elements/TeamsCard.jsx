import React, { useEffect, useRef, useState } from 'react';

const qrev = (window.__qrev = window.__qrev || {});
const { Frame, Waiting, Problem, Empty, Block, Chip, Sure, useView, usePress } = qrev.kit ? qrev.kit(React) : {};
const IN_A_TEAM = [['member', 'Member'], ['admin', 'Team admin'], ['observer', 'Observer']];
const placeOf = (row) => (row.is_observer ? 'observer' : row.role);
const wordOf = (place) => IN_A_TEAM.find(([value]) => value === place)[1];
const asked = (place) => ({ team_role: place === 'admin' ? 'admin' : 'member', is_observer: place === 'observer' });

function Places({ label, value, busy, onChange }) {
  return (
    <select className="qrev-input qrev-pick" aria-label={label} value={value} disabled={busy} onChange={(event) => onChange(event.target.value)}>
      {IN_A_TEAM.map(([place, word]) => <option key={place} value={place}>{word}</option>)}
    </select>
  );
}

function Member({ row, team, busy, ask }) {
  const was = placeOf(row);
  const [place, setPlace] = useState(was);
  useEffect(() => setPlace(was), [was]);
  const who = { team_id: team.team_id, user_id: row.user_id };
  const canGo = team.can_change || (row.is_you && team.can_leave);
  const verb = row.is_you ? 'Leave' : 'Take out';
  return (
    <tr>
      <th scope="row" data-label="Name">
        <span><span className="qrev-strong">{row.name}</span> {row.is_you ? <Chip>you</Chip> : null}<span className="qrev-under qrev-breaks">{row.email}</span></span>
      </th>
      <td data-label="In the team">
        {team.can_change ? (
          <span className="qrev-row">
            <Places label={`${row.name} in ${team.name}`} value={place} busy={busy} onChange={setPlace} />
            {place !== was ? <button type="button" className="qrev-button qrev-primary" {...qrev.off(busy, () => ask('team_member_put', { ...who, ...asked(place) }))}>Save</button> : null}
          </span>
        ) : wordOf(was)}
      </td>
      <td className="qrev-action">
        {canGo ? (
          <Sure label={verb} aria-label={row.is_you ? `Leave ${team.name}` : `Take ${row.name} out of ${team.name}`} question={row.is_you ? `Leave ${team.name}?` : `Take ${row.name} out?`} yes={verb} no="No" disabled={busy} onYes={() => ask('team_member_remove', who)} />
        ) : null}
      </td>
    </tr>
  );
}

function Adding({ team, colleagues, busy, ask }) {
  const others = colleagues.filter((each) => !team.members.some((row) => row.user_id === each.user_id));
  const [chosen, setChosen] = useState('');
  const [place, setPlace] = useState('member');
  const userId = others.some((each) => each.user_id === chosen) ? chosen : '';
  if (!others.length) return <p className="qrev-note">Everybody of this workspace is in it.</p>;
  const submit = async (event) => {
    event.preventDefault();
    if (busy || !userId) return;
    await ask('team_member_put', { team_id: team.team_id, user_id: userId, ...asked(place) });
    setChosen('');
  };
  return (
    <form className="qrev-row" onSubmit={submit}>
      <select className="qrev-input qrev-pick" aria-label={`Whom to add to ${team.name}`} value={userId} disabled={busy} onChange={(event) => setChosen(event.target.value)}>
        <option value="">Choose a member…</option>
        {others.map((each) => <option key={each.user_id} value={each.user_id}>{each.name} ({each.email})</option>)}
      </select>
      <Places label={`As what in ${team.name}`} value={place} busy={busy} onChange={setPlace} />
      <button type="submit" className="qrev-button qrev-quiet" aria-disabled={busy || !userId}>Add</button>
    </form>
  );
}

function Renaming({ team, busy, onSave, onClose }) {
  const [name, setName] = useState(team.name);
  const box = useRef(null);
  useEffect(() => box.current?.select(), []);
  const submit = (event) => {
    event.preventDefault();
    if (!busy && name.trim()) onSave(name);
  };
  return (
    <form className="qrev-row" onSubmit={submit} onKeyDown={(event) => event.key === 'Escape' && onClose()}>
      <input ref={box} className="qrev-input qrev-pick" aria-label={`New name of ${team.name}`} maxLength={100} value={name} onChange={(event) => setName(event.target.value)} />
      <button type="submit" className="qrev-button qrev-primary" aria-disabled={busy || !name.trim()}>Save</button>
      <button type="button" className="qrev-button qrev-bare" onClick={onClose}>Cancel</button>
    </form>
  );
}

function Team({ team, view, busy, ask }) {
  const [isRenaming, setRenaming] = useState(false);
  const rename = async (name) => {
    if (await ask('team_rename', { team_id: team.team_id, name })) setRenaming(false);
  };
  const buttons = view.may_manage && !isRenaming;
  return (
    <section className="qrev-block" aria-label={team.name}>
      <div className="qrev-row">
        {isRenaming ? <Renaming team={team} busy={busy} onSave={rename} onClose={() => setRenaming(false)} /> : <h4 className="qrev-grow qrev-strong">{team.name}</h4>}
        {buttons ? <button type="button" className="qrev-button qrev-quiet" aria-label={`Rename ${team.name}`} {...qrev.off(busy, () => setRenaming(true))}>Rename</button> : null}
        {buttons ? <Sure label="Delete" aria-label={`Delete ${team.name}`} question={`Delete ${team.name}? Its members stay.`} yes="Delete" no="Keep" disabled={busy} onYes={() => ask('team_delete', { team_id: team.team_id })} /> : null}
      </div>
      {team.members.length ? (
        <div className="qrev-scroll">
          <table className="qrev-table qrev-stacks">
            <thead><tr><th scope="col">Name</th><th scope="col">In the team</th><th scope="col"><span className="qrev-sr">Take out</span></th></tr></thead>
            <tbody>{team.members.map((row) => <Member key={row.user_id} row={row} team={team} busy={busy} ask={ask} />)}</tbody>
          </table>
        </div>
      ) : <p className="qrev-note">Nobody is in it yet.</p>}
      {team.can_change ? <Adding team={team} colleagues={view.colleagues} busy={busy} ask={ask} /> : null}
    </section>
  );
}

function Making({ busy, ask }) {
  const [name, setName] = useState('');
  const submit = async (event) => {
    event.preventDefault();
    if (!busy && name.trim() && (await ask('team_create', { name }))) setName('');
  };
  return (
    <form className="qrev-row qrev-line" onSubmit={submit}>
      <label className="qrev-label qrev-grow">Name of a new team
        <input className="qrev-input" maxLength={100} placeholder="Sales north" value={name} onChange={(event) => setName(event.target.value)} />
      </label>
      <button type="submit" className="qrev-button qrev-primary" aria-disabled={busy || !name.trim()}>Make the team</button>
    </form>
  );
}

// One identity for ever: Chainlit evaluates this file again and again, and a new type loses its state.
const Card =
  qrev.TeamsCard ||
  (qrev.TeamsCard = function TeamsCard({ props, callAction }) {
    const load = () => qrev.ask(callAction, 'teams_page', {});
    const { view, problem, isLoading, again, setView } = useView(load, [], props.rev, 0, true);
    const { busy, press, problem: refusal, clear } = usePress(callAction);
    const [said, setSaid] = useState('');
    const saying = useRef(null);
    const ask = async (name, payload) => {
      setSaid('');
      const answer = await press(name, payload);
      if (answer.isIgnored) return false;
      if (!answer.view) {
        again(true); // it may have been changed by somebody else
        return false;
      }
      setView(answer.view);
      setSaid(answer.view.said);
      if (name !== 'team_create') saying.current?.focus(); // its button may be gone
      return true;
    };
    if (!view) {
      return <Frame title="Teams" note=" ">{isLoading ? <Waiting rows={4} /> : <Problem problem={problem} onAgain={() => again(false)} />}</Frame>;
    }
    const teams = view.teams;
    return (
      <Frame title="Teams" note={teams.length ? 'An observer looks on. A team admin says who is in the team.' : ' '}>
        <Problem problem={problem} onAgain={() => again(false)} />
        {teams.map((team) => <Team key={team.team_id} team={team} view={view} busy={Boolean(busy)} ask={ask} />)}
        {teams.length ? null : (
          <Empty title="No teams yet">A team groups members of this workspace, for example those who sell in one region, so that everybody sees who works together. {view.may_manage ? 'Make the first one below.' : 'An owner or admin can make one.'}</Empty>
        )}
        <Problem problem={refusal} onClose={clear} />
        <div className="qrev-body" ref={saying} tabIndex={-1} role="status">
          {said ? <Block tone="green"><p>{said}</p></Block> : null}
        </div>
        {view.may_manage ? <Making busy={Boolean(busy)} ask={ask} /> : null}
      </Frame>
    );
  });

export default qrev.kit ? <Card props={props} callAction={callAction} /> : <p role="alert">This page is incomplete. Reload it.</p>;
