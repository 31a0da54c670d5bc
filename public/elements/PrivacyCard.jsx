import React, { useEffect, useRef, useState } from 'react';

const qrev = (window.__qrev = window.__qrev || {});
const { Frame, Problem, Empty, Block, usePress } = qrev.kit ? qrev.kit(React) : {};

/* Hand a file to the browser that was made here. */
function save(text, name) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

function Asking({ first, busy, onLook }) {
  const [email, setEmail] = useState(first);
  const isOff = busy || !email.trim();
  const submit = (event) => { event.preventDefault(); if (!isOff) onLook(email); };
  return (
    <form className="qrev-form" onSubmit={submit} noValidate>
      <div className="qrev-row qrev-line">
        <label className="qrev-label qrev-grow">Whose address?
          <input className="qrev-input" type="email" autoComplete="off" spellCheck={false} placeholder="name@company.com" value={email} onChange={(event) => setEmail(event.target.value)} />
        </label>
        <button type="submit" className="qrev-button qrev-primary" aria-disabled={isOff}>{busy ? 'Looking…' : 'Look'}</button>
      </div>
    </form>
  );
}

function Found({ view, busy, problem, onDownload, onErase }) {
  const box = useRef(null);
  useEffect(() => box.current?.focus(), [view]);
  return (
    <div className="qrev-body" ref={box} tabIndex={-1} role="status">
      {view.lines.length ? (
        <>
          <p>Here is what this workspace holds on <strong className="qrev-breaks">{view.email}</strong>:</p>
          <ul className="qrev-list">{view.lines.map((line) => <li key={line}>{line}</li>)}</ul>
        </>
      ) : (
        <Empty title={`Nothing is held on ${view.email}`}>
          {view.is_erased ? 'They had everything erased. Only a hash of the address is left, so that nobody here writes to them again.' : 'They are in no list, no campaign and no conversation of this workspace.'}
        </Empty>
      )}
      <Problem problem={problem} />
      <div className="qrev-row">
        <button type="button" className="qrev-button qrev-quiet" {...qrev.off(Boolean(busy), onDownload)}>{busy === 'download' ? 'Collecting…' : 'Download everything'}</button>
        {view.is_erased && !view.lines.length ? null : <button type="button" className="qrev-button qrev-quiet" {...qrev.off(Boolean(busy), onErase)}>{busy === 'privacy_erase' ? 'Working…' : 'Erase everything…'}</button>}
      </div>
      <p className="qrev-note">The file is for the person who asked. Erasing shows first what would go, and nothing happens before you confirm.</p>
    </div>
  );
}

// One identity for ever: Chainlit evaluates this file again and again, and a new type loses its state.
const Card =
  qrev.PrivacyCard ||
  (qrev.PrivacyCard = function PrivacyCard({ props, callAction }) {
    const { busy, about, press, problem, clear } = usePress(callAction);
    const [view, setView] = useState(null);
    const [file, setFile] = useState({ isBusy: false, problem: null });
    const look = async (email) => {
      setFile({ isBusy: false, problem: null });
      const answer = await press('privacy_look', { email });
      if (!answer.isIgnored) setView(answer.view || null);
    };
    const download = async () => {
      setFile({ isBusy: true, problem: null });
      const answer = await qrev.send('/api/privacy/held', { email: view.email });
      setFile({ isBusy: false, problem: answer.problem || null });
      if (answer.view) save(JSON.stringify(answer.view, null, 2), 'held.json');
    };
    const erase = async () => {
      qrev.await();
      await press('privacy_erase', { email: view.email });
    };
    if (problem?.code === 'not_allowed') {
      return <Frame title="Privacy" note=" "><Empty title="This is for owners and admins">It tells everything about a person. Ask one of them.</Empty></Frame>;
    }
    return (
      <Frame title="Privacy" note="What is held on somebody, as a file for them, and erasing it">
        <Asking first={props.email || ''} busy={busy === 'privacy_look'} onLook={look} />
        <Problem problem={about === 'privacy_look' ? problem : null} onClose={clear} />
        {view ? <Found view={view} busy={file.isBusy ? 'download' : busy} problem={about === 'privacy_erase' ? problem || file.problem : file.problem} onDownload={download} onErase={erase} /> : null}
        {view || busy ? null : <Block><p>Somebody asks “what do you hold on me?”, or wants to be forgotten? Type their address: you get everything about it from people, campaigns, mails, files, conversations and the log.</p></Block>}
      </Frame>
    );
  });

export default qrev.kit ? <Card props={props} callAction={callAction} /> : <p role="alert">This page is incomplete. Reload it.</p>;
