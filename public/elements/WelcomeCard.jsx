import React, { useEffect, useRef, useState } from 'react';

const qrev = (window.__qrev = window.__qrev || {});
const { Frame, Waiting, Problem, Sure, useView, usePress } = qrev.kit ? qrev.kit(React) : {};
const AS = { owner: 'an owner', admin: 'an admin', seller: 'a seller', viewer: 'a viewer' };
const MAY = {
  owner: 'Owners do everything, and decide who else is in.',
  admin: 'Admins invite people and do all that sellers do.',
  seller: 'Sellers bring in people, write and send campaigns.',
  viewer: 'Viewers read everything and change nothing.',
};

function Invitation({ invitation, pressing, onAnswer }) {
  const { busy, about } = pressing;
  const isBusy = Boolean(busy);
  const ask = (name) => onAnswer(name, invitation);
  const isAsked = isBusy && about === invitation.id;
  return (
    <li className="qrev-block">
      <p><strong className="qrev-breaks">{invitation.workspace}</strong></p>
      <p className="qrev-breaks">{invitation.invited_by} invites you as {AS[invitation.role]}. {MAY[invitation.role]}</p>
      <p className="qrev-note">Good until {qrev.when(invitation.until)}.</p>
      <div className="qrev-row">
        <button type="button" className="qrev-button qrev-primary" aria-label={`Accept, and go to ${invitation.workspace}`} {...qrev.off(isBusy, () => ask('invitation_accept'))}>
          {isAsked && busy === 'invitation_accept' ? 'Joining…' : 'Accept'}
        </button>
        <Sure look="bare" label={isAsked && busy === 'invitation_decline' ? 'Declining…' : 'Decline'} aria-label={`Decline ${invitation.workspace}`} question="Say no? They would have to invite you again." yes="Decline" no="Keep it" disabled={isBusy} onYes={() => ask('invitation_decline')} />
      </div>
    </li>
  );
}

function Invitations({ invitations, ...rest }) {
  return (
    <section>
      <h4 className="qrev-subtitle">{invitations.length === 1 ? 'You are invited' : `${invitations.length} invitations wait for you`}</h4>
      <ul className="qrev-body">
        {invitations.map((each) => <Invitation key={each.id} invitation={each} {...rest} />)}
      </ul>
    </section>
  );
}

function Others({ others, busy, onChoose }) {
  return (
    <section>
      <h4 className="qrev-subtitle">{others.length === 1 ? 'You are in another workspace' : 'You are in other workspaces'}</h4>
      <ul className="qrev-body">
        {others.map((each) => (
          <li key={each.id} className="qrev-row">
            <button type="button" className="qrev-button qrev-quiet qrev-breaks" {...qrev.off(Boolean(busy), () => onChoose(each))}>Go on in {each.name}</button>
            <span className="qrev-dim">as {AS[each.role]}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Create({ view, busy, isFirst, refusal, onClose, onCreate }) {
  const [name, setName] = useState('');
  const [domain, setDomain] = useState(view.domain);
  const field = useRef(null);
  const onSubmit = (event) => {
    event.preventDefault();
    if (name.trim()) onCreate({ name, domain, timezone: Intl.DateTimeFormat().resolvedOptions().timeZone || '' });
    else field.current?.focus();
  };
  return (
    <section>
      <h4 className="qrev-subtitle">{isFirst ? 'Make a workspace' : 'Or make a workspace of your own'}</h4>
      <form className="qrev-body" aria-label="Make a workspace" onSubmit={onSubmit}>
        <p className="qrev-note">It holds your people, campaigns and colleagues. You will be its owner and can invite others.</p>
        <label className="qrev-label">Name
          <input ref={field} className="qrev-input" value={name} maxLength={100} required autoComplete="organization" placeholder="Acme" onChange={(event) => setName(event.target.value)} />
        </label>
        <label className="qrev-label">Company domain, if there is one
          <input className="qrev-input" value={domain} maxLength={253} inputMode="url" autoComplete="off" autoCapitalize="none" spellCheck={false} placeholder="acme.com" onChange={(event) => setDomain(event.target.value)} />
        </label>
        <Problem problem={refusal} onClose={onClose} />
        <div className="qrev-row">
          <button type="submit" className={`qrev-button ${isFirst ? 'qrev-primary' : 'qrev-quiet'}`} aria-disabled={Boolean(busy)}>{busy === 'workspace_create' ? 'Making it…' : 'Make the workspace'}</button>
        </div>
      </form>
    </section>
  );
}

function Inside({ view }) {
  const { workspace } = view;
  return (
    <div className="qrev-block qrev-green" role="status">
      <p className="qrev-breaks"><strong>You are in {workspace.name}, as {AS[workspace.role]}.</strong></p>
      <p>
        {workspace.role === 'viewer'
          ? 'Ask below for what you want to see: “Show my people” or “How are my campaigns doing?”'
          : 'Drop a CSV or Excel list of people into the chat and write what you offer them. QRev drafts the mails, and nothing leaves before you confirm it.'}
      </p>
    </div>
  );
}

const noteOf = (view) =>
  view.has_lost_one
    ? `You were removed from the workspace you were in, or it was deleted. You signed in as ${view.email}.`
    : `You signed in as ${view.email}. One more step: everything in QRev belongs to a workspace.`;

// One identity for ever: Chainlit evaluates this file again and again, and a new type loses its state.
const Card =
  qrev.WelcomeCard ||
  (qrev.WelcomeCard = function WelcomeCard({ props, callAction }) {
    const load = () => qrev.ask(callAction, 'welcome_get', {});
    const { view, problem, isLoading, again, setView } = useView(load, [], props.rev, 0, true);
    const pressing = usePress(callAction);
    const [asked, setAsked] = useState('');
    const [told, setTold] = useState('');
    const box = useRef(null);
    const isInside = Boolean(view?.workspace);
    useEffect(() => {
      if (isInside && asked) box.current?.focus(); // the pressed button is gone
    }, [isInside]);
    const ask = async (name, payload, about, words) => {
      if (pressing.busy) return;
      setAsked(about);
      setTold('');
      const answer = await pressing.press(name, payload);
      if (answer.isIgnored) return;
      if (!answer.view) return void again(true); // what it was about may be over
      // This conversation was begun in the workspace they lost, and stays there.
      if (answer.view.workspace && view.has_lost_one && window.location.pathname.startsWith('/thread/')) return void window.location.assign('/');
      setView(answer.view);
      setTold(words);
      if (words) box.current?.focus();
    };
    const onAnswer = (name, invitation) =>
      ask(name, { invitation_id: invitation.id }, invitation.id, name === 'invitation_decline' ? `You declined ${invitation.workspace}.` : '');
    if (!view) {
      return (
        <Frame title="Welcome to QRev" note=" ">
          {isLoading ? <Waiting rows={4} /> : <Problem problem={problem} onAgain={() => again(false)} />}
        </Frame>
      );
    }
    const { invitations, others } = view;
    const lost = others.length ? 'You are not in that workspace any more' : 'You are in no workspace now';
    const title = view.has_lost_one ? lost : 'Welcome to QRev';
    return (
      <Frame title={isInside ? 'Welcome to QRev' : title} note={isInside ? `You signed in as ${view.email}.` : noteOf(view)}>
        <div className="qrev-body" ref={box} tabIndex={-1} aria-busy={isLoading}>
          <Problem problem={(asked !== 'new' && pressing.problem) || problem} onClose={pressing.clear} />
          <p className="qrev-note qrev-status" role="status">{told}</p>
          {isInside ? <Inside view={view} /> : null}
          {invitations.length ? <Invitations invitations={invitations} pressing={{ busy: pressing.busy, about: asked }} onAnswer={onAnswer} /> : null}
          {isInside ? null : (
            <>
              {others.length ? <Others others={others} busy={pressing.busy} onChoose={(each) => ask('welcome_choose', { account_id: each.id }, each.id, '')} /> : null}
              <Create view={view} busy={pressing.busy} isFirst={!invitations.length && !others.length} refusal={asked === 'new' ? pressing.problem : null} onClose={pressing.clear} onCreate={(payload) => ask('workspace_create', payload, 'new', '')} />
              {invitations.length ? null : (
                <div className="qrev-row">
                  <p className="qrev-note qrev-grow qrev-breaks">Waiting for an invitation? Have it sent to {view.email}, then look again.</p>
                  <button type="button" className="qrev-button qrev-quiet" {...qrev.off(isLoading, () => again(false))}>{isLoading ? 'Looking…' : 'Look again'}</button>
                </div>
              )}
            </>
          )}
        </div>
      </Frame>
    );
  });

export default qrev.kit ? <Card props={props} callAction={callAction} /> : <p role="alert">This page is incomplete. Reload it.</p>;
