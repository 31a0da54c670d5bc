import React, { useEffect, useRef, useState } from 'react';

const qrev = (window.__qrev = window.__qrev || {});
const { Frame, Waiting, Problem, Chip, Figure, useView, usePress } = qrev.kit ? qrev.kit(React) : {};
const LOOK_AGAIN_SECONDS = 30; // while mails are ahead
const TONES = { draft: 'outline', active: 'green', paused: 'amber', finished: 'plain', archived: 'outline' };

function Pauses({ view, busy, onResume }) {
  if (!view.pauses.length) return null;
  return (
    <section aria-label="Pauses">
      <h4 className="qrev-subtitle">Paused</h4>
      <ul className="qrev-form">
        {view.pauses.map((pause) => (
          <li key={pause.id} className="qrev-row">
            <span className="qrev-grow">
              <span className="qrev-strong">{pause.what}</span>
              <span className="qrev-under">
                {pause.until ? `until ${qrev.when(pause.until)}` : 'until somebody resumes'} · by {pause.by}{pause.is_here ? '' : ' · in all campaigns'}
              </span>
            </span>
            {view.can_change ? (
              <button type="button" className="qrev-button qrev-quiet" aria-label={`Resume: ${pause.what}`} {...qrev.off(busy, () => onResume(pause))}>Resume</button>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  );
}

/* What of it, and until when. Nothing is paused by it: its button shows what would be. */
function PauseForm({ view, busy, onPause, onCancel }) {
  const [what, setWhat] = useState('');
  const [until, setUntil] = useState('');
  const first = useRef(null);
  useEffect(() => first.current?.focus(), []);
  const submit = (event) => {
    event.preventDefault();
    const [field, value] = what ? what.split(/:(.*)/s) : [];
    onPause({ ...(field ? { [field]: value } : {}), ...(until ? { until } : {}) });
  };
  return (
    <form className="qrev-form" onSubmit={submit}>
      <div className="qrev-fields">
        <label className="qrev-label">What
          <select ref={first} className="qrev-input" value={what} onChange={(event) => setWhat(event.target.value)}>
            <option value="">Everything</option>
            {view.mailboxes.map(({ id, name }) => <option key={id} value={`mailbox_id:${id}`}>From {name}</option>)}
            {view.countries.map(({ id, name }) => <option key={id} value={`country:${id}`}>To {name}</option>)}
          </select>
        </label>
        <label className="qrev-label">Goes on (empty: when somebody resumes)
          <input className="qrev-input" type="date" value={until} onChange={(event) => setUntil(event.target.value)} />
        </label>
      </div>
      <div className="qrev-row">
        <button type="submit" className="qrev-button qrev-primary" aria-disabled={busy}>Show what would wait</button>
        <button type="button" className="qrev-button qrev-bare" onClick={onCancel}>Close</button>
      </div>
    </form>
  );
}

function TextForm({ label, verb, start, busy, hint, onDone, onCancel }) {
  const [text, setText] = useState(start);
  const first = useRef(null);
  useEffect(() => first.current?.focus(), []);
  const submit = (event) => {
    event.preventDefault();
    if (text.trim() && !busy) onDone(text.trim());
  };
  return (
    <form className="qrev-form" onSubmit={submit}>
      <label className="qrev-label">{label}
        <input ref={first} className="qrev-input" value={text} placeholder={hint} maxLength={300} onChange={(event) => setText(event.target.value)} />
      </label>
      <div className="qrev-row">
        <button type="submit" className="qrev-button qrev-primary" aria-disabled={busy || !text.trim()}>{verb}</button>
        <button type="button" className="qrev-button qrev-bare" onClick={onCancel}>Close</button>
      </div>
    </form>
  );
}

/* The words of one mail for everybody who has not got it. Its button shows who would read what. */
function WordsForm({ view, busy, callAction, onShow, onCancel }) {
  const [step, setStep] = useState(view.steps[0]?.number || 1);
  const [variants, setVariants] = useState(null);
  const load = () => qrev.ask(callAction, 'campaign_words', { sequence_id: view.id, step });
  const { view: words, problem, isLoading, again } = useView(load, [step]);
  useEffect(() => setVariants(words && words.step === step ? words.variants : null), [words, step]);
  const first = useRef(null);
  useEffect(() => first.current?.focus(), []);
  const change = (n, field, text) => setVariants(variants.map((one, i) => (i === n ? { ...one, [field]: text } : one)));
  const isWhole = variants?.every(({ subject, body }) => subject.trim() && body.trim());
  const submit = (event) => {
    event.preventDefault();
    if (isWhole && !busy) onShow({ step, variants });
  };
  return (
    <form className="qrev-form" onSubmit={submit}>
      <label className="qrev-label">Which mail
        <select ref={first} className="qrev-input" value={step} onChange={(event) => setStep(Number(event.target.value))}>
          {view.steps.map(({ number, day }) => <option key={number} value={number}>Mail {number}, day {day}</option>)}
        </select>
      </label>
      <Problem problem={problem} onAgain={() => again(false)} />
      {isLoading || (!variants && !problem) ? <Waiting rows={4} /> : null}
      {(!isLoading && variants ? variants : []).map((one, n) => (
        <fieldset key={n} className="qrev-form">
          {variants.length > 1 ? <legend className="qrev-strong">Variant {'ABCD'[n]}</legend> : null}
          <label className="qrev-label">Subject
            <input className="qrev-input" value={one.subject} maxLength={250} onChange={(event) => change(n, 'subject', event.target.value)} />
          </label>
          <label className="qrev-label">Text
            <textarea className="qrev-input" rows={8} value={one.body} onChange={(event) => change(n, 'body', event.target.value)} />
          </label>
          {variants.length > 1 ? <div className="qrev-row"><button type="button" className="qrev-button qrev-bare" onClick={() => setVariants(variants.filter((_, i) => i !== n))}>Leave variant {'ABCD'[n]} out</button></div> : null}
        </fieldset>
      ))}
      {words ? <p className="qrev-note">Fields are filled in for each person: {words.fields.map((field) => `{{${field}}}`).join(', ')}. {'{{first_name | there}}'} says what to put where nothing is known.</p> : null}
      <div className="qrev-row">
        <button type="submit" className="qrev-button qrev-primary" aria-disabled={busy || !isWhole}>Show who would read what</button>
        {variants && variants.length < 4 ? <button type="button" className="qrev-button qrev-quiet" onClick={() => setVariants([...variants, { ...variants[variants.length - 1] }])}>Add a variant</button> : null}
        <button type="button" className="qrev-button qrev-bare" onClick={onCancel}>Close</button>
      </div>
    </form>
  );
}

function PeopleForm({ busy, onAdd, onCancel }) {
  const [emails, setEmails] = useState('');
  const first = useRef(null);
  useEffect(() => first.current?.focus(), []);
  const submit = (event) => {
    event.preventDefault();
    if (emails.trim() && !busy) onAdd(emails);
  };
  return (
    <form className="qrev-form" onSubmit={submit}>
      <label className="qrev-label">Addresses of people you know, one a line
        <textarea ref={first} className="qrev-input" rows={4} value={emails} placeholder={'anna@example.com\nbob@example.com'} onChange={(event) => setEmails(event.target.value)} />
      </label>
      <p className="qrev-note">For a whole list, drop it into the chat and write: add these people to this campaign, by its name.</p>
      <div className="qrev-row">
        <button type="submit" className="qrev-button qrev-primary" aria-disabled={busy || !emails.trim()}>Draft and plan their mails</button>
        <button type="button" className="qrev-button qrev-bare" onClick={onCancel}>Close</button>
      </div>
    </form>
  );
}

function Buttons({ view, busy, onForm, onOrder, onCopy }) {
  const button = (label, onClick, look = 'quiet') => (
    <button key={label} type="button" className={`qrev-button qrev-${look}`} {...qrev.off(busy, onClick)}>{label}</button>
  );
  return (
    <div className="qrev-row">
      {view.can_pause ? button('Pause…', () => onForm('pause')) : null}
      {view.can_resume ? button('Resume', () => onOrder('resume', {}), 'primary') : null}
      {view.can_edit ? button('Add people…', () => onForm('people')) : null}
      {view.can_edit ? button('Change a mail…', () => onForm('words')) : null}
      {view.can_stop ? button('Stop one person…', () => onForm('person')) : null}
      {view.can_change ? button('Rename…', () => onForm('name')) : null}
      {view.can_change ? button('Duplicate', onCopy) : null}
      {view.can_stop ? button('Stop', () => onOrder('stop', {})) : null}
      {view.can_archive ? button('Archive', () => onOrder('archive', {})) : null}
    </div>
  );
}

function Numbers({ view }) {
  return (
    <>
      <dl className="qrev-figures" aria-label="The mails of this campaign">
        <Figure value={view.people} label={view.people === 1 ? 'person' : 'people'} />
        <Figure value={view.waiting} label="waiting" />
        <Figure value={view.left} label="have left" tone="green" />
        <Figure value={view.failed} label="failed" tone="red" />
        <Figure value={view.cancelled} label="cancelled" />
      </dl>
      <p className="qrev-note">
        {view.steps.length === 1 ? 'One mail' : `${view.steps.length} mails, on days ${view.steps.map(({ day }) => day).join(', ')}`} for each person.{' '}
        {view.next_at && view.status === 'active' ? `The next leaves ${qrev.when(view.next_at)}.` : ''}
      </p>
    </>
  );
}

// One identity for ever: Chainlit evaluates this file again and again, and a new type loses its state.
const Card =
  qrev.CampaignCard ||
  (qrev.CampaignCard = function CampaignCard({ props, callAction }) {
    const [every, setEvery] = useState(0);
    const [form, setForm] = useState('');
    const [told, setTold] = useState('');
    const load = () => qrev.ask(callAction, 'campaign_get', { sequence_id: props.sequence_id });
    const { view, problem, isLoading, again, setView } = useView(load, [props.sequence_id], props.rev, every, true);
    useEffect(() => setEvery(view?.waiting ? LOOK_AGAIN_SECONDS : 0), [view]);
    const { busy, press, problem: refusal, clear } = usePress(callAction);
    const show = async (name, payload, words) => {
      setTold('');
      qrev.await();
      const { problem: refused, isIgnored } = await press(name, { sequence_id: props.sequence_id, ...payload });
      if (refused || isIgnored) return;
      setForm('');
      setTold(words);
    };
    const order = (kind, terms) => show('order_propose', { order: kind, ...terms }, 'It is below: look at it, then confirm.');
    const rename = async (name) => {
      const { view: renamed } = await press('campaign_rename', { sequence_id: props.sequence_id, name });
      if (!renamed) return;
      setView(renamed);
      setForm('');
      setTold('It has its new name.');
    };
    if (!view) {
      return (
        <Frame title="Campaign" note=" ">
          {isLoading ? <Waiting rows={5} /> : <Problem problem={problem} onAgain={() => again(false)} />}
        </Frame>
      );
    }
    const isBusy = Boolean(busy);
    const forms = {
      pause: <PauseForm view={view} busy={isBusy} onPause={(terms) => order('pause', terms)} onCancel={() => setForm('')} />,
      person: <TextForm label="Their email address" verb="Show what they would not get" start="" hint="anna@example.com" busy={isBusy} onDone={(person) => order('stop_person', { person })} onCancel={() => setForm('')} />,
      people: <PeopleForm busy={isBusy} onAdd={(emails) => show('campaign_add_people', { emails }, 'They are in. Their drafts and the plan for them are below.')} onCancel={() => setForm('')} />,
      words: <WordsForm view={view} busy={isBusy} callAction={callAction} onShow={(terms) => order('edit_step', terms)} onCancel={() => setForm('')} />,
      name: <TextForm label="New name" verb="Rename" start={view.name} busy={isBusy} onDone={rename} onCancel={() => setForm('')} />,
    };
    return (
      <Frame title={view.name} note={`Times are those of ${qrev.zone()}`} aside={<Chip tone={TONES[view.status]}>{view.status}</Chip>}>
        <div className="qrev-body" aria-busy={isLoading}>
          <Problem problem={problem} onAgain={() => again(false)} />
          <Numbers view={view} />
          <Pauses view={view} busy={isBusy} onResume={(pause) => order('resume', pause.is_here ? { pause_id: pause.id } : { pause_id: pause.id, sequence_id: '' })} />
          {form ? forms[form] : <Buttons view={view} busy={isBusy} onForm={(name) => { setTold(''); setForm(name); }} onOrder={order} onCopy={() => show('campaign_duplicate', {}, 'The copy is below.')} />}
          <Problem problem={refusal} onClose={clear} />
          <p className="qrev-note qrev-status" role="status">{isBusy ? 'Looking what it would do…' : told}</p>
        </div>
      </Frame>
    );
  });

export default qrev.kit ? <Card props={props} callAction={callAction} /> : <p role="alert">This page is incomplete. Reload it.</p>;
