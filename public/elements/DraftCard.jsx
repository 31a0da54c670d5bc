import React, { useEffect, useRef, useState } from 'react';
import { ChevronLeft, ChevronRight, Send } from 'lucide-react';

const qrev = (window.__qrev = window.__qrev || {});
const { Frame, Waiting, Problem, Empty, Block, Chip, Sure, useView, usePress } = qrev.kit ? qrev.kit(React) : {};
const LOOK_AGAIN_SECONDS = 10; // while drafts arrive: a notice sent while the page was offline is lost

const spoken = (field) => field.replaceAll('_', ' ');
const origin = (source) => (source.startsWith('csv:') ? `from your CSV: ${source.slice(4).trim()}` : source);

function Days({ sequence }) {
  const days = sequence.steps.map((step) => `Day ${step.day}`).join(' · ');
  return <>{qrev.count(sequence.people, 'person', 'people')} · {qrev.count(sequence.steps.length, 'step', 'steps')}: {days}</>;
}

/* How fast it goes and when it is done, in minutes: nobody plans by seconds. */
function pace({ per_minute: perMinute, done_at: doneAt }) {
  if (!perMinute) return '';
  const isSoon = new Date(doneAt) - Date.now() < 60000;
  return ` · about ${qrev.number(perMinute)} a minute, done ${isSoon ? 'in less than a minute' : `around ${qrev.clock(doneAt)}`}`;
}

function Progress({ sequence, canChange, pressing, onStopped }) {
  const { ready, failed, total, missing, is_drafting: isDrafting } = sequence;
  const words = `${qrev.number(ready)} of ${qrev.number(total)} drafted`;
  const stop = async () => {
    await pressing.press('drafting_stop', { sequence_id: sequence.id });
    onStopped(); // a refusal, too, may mean that it is over
  };
  return (
    <div className="qrev-progress-line">
      {isDrafting ? (
        <div className="qrev-bar" role="progressbar" aria-label="Drafting" aria-valuemin={0} aria-valuemax={total} aria-valuenow={ready} aria-valuetext={words}>
          <span style={{ width: `${total ? (100 * (ready + failed)) / total : 0}%` }} />
        </div>
      ) : null}
      <p className="qrev-note">
        {words}{isDrafting ? pace(sequence) : ''}
        {missing ? <> · <span className="qrev-text-amber">{qrev.number(missing)} with something missing</span></> : null}
        {failed ? <> · <span className="qrev-text-red">{qrev.number(failed)} failed</span></> : null}
      </p>
      {isDrafting && canChange ? (
        <div className="qrev-row">
          <Sure look="quiet" label="Stop drafting" question="Keep what is written and write no more?" yes="Stop" no="Go on" disabled={pressing.busy === 'drafting_stop'} onYes={stop} />
        </div>
      ) : null}
      <Problem problem={pressing.about === 'drafting_stop' ? pressing.problem : null} onClose={pressing.clear} />
    </div>
  );
}

/* Sentences about the person that nothing backs: each stays until it is confirmed or taken out. */
function Doubts({ draft, busy, onSettle }) {
  return draft.doubts.map((sentence) => (
    <Block key={sentence} tone="amber">
      <p><strong>Nothing we know says this:</strong> “{sentence}” It is not sent before you confirm it or take it out.</p>
      {draft.can_edit ? (
        <div className="qrev-row">
          <button type="button" className="qrev-button qrev-quiet" {...qrev.off(Boolean(busy), () => onSettle(sentence, false))}>Take it out</button>
          <button type="button" className="qrev-button qrev-quiet" {...qrev.off(Boolean(busy), () => onSettle(sentence, true))}>It is true</button>
        </div>
      ) : null}
    </Block>
  ));
}

/* The words, with the sentences in them that nothing backs marked. */
function Marked({ body, doubts }) {
  const any = doubts.map((one) => one.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|');
  const parts = any ? body.split(new RegExp(`(${any})`)) : [body];
  return <div className="qrev-mail">{parts.map((part, i) => (i % 2 ? <mark key={i} className="qrev-doubt">{part}</mark> : part))}</div>;
}

function Person({ prospect, count, isOnlyMissing, go, isLoading }) {
  const what = [prospect.job_title, prospect.company_name].filter(Boolean).join(', ');
  return (
    <div className="qrev-person">
      <div className="qrev-grow">
        <p className="qrev-strong">{prospect.name || prospect.email}</p>
        {what ? <p>{what}</p> : null}
        {prospect.name ? <p className="qrev-dim qrev-breaks">{prospect.email}</p> : null}
      </div>
      <div className="qrev-row qrev-steady" role="group" aria-label="People">
        <button type="button" className="qrev-button qrev-icon" aria-label="Previous person" title="Previous person (←)" {...qrev.off(!prospect.previous_id || isLoading, () => go(prospect.previous_id))}><ChevronLeft size={16} aria-hidden="true" /></button>
        <span className="qrev-dim" aria-live="polite">{isOnlyMissing ? `no. ${qrev.number(prospect.position)}` : `${qrev.number(prospect.position)} of ${qrev.number(count)}`}</span>
        <button type="button" className="qrev-button qrev-icon" aria-label="Next person" title="Next person (→)" {...qrev.off(!prospect.next_id || isLoading, () => go(prospect.next_id))}><ChevronRight size={16} aria-hidden="true" /></button>
      </div>
    </div>
  );
}

function Steps({ steps, drafts, current, onStep }) {
  return (
    <div className="qrev-steps" role="group" aria-label="Steps">
      {steps.map((step) => {
        const draft = drafts.find((one) => one.step === step.number);
        const isOdd = draft && (draft.status === 'failed' || draft.missing.length > 0 || draft.doubts.length > 0);
        return (
          <button key={step.number} type="button" className="qrev-step" aria-pressed={step.number === current} onClick={() => onStep(step.number)}>
            Day {step.day}
            {isOdd ? <span className="qrev-text-amber" title="Needs a look"><span aria-hidden="true"> ●</span><span className="qrev-sr"> needs a look</span></span> : null}
            {draft ? null : <span className="qrev-dim"> …</span>}
          </button>
        );
      })}
    </div>
  );
}

function writtenBy({ model, dollars }) {
  if (!model) return '';
  return `Written by ${model}${dollars ? ` for $${dollars < 0.01 ? dollars.toPrecision(1) : dollars.toFixed(2)}` : ''}`;
}

/* Other words for this mail: what would change is shown in a card of its own, below. */
function Rewording({ busy, onAsk }) {
  const [words, setWords] = useState('');
  const ask = (event) => {
    event.preventDefault();
    if (words.trim() && !busy) onAsk(words).then((isShown) => isShown && setWords(''));
  };
  return (
    <form className="qrev-row qrev-line" onSubmit={ask} aria-label="Change this mail with words">
      <input className="qrev-input qrev-grow" value={words} maxLength={2000} aria-label="What should change in this mail?" placeholder="Say what to change: shorter, mention …" onChange={(event) => setWords(event.target.value)} />
      <button type="submit" className="qrev-button qrev-quiet" aria-disabled={Boolean(busy) || !words.trim()}>{busy === 'rewrite_begin' ? 'Asking…' : 'Show the change'}</button>
    </form>
  );
}

function Reading({ draft, busy, isPlanned, onEdit, onReset, onSettle, onVersions, onReword }) {
  const [copied, setCopied] = useState('');
  useEffect(() => {
    const timer = copied ? setTimeout(() => setCopied(''), 2000) : 0;
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    const isCopied = await qrev.copy(`${draft.subject}\n\n${draft.body}`);
    setCopied(isCopied ? 'Copied' : 'Your browser refused to copy');
  };
  if (draft.status === 'failed') {
    return (
      <Block tone="red">
        <p><strong>This draft could not be written.</strong> {draft.reason}</p>
        {draft.can_edit ? <div className="qrev-row"><button type="button" className="qrev-button qrev-quiet" onClick={onEdit}>Write it yourself</button></div> : null}
      </Block>
    );
  }
  return (
    <article aria-label="Draft">
      {draft.missing.length ? <Block tone="amber"><p><strong>Missing: {draft.missing.map(spoken).join(', ')}.</strong> This person will not be written to until it is there or you edit the draft.</p></Block> : null}
      <Doubts draft={draft} busy={busy} onSettle={onSettle} />
      <h4 className="qrev-subject">{draft.subject}</h4>
      <Marked body={draft.body} doubts={draft.doubts} />
      {draft.facts.length ? (
        <ul className="qrev-facts" aria-label="Where its facts come from">
          {draft.facts.map((fact, i) => <li key={i}><Chip><span>{fact.text}</span> <span className="qrev-dim">{origin(fact.source)}</span></Chip></li>)}
        </ul>
      ) : null}
      <div className="qrev-row">
        {draft.can_edit ? <button type="button" className="qrev-button qrev-quiet" onClick={onEdit}>Edit</button> : null}
        <button type="button" className="qrev-button qrev-quiet" onClick={copy}>Copy</button>
        {draft.version > 1 ? <button type="button" className="qrev-button qrev-bare" {...qrev.off(Boolean(busy), onVersions)}>Versions</button> : null}
        {draft.is_edited && draft.can_edit ? <Sure look="bare" label="Reset" question="Back to the first version? The words of now stay among its versions." yes="Reset" no="Keep these" disabled={busy === 'draft_reset'} onYes={onReset} /> : null}
        <span className="qrev-dim" role="status">{copied || (draft.is_by_hand ? 'Edited by hand' : draft.is_edited ? 'Changed since it was written' : writtenBy(draft))}</span>
        {draft.can_edit ? null : <span className="qrev-dim">{isPlanned ? 'Planned: it can no longer be edited.' : 'You may read it, not change it.'}</span>}
      </div>
      {draft.can_edit ? <Rewording busy={busy} onAsk={onReword} /> : null}
    </article>
  );
}

function Editing({ edit, busy, isLeaving, onChange, onSave, onCancel, onDiscard, onStay }) {
  const area = useRef(null);
  useEffect(() => area.current?.focus(), []);
  const onKeyDown = (event) => {
    if (event.key === 'Escape') {
      event.preventDefault();
      (isLeaving ? onStay : onCancel)();
    } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      onSave();
    }
  };
  const isEmpty = !edit.subject.trim() || !edit.body.trim();
  return (
    <form className="qrev-form" aria-label="Edit the draft" onKeyDown={onKeyDown} onSubmit={(event) => { event.preventDefault(); onSave(); }}>
      {edit.newer ? (
        <Block tone="amber" role="alert">
          <p><strong>This draft was changed meanwhile.</strong> Yours is kept below; this is the newer one:</p>
          <p className="qrev-subject">{edit.newer.subject}</p>
          <div className="qrev-mail qrev-tall">{edit.newer.body}</div>
          <div className="qrev-row"><button type="button" className="qrev-button qrev-quiet" onClick={onDiscard}>Take the newer one</button></div>
        </Block>
      ) : null}
      <label className="qrev-label">Subject
        <input className="qrev-input" value={edit.subject} onChange={(event) => onChange({ subject: event.target.value })} />
      </label>
      <label className="qrev-label">Text
        <textarea ref={area} className="qrev-input" rows={Math.min(22, Math.max(8, edit.body.split('\n').length + 3))} value={edit.body} onChange={(event) => onChange({ body: event.target.value })} />
      </label>
      {isLeaving ? (
        <Block tone="amber" role="alert">
          <p>You have words here that are not saved.</p>
          <div className="qrev-row">
            <button type="submit" className="qrev-button qrev-quiet" disabled={isEmpty || busy === 'draft_save'}>Save them</button>
            <button type="button" className="qrev-button qrev-danger" onClick={onDiscard}>Throw them away</button>
            <button type="button" className="qrev-button qrev-bare" onClick={onStay}>Keep writing</button>
          </div>
        </Block>
      ) : (
        <div className="qrev-row">
          <button type="submit" className="qrev-button qrev-primary" disabled={isEmpty || busy === 'draft_save'}>{busy === 'draft_save' ? 'Saving…' : edit.newer ? 'Save mine instead' : 'Save'}</button>
          <button type="button" className="qrev-button qrev-bare" onClick={onCancel}>Cancel</button>
          <span className="qrev-dim qrev-wide-only">{isEmpty ? 'A mail needs a subject and a text.' : 'Ctrl+Enter saves, Esc cancels'}</span>
        </div>
      )}
    </form>
  );
}

function Sending({ sequence, pressing, onSend }) {
  const { busy, about, problem, clear } = pressing;
  const [isPlanned, setPlanned] = useState(false);
  const send = async () => {
    setPlanned(false);
    qrev.await();
    const { view } = (await onSend()) || {};
    if (view) setPlanned(true);
  };
  const { ready, total, is_drafting: isDrafting } = sequence;
  const isOver = sequence.status === 'finished' || sequence.status === 'archived';
  const reason = isDrafting
    ? `Send opens when all drafts are there (${qrev.number(ready)} of ${qrev.number(total)}).`
    : !ready ? 'There is no draft to send yet.' : isOver ? 'This sequence is over.' : '';
  const words = isPlanned ? 'The plan is below: look at it, then confirm it.' : 'Send first shows the plan. Nothing leaves before you confirm it.';
  return (
    <>
      <Problem problem={about === 'sequence_send' ? problem : null} onClose={clear} />
      <footer className="qrev-send">
        <p className="qrev-note qrev-grow" role="status">{reason || words}</p>
        <button type="button" className="qrev-button qrev-primary" disabled={Boolean(reason) || busy === 'sequence_send'} onClick={send}><Send size={15} aria-hidden="true" /> {busy === 'sequence_send' ? 'Planning…' : 'Send'}</button>
      </footer>
    </>
  );
}

/* What is on the screen and what the member is typing: the two never mix. */
function useDrafts({ props, callAction }) {
  const [at, setAt] = useState({ prospectId: null, isOnlyMissing: false });
  const [isDrafting, setDrafting] = useState(false);
  const here = useRef(null);
  const load = async () => {
    const asked = { sequence_id: props.sequence_id, prospect_id: at.prospectId || here.current, only_missing: at.isOnlyMissing };
    const answer = await qrev.ask(callAction, 'draft_page', asked);
    if (answer.view) {
      here.current = answer.view.prospect?.id ?? null;
      setDrafting(answer.view.sequence.is_drafting);
    }
    return answer;
  };
  const state = useView(load, [props.sequence_id, at.prospectId, at.isOnlyMissing], props.rev, isDrafting ? LOOK_AGAIN_SECONDS : 0, true);
  const go = (prospectId) => setAt({ ...at, prospectId });
  const filter = (isOnlyMissing) => {
    here.current = null;
    setAt({ prospectId: null, isOnlyMissing });
  };
  const put = (draft) => {
    const drafts = state.view.drafts.map((one) => (one.id === draft.id ? draft : one));
    state.setView({ ...state.view, drafts });
    state.again(true); // its sequence's figures changed too
  };
  return { ...state, at, go, filter, put };
}

/* The words being typed. `leaving` is what to do once they are saved or thrown away. */
function useEdit({ press, put }) {
  const [edit, setEdit] = useState(null);
  const [leaving, setLeaving] = useState(null);
  const isDirty = Boolean(edit) && (edit.subject !== edit.was.subject || edit.body !== edit.was.body);
  const close = () => {
    setEdit(null);
    setLeaving(null);
    leaving?.then();
  };
  const leave = (then) => {
    if (isDirty) return setLeaving({ then });
    setEdit(null);
    return then();
  };
  const open = ({ id, version, subject, body }) => setEdit({ id, version, subject, body, was: { subject, body }, newer: null });
  const save = async () => {
    const { id, version, subject, body } = edit;
    if (!subject.trim() || !body.trim()) return;
    const { view, problem } = await press('draft_save', { draft_id: id, version, subject, body });
    if (problem?.code === 'conflict' && problem.fresh) {
      setLeaving(null);
      setEdit((old) => ({ ...old, version: problem.fresh.version, newer: problem.fresh }));
    } else if (view) {
      put(view);
      close();
    }
  };
  const discard = () => {
    if (edit.newer) put(edit.newer);
    close();
  };
  return { edit, isLeaving: Boolean(leaving), leave, open, save, discard, change: (part) => setEdit((old) => ({ ...old, ...part })), stay: () => setLeaving(null) };
}

function Sheet({ view, drafts, writing, pressing, step, onStep }) {
  const { sequence, prospect } = view;
  const { edit } = writing;
  const draft = view.drafts.find((one) => one.step === step) || null;
  const { press, busy, about, problem, clear } = pressing;
  const reset = async () => {
    const { view: first, problem: refusal } = await press('draft_reset', { draft_id: draft.id, version: draft.version });
    if (first || refusal?.fresh) drafts.put(first || refusal.fresh);
  };
  const settle = async (sentence, isTrue) => {
    const { view: next, problem: refusal } = await press('doubt_settle', { draft_id: draft.id, version: draft.version, sentence, is_true: isTrue });
    if (next) drafts.put(next);
    else if (refusal) drafts.again(true);
  };
  const reword = async (instruction) => {
    const { problem: refusal, isIgnored } = await press('rewrite_begin', { sequence_id: sequence.id, draft_id: draft.id, instruction });
    return !refusal && !isIgnored;
  };
  const isShown = problem && about !== 'sequence_send' && !(edit?.newer && problem.code === 'conflict');
  return (
    <>
      <Person prospect={prospect} count={sequence.people} isOnlyMissing={drafts.at.isOnlyMissing} isLoading={drafts.isLoading} go={(id) => writing.leave(() => drafts.go(id))} />
      <Steps steps={sequence.steps} drafts={view.drafts} current={step} onStep={(number) => writing.leave(() => onStep(number))} />
      <Problem problem={isShown ? problem : null} onClose={clear} />
      {edit ? (
        <Editing edit={edit} busy={busy} isLeaving={writing.isLeaving} onChange={writing.change} onSave={writing.save} onCancel={() => writing.leave(() => {})} onDiscard={writing.discard} onStay={writing.stay} />
      ) : draft ? (
        <Reading key={draft.id} draft={draft} busy={busy} isPlanned={sequence.status !== 'draft'} onEdit={() => writing.open(draft)} onReset={reset} onSettle={settle} onVersions={() => press('draft_versions', { draft_id: draft.id })} onReword={reword} />
      ) : (
        <Empty title="Not written yet">This draft appears here as soon as it arrives.</Empty>
      )}
    </>
  );
}

// One identity for ever: Chainlit evaluates this file again and again, and a new type loses its state.
const Card =
  qrev.DraftCard ||
  (qrev.DraftCard = function DraftCard({ props, callAction }) {
    const drafts = useDrafts({ props, callAction });
    const pressing = usePress(callAction);
    const stopping = usePress(callAction);
    const writing = useEdit({ press: pressing.press, put: drafts.put });
    const [wanted, setStep] = useState(null);
    const { view, problem, isLoading, again, at } = drafts;
    if (!view) {
      return (
        <Frame title="Drafts" note=" ">
          {isLoading ? <Waiting rows={7} /> : <Problem problem={problem} onAgain={() => again(false)} />}
        </Frame>
      );
    }
    const { sequence, prospect } = view;
    const step = wanted ?? sequence.steps[0]?.number;
    const onKeyDown = (event) => {
      const isTyping = event.target.closest('input, textarea, select');
      if (isTyping || event.altKey || event.ctrlKey || event.metaKey || isLoading || !prospect) return;
      const to = { ArrowLeft: prospect.previous_id, ArrowRight: prospect.next_id }[event.key];
      if (!to) return;
      event.preventDefault();
      writing.leave(() => drafts.go(to));
    };
    const send = () => writing.leave(() => pressing.press('sequence_send', { sequence_id: sequence.id }));
    return (
      <Frame title={sequence.name} note={<Days sequence={sequence} />} tabIndex={-1} onKeyDown={onKeyDown} aria-busy={isLoading}>
        <Progress sequence={sequence} canChange={view.can_change} pressing={stopping} onStopped={() => again(true)} />
        {sequence.missing || at.isOnlyMissing ? (
          <label className="qrev-check">
            <input type="checkbox" checked={at.isOnlyMissing} onChange={(event) => { const is = event.target.checked; writing.leave(() => drafts.filter(is)); }} />
            Only those with something missing
          </label>
        ) : null}
        {(sequence.missing || sequence.failed) && view.can_change && !sequence.is_drafting ? (
          <div className="qrev-row"><button type="button" className="qrev-button qrev-quiet" {...qrev.off(Boolean(stopping.busy), () => stopping.press('sequence_repairs', { sequence_id: sequence.id }))}>Mend them all at once</button></div>
        ) : null}
        <Problem problem={problem} onAgain={() => again(false)} />
        {prospect ? (
          <Sheet view={view} drafts={drafts} writing={writing} pressing={pressing} step={step} onStep={setStep} />
        ) : at.isOnlyMissing ? (
          <Empty title="Nothing is missing">Every draft has all it needs.</Empty>
        ) : (
          <Empty title={sequence.is_drafting ? 'The first drafts are being written' : 'No drafts'}>
            {sequence.is_drafting ? 'They appear here as they arrive; you can go on with something else.' : 'Nothing has been drafted for this sequence. Ask QRev to draft it again.'}
          </Empty>
        )}
        <Sending sequence={sequence} pressing={pressing} onSend={send} />
      </Frame>
    );
  });

export default qrev.kit ? <Card props={props} callAction={callAction} /> : <p role="alert">This page is incomplete. Reload it.</p>;
