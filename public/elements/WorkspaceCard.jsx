import React, { useState } from 'react';

const qrev = (window.__qrev = window.__qrev || {});
const { Frame, Waiting, Problem, Block, Chip, Sure, useView, usePress } = qrev.kit ? qrev.kit(React) : {};
const NOTHING = { about: '', words: '' };
const FIELDS = ['name', 'domain', 'timezone', 'postal_address'];
const ROLES = { owner: 'You own it.', admin: 'You are an admin here.', seller: 'You are a seller here.', viewer: 'You may look here, not change.' };

/* What one sees belongs to the workspace one works in: all of the page is loaded anew. */
const goThere = () => window.location.assign('/');

/* What came of a press, beside its button. */
const Told = ({ pressing, told, about }) => (
  <>
    <Problem problem={pressing.about === about ? pressing.problem : null} onClose={pressing.clear} />
    <p className="qrev-note qrev-status" role="status">{told.about === about ? told.words : ''}</p>
  </>
);

function Doomed({ view, pressing, onRestore }) {
  return (
    <Block tone="amber">
      <p><strong>{view.name} is deleted on {qrev.when(view.deletes_at)}.</strong> No mail leaves meanwhile. {view.is_owner ? 'Until then you can restore it.' : 'Until then an owner can restore it.'}</p>
      {view.is_owner ? (
        <div className="qrev-row">
          <button type="button" className="qrev-button qrev-quiet" {...qrev.off(Boolean(pressing.busy), onRestore)}>{pressing.busy === 'workspace_restore' ? 'Restoring…' : 'Restore'}</button>
        </div>
      ) : null}
    </Block>
  );
}

function Place({ place, busy, onChoose }) {
  return (
    <tr>
      <th scope="row" data-label="Workspace">
        <span className="qrev-strong">{place.name}</span>
        {place.deletes_at ? <span className="qrev-under">deleted on {qrev.when(place.deletes_at)}</span> : null}
      </th>
      <td data-label="You are"><span>{place.role}</span></td>
      <td className="qrev-action">
        {place.is_here ? <Chip tone="green">You are here</Chip> : (
          <button type="button" className="qrev-button qrev-quiet" aria-label={`Switch to ${place.name}`} {...qrev.off(busy, () => onChoose(place))}>Switch</button>
        )}
      </td>
    </tr>
  );
}

function Places({ view, pressing, told, onMoved }) {
  const onChoose = (place) => onMoved('workspace_choose', { account_id: place.account_id });
  if (view.places.length === 1) return null;
  return (
    <>
      <div className="qrev-scroll">
        <table className="qrev-table qrev-stacks">
          <thead>
            <tr>
              <th scope="col">Workspace</th>
              <th scope="col">You are</th>
              <th scope="col"><span className="qrev-sr">Switch</span></th>
            </tr>
          </thead>
          <tbody>
            {view.places.map((place) => <Place key={place.account_id} place={place} busy={Boolean(pressing.busy)} onChoose={onChoose} />)}
          </tbody>
        </table>
      </div>
      <p className="qrev-note">Each workspace has people, campaigns and conversations of its own. Switching reloads the page: the conversations of {view.name} stay there until you come back.</p>
      <Told pressing={pressing} told={told} about="workspace_choose" />
    </>
  );
}

function Another({ pressing, told, onMoved }) {
  const [name, setName] = useState(null);
  if (name === null) return <div className="qrev-row"><button type="button" className="qrev-button qrev-quiet" onClick={() => setName('')}>New workspace</button></div>;
  const create = (event) => {
    event.preventDefault();
    onMoved('workspace_add', { name, timezone: Intl.DateTimeFormat().resolvedOptions().timeZone || '' });
  };
  return (
    <form className="qrev-block qrev-form" onSubmit={create}>
      <label className="qrev-label">Name of the new workspace
        <input className="qrev-input" value={name} maxLength={100} autoFocus required onChange={(event) => setName(event.target.value)} />
      </label>
      <p className="qrev-note">It begins empty, and you own it. The page goes there at once; what is here stays here.</p>
      <Told pressing={pressing} told={told} about="workspace_add" />
      <div className="qrev-row">
        <button type="submit" className="qrev-button qrev-primary" aria-disabled={Boolean(pressing.busy)}>{pressing.busy === 'workspace_add' ? 'Making it…' : 'Create'}</button>
        <button type="button" className="qrev-button qrev-bare" onClick={() => setName(null)}>Cancel</button>
      </div>
    </form>
  );
}

function Settings({ view, pressing, told, onSaved }) {
  const [typed, setTyped] = useState({});
  const value = (field) => typed[field] ?? view[field];
  const changed = Object.fromEntries(FIELDS.filter((field) => value(field) !== view[field]).map((field) => [field, value(field)]));
  const isClean = !Object.keys(changed).length;
  const bind = (field) => ({ className: 'qrev-input', value: value(field), onChange: (event) => setTyped({ ...typed, [field]: event.target.value }) });
  const save = async (event) => {
    event.preventDefault();
    if (isClean) return;
    const { view: saved } = await pressing.press('workspace_save', changed);
    if (!saved) return;
    setTyped({});
    onSaved(saved, 'workspace_save', 'Saved.');
  };
  return (
    <form className="qrev-part" onSubmit={save}>
      <h4 className="qrev-subtitle">Settings</h4>
      <div className="qrev-fields">
        <label className="qrev-label">Name<input {...bind('name')} maxLength={100} /></label>
        <label className="qrev-label">Company domain<input {...bind('domain')} placeholder="acme.com" inputMode="url" autoCapitalize="none" spellCheck={false} /></label>
        <label className="qrev-label">Time zone
          <select {...bind('timezone')}>{qrev.zones(view.timezone).map((zone) => <option key={zone}>{zone}</option>)}</select>
          <span className="qrev-under">For the days and hours of the plan.</span>
        </label>
        <label className="qrev-label">Postal address
          <textarea {...bind('postal_address')} rows={4} autoComplete="street-address" placeholder={'Company\nStreet and number\nPostcode, city, country'} />
          <span className="qrev-under">Goes under every mail. The law asks for it.</span>
        </label>
      </div>
      <Told pressing={pressing} told={told} about="workspace_save" />
      <div className="qrev-row">
        <button type="submit" className="qrev-button qrev-primary" aria-disabled={isClean || Boolean(pressing.busy)}>{pressing.busy === 'workspace_save' ? 'Saving…' : 'Save'}</button>
        {isClean ? null : <button type="button" className="qrev-button qrev-bare" onClick={() => setTyped({})}>Undo what I typed</button>}
      </div>
    </form>
  );
}

function Facts({ view }) {
  const facts = [['Name', view.name], ['Company domain', view.domain], ['Time zone', view.timezone], ['Postal address', view.postal_address]];
  return (
    <div className="qrev-part">
      <h4 className="qrev-subtitle">Settings</h4>
      <dl className="qrev-lines">
        {facts.map(([title, fact]) => <div key={title}><dt>{title}</dt><dd className="qrev-mail">{fact || '–'}</dd></div>)}
      </dl>
      <p className="qrev-note">An owner or admin can change these.</p>
    </div>
  );
}

function Leaving({ view, pressing, told, onMoved }) {
  return (
    <div className="qrev-form">
      <h4 className="qrev-subtitle">Leave</h4>
      <ul className={view.can_leave ? 'qrev-list' : ''}>{view.leaving.map((cost) => <li key={cost}>{cost}</li>)}</ul>
      <Told pressing={pressing} told={told} about="workspace_leave" />
      {view.can_leave ? (
        <div className="qrev-row">
          <Sure label="Leave" question={`Leave ${view.name}?`} yes="Leave" no="Stay" disabled={Boolean(pressing.busy)} onYes={() => onMoved('workspace_leave', {})} />
        </div>
      ) : null}
    </div>
  );
}

function Handing({ view, pressing, told, onPropose }) {
  const [heir, setHeir] = useState('');
  return (
    <div className="qrev-part">
      <h4 className="qrev-subtitle">Hand over</h4>
      {view.heirs.length ? (
        <>
          <label className="qrev-label">New owner
            <select className="qrev-input" value={heir} onChange={(event) => setHeir(event.target.value)}>
              <option value="">Choose a member</option>
              {view.heirs.map((one) => <option key={one.user_id} value={one.user_id}>{one.name} ({one.email}), {one.role}</option>)}
            </select>
          </label>
          <Told pressing={pressing} told={told} about="workspace_hand_over" />
          <div className="qrev-row">
            <button type="button" className="qrev-button qrev-quiet" {...qrev.off(!heir || Boolean(pressing.busy), () => onPropose('workspace_hand_over', { user_id: heir }))}>Hand over…</button>
            <span className="qrev-note">They become an owner, and you an admin. You see it once more before it happens.</span>
          </div>
        </>
      ) : <p className="qrev-note">Nobody else is here yet. Invite somebody first.</p>}
    </div>
  );
}

function Deleting({ view, pressing, told, onPropose }) {
  if (view.deletes_at) return null; // the banner says so
  return (
    <div className="qrev-part">
      <h4 className="qrev-subtitle">Delete</h4>
      <p className="qrev-note">Everything in it goes after seven days. You see what that is before it happens, and can restore it until then.</p>
      <Told pressing={pressing} told={told} about="workspace_delete" />
      <div className="qrev-row">
        <button type="button" className="qrev-button qrev-quiet" {...qrev.off(Boolean(pressing.busy), () => onPropose('workspace_delete', {}))}>Delete {view.name}…</button>
      </div>
    </div>
  );
}

// One identity for ever: Chainlit evaluates this file again and again, and a new type loses its state.
const Card =
  qrev.WorkspaceCard ||
  (qrev.WorkspaceCard = function WorkspaceCard({ props, callAction }) {
    const load = () => qrev.ask(callAction, 'workspace_get', {});
    const { view, problem, isLoading, again, setView } = useView(load, [], props.rev, 0, true);
    const pressing = usePress(callAction);
    const [told, setTold] = useState(NOTHING);
    const onSaved = (saved, about, words) => {
      setView(saved);
      setTold({ about, words });
    };
    const onMoved = async (name, payload) => {
      setTold(NOTHING);
      const { view: moved } = await pressing.press(name, payload);
      if (!moved) return;
      setTold({ about: name, words: moved.name ? `Going to ${moved.name}…` : 'You left. One moment…' });
      goThere();
    };
    const onPropose = async (name, payload) => {
      setTold(NOTHING);
      const { view: isProposed } = await pressing.press(name, payload);
      if (isProposed) setTold({ about: name, words: 'Nothing has happened yet: read the card at the end of this conversation, and confirm there.' });
    };
    const onRestore = async () => {
      setTold(NOTHING);
      const { view: kept } = await pressing.press('workspace_restore', {});
      if (kept) onSaved(kept, 'workspace_restore', `${kept.name} is restored. Its mails go on.`);
    };
    if (!view) {
      return (
        <Frame title="Workspace" note=" ">
          {isLoading ? <Waiting rows={6} /> : <Problem problem={problem} onAgain={() => again(false)} />}
        </Frame>
      );
    }
    return (
      <Frame title={`Workspace: ${view.name}`} note={ROLES[view.role]}>
        <div className="qrev-body" aria-busy={isLoading}>
          <Problem problem={problem} onAgain={() => again(false)} />
          {view.deletes_at ? <Doomed view={view} pressing={pressing} onRestore={onRestore} /> : null}
          <Told pressing={pressing} told={told} about="workspace_restore" />
          <Places view={view} pressing={pressing} told={told} onMoved={onMoved} />
          <Another pressing={pressing} told={told} onMoved={onMoved} />
          {view.may_manage ? <Settings view={view} pressing={pressing} told={told} onSaved={onSaved} /> : <Facts view={view} />}
          <details className="qrev-fold">
            <summary>{view.is_owner ? 'Leave, hand over or delete' : 'Leave this workspace'}</summary>
            <div className="qrev-body">
              <Leaving view={view} pressing={pressing} told={told} onMoved={onMoved} />
              {view.is_owner ? <Handing view={view} pressing={pressing} told={told} onPropose={onPropose} /> : null}
              {view.is_owner ? <Deleting view={view} pressing={pressing} told={told} onPropose={onPropose} /> : null}
            </div>
          </details>
        </div>
      </Frame>
    );
  });

export default qrev.kit ? <Card props={props} callAction={callAction} /> : <p role="alert">This page is incomplete. Reload it.</p>;
