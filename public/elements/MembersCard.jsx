import React, { useEffect, useRef, useState } from 'react';

const qrev = (window.__qrev = window.__qrev || {});
const { Frame, Waiting, Problem, Block, Chip, Sure, useView, usePress } = qrev.kit ? qrev.kit(React) : {};
const MAY = {
  owner: 'everything, and says who else is an owner',
  admin: 'invites people, changes roles and teams',
  seller: 'imports people, writes and sends',
  viewer: 'looks and changes nothing',
};
const INVITED_AS = ['seller', 'admin', 'viewer']; // nobody is invited as an owner
const capital = (word) => word.charAt(0).toUpperCase() + word.slice(1);
const Options = ({ roles }) => roles.map((role) => <option key={role} value={role}>{capital(role)}</option>);

function RoleOf({ row, busy, onRole }) {
  const [wanted, setWanted] = useState(row.role);
  useEffect(() => setWanted(row.role), [row.role]);
  if (!row.roles.length) return <span>{capital(row.role)}</span>;
  const isOther = wanted !== row.role;
  const save = () => onRole(row, wanted);
  return (
    <span className="qrev-row">
      <select className="qrev-input qrev-pick" aria-label={`Role of ${row.name}`} value={wanted} disabled={busy} onChange={(event) => setWanted(event.target.value)}>
        <Options roles={row.roles} />
      </select>
      {isOther && !row.is_you ? <button type="button" className="qrev-button qrev-primary" {...qrev.off(busy, save)}>Save</button> : null}
      {isOther && row.is_you ? <Sure label="Save" look="primary" question={`Be only ${wanted} yourself?`} yes="Yes" no="Keep it" disabled={busy} onYes={save} /> : null}
    </span>
  );
}

function Member({ row, busy, hasButtons, onRole, onRemove }) {
  return (
    <tr>
      <th scope="row" data-label="Name">
        <span>
          <span className="qrev-strong">{row.name}</span> {row.is_you ? <Chip>you</Chip> : null} {row.is_disabled ? <Chip tone="amber">disabled</Chip> : null}
          <span className="qrev-under qrev-breaks">{row.email}</span>
          {row.note ? <span className="qrev-under">{row.note}</span> : null}
        </span>
      </th>
      <td data-label="Role"><RoleOf row={row} busy={busy} onRole={onRole} /></td>
      <td data-label="Since">{row.since ? qrev.day(row.since.slice(0, 10)) : <span className="qrev-dim">–</span>}</td>
      <td data-label="Teams">{row.teams.length ? row.teams.join(', ') : <span className="qrev-dim">–</span>}</td>
      {hasButtons ? (
        <td className="qrev-action">
          {row.can_remove ? (
            <Sure label="Remove" aria-label={`Remove ${row.name}`} question={`Remove ${row.name}?`} yes="Remove" no="Keep" disabled={busy} onYes={() => onRemove(row)} />
          ) : null}
        </td>
      ) : null}
    </tr>
  );
}

function Everybody({ view, isLoading, ...rest }) {
  return (
    <div className="qrev-scroll" aria-busy={isLoading}>
      <table className="qrev-table qrev-stacks">
        <thead>
          <tr>
            {['Name', 'Role', 'Since', 'Teams'].map((title) => <th key={title} scope="col">{title}</th>)}
            {view.may_manage ? <th scope="col"><span className="qrev-sr">Remove</span></th> : null}
          </tr>
        </thead>
        <tbody>{view.members.map((row) => <Member key={row.user_id} row={row} hasButtons={view.may_manage} {...rest} />)}</tbody>
      </table>
    </div>
  );
}

function Waits({ row, busy, onLink, onRevoke }) {
  return (
    <tr>
      <th scope="row" data-label="Address" className="qrev-breaks">{row.email}</th>
      <td data-label="Role">{capital(row.role)}</td>
      <td data-label="Until">{qrev.when(row.until)}</td>
      <td data-label="Invited by">{row.invited_by}</td>
      <td className="qrev-action">
        <span className="qrev-row">
          <button type="button" className="qrev-button qrev-quiet" aria-label={`Copy the link for ${row.email}`} {...qrev.off(busy, () => onLink(row))}>Copy link</button>
          <Sure label="Take back" aria-label={`Take back the invitation of ${row.email}`} question="Take it back?" yes="Take back" no="Keep" disabled={busy} onYes={() => onRevoke(row)} />
        </span>
      </td>
    </tr>
  );
}

function Invitations({ rows, ...rest }) {
  if (!rows.length) return null;
  return (
    <section>
      <h4 className="qrev-subtitle">Invited, not here yet</h4>
      <div className="qrev-scroll">
        <table className="qrev-table qrev-stacks">
          <thead>
            <tr>
              {['Address', 'Role', 'Until', 'Invited by'].map((title) => <th key={title} scope="col">{title}</th>)}
              <th scope="col"><span className="qrev-sr">Link and taking back</span></th>
            </tr>
          </thead>
          <tbody>{rows.map((row) => <Waits key={row.invitation_id} row={row} {...rest} />)}</tbody>
        </table>
      </div>
    </section>
  );
}

function Invite({ first, busy, problem, onClose, onInvite }) {
  const [email, setEmail] = useState(first.email || '');
  const [role, setRole] = useState(INVITED_AS.includes(first.role) ? first.role : 'seller');
  const submit = async (event) => {
    event.preventDefault();
    if (!busy && (await onInvite(email, role))) setEmail('');
  };
  return (
    <form className="qrev-form" onSubmit={submit} noValidate>
      <h4 className="qrev-subtitle">Invite somebody</h4>
      <div className="qrev-row qrev-line">
        <label className="qrev-label qrev-grow">Email address
          <input className="qrev-input" type="email" autoComplete="off" placeholder="name@company.com" value={email} onChange={(event) => setEmail(event.target.value)} />
        </label>
        <label className="qrev-label">Role
          <select className="qrev-input" value={role} onChange={(event) => setRole(event.target.value)}><Options roles={INVITED_AS} /></select>
        </label>
        <button type="submit" className="qrev-button qrev-primary" aria-disabled={busy || !email.trim()}>{busy ? 'Working…' : 'Invite'}</button>
      </div>
      <p className="qrev-note">{capital(role)}: {MAY[role]}.</p>
      <Problem problem={problem} onClose={onClose} />
    </form>
  );
}

function Link({ link }) {
  const [word, setWord] = useState('Copy');
  useEffect(() => setWord('Copy'), [link]);
  const copy = async () => setWord((await qrev.copy(link)) ? 'Copied' : 'Copy it by hand');
  return (
    <div className="qrev-row qrev-line">
      <label className="qrev-label qrev-grow">Link for them
        <input className="qrev-input" readOnly value={link} onFocus={(event) => event.target.select()} />
      </label>
      <button type="button" className="qrev-button qrev-quiet" onClick={copy}>{word}</button>
    </div>
  );
}

// One identity for ever: Chainlit evaluates this file again and again, and a new type loses its state.
const Card =
  qrev.MembersCard ||
  (qrev.MembersCard = function MembersCard({ props, callAction }) {
    const load = () => qrev.ask(callAction, 'members_page', {});
    const { view, problem, isLoading, again, setView } = useView(load, [], props.rev, 0, true);
    const { busy, about, press, problem: refusal, clear } = usePress(callAction);
    const [told, setTold] = useState({ said: '', link: '' });
    const saying = useRef(null);
    const ask = async (name, payload) => {
      setTold({ said: '', link: '' });
      const answer = await press(name, payload);
      if (answer.isIgnored) return null;
      if (!answer.view) {
        again(true); // it may have been changed by somebody else
        return null;
      }
      setView(answer.view);
      setTold(answer.view);
      saying.current?.focus(); // its button may be gone, and the link comes next
      return answer.view;
    };
    const onLink = async (row) => {
      const answered = await ask('invitation_link', { invitation_id: row.invitation_id });
      if (answered && (await qrev.copy(answered.link))) setTold({ said: `The link for ${row.email} is copied. It opens only for that address.`, link: answered.link });
    };
    const isOfForm = about === 'member_invite';
    const isBusy = Boolean(busy);
    if (!view) {
      return <Frame title="Members" note=" ">{isLoading ? <Waiting rows={4} /> : <Problem problem={problem} onAgain={() => again(false)} />}</Frame>;
    }
    return (
      <Frame title="Members" note={qrev.count(view.members.length, 'person', 'people') + ' in this workspace'}>
        <Problem problem={problem} onAgain={() => again(false)} />
        <Everybody
          view={view}
          isLoading={isLoading}
          busy={isBusy}
          onRole={(row, role) => ask('member_role', { user_id: row.user_id, role, was: row.role })}
          onRemove={(row) => ask('member_remove', { user_id: row.user_id })}
        />
        <Problem problem={isOfForm ? null : refusal} onClose={clear} />
        <Invitations rows={view.invitations} busy={isBusy} onLink={onLink} onRevoke={(row) => ask('invitation_revoke', { invitation_id: row.invitation_id })} />
        {view.may_manage ? (
          <Invite first={props} busy={isBusy} problem={isOfForm ? refusal : null} onClose={clear} onInvite={(email, role) => ask('member_invite', { email, role })} />
        ) : (
          <p className="qrev-note">Only owners and admins invite people and change roles.</p>
        )}
        <div className="qrev-body" ref={saying} tabIndex={-1} role="status">
          {told.said ? <Block tone="green"><p>{told.said}</p></Block> : null}
        </div>
        {told.link ? <Link link={told.link} /> : null}
      </Frame>
    );
  });

export default qrev.kit ? <Card props={props} callAction={callAction} /> : <p role="alert">This page is incomplete. Reload it.</p>;
