import React, { useRef, useState } from 'react';

const qrev = (window.__qrev = window.__qrev || {});
const { Frame, Waiting, Problem, Empty, Sure, useView, usePress } = qrev.kit ? qrev.kit(React) : {};

const KINDS = {
  brand_doc: ['Your brand', 'who you are and how you sound'],
  pain_points_doc: ['Pain points', 'what troubles your customers'],
  case_studies_doc: ['Case studies', 'what you did for others'],
  icp_doc: ['Ideal customer', 'whom you sell to'],
};

/* A text, or a file; what it replaces keeps its place. */
function Adding({ replacing, busy, onText, onFile, onStay }) {
  const [kind, setKind] = useState(replacing?.kind || 'brand_doc');
  const [text, setText] = useState('');
  const file = useRef(null);
  const submit = async (event) => {
    event.preventDefault();
    if (text.trim() && !busy && (await onText(kind, text))) setText('');
  };
  return (
    <form className="qrev-form" onSubmit={submit} aria-label={replacing ? `Replace ${replacing.title}` : 'Add knowledge'}>
      <label className="qrev-label">What is it about?
        <select className="qrev-input" value={kind} onChange={(event) => setKind(event.target.value)}>
          {Object.entries(KINDS).map(([value, [name, more]]) => <option key={value} value={value}>{name}: {more}</option>)}
        </select>
      </label>
      <label className="qrev-label">{replacing ? `New words for ${replacing.title}` : 'Its words'}
        <textarea className="qrev-input" rows={4} maxLength={200000} value={text} placeholder="Our planners saved a third of their time in 2025 …" onChange={(event) => setText(event.target.value)} />
      </label>
      <div className="qrev-row">
        <button type="submit" className="qrev-button qrev-primary" aria-disabled={busy || !text.trim()}>{busy ? 'Reading…' : 'Keep the text'}</button>
        <button type="button" className="qrev-button qrev-quiet" {...qrev.off(busy, () => file.current?.click())}>Choose a file…</button>
        <span className="qrev-dim">PDF, Word, text or Markdown, up to 10 MB</span>
        {replacing ? <button type="button" className="qrev-button qrev-bare" onClick={onStay}>Do not replace</button> : null}
        <input ref={file} type="file" hidden accept=".pdf,.docx,.txt,.md" aria-label="A document" onChange={(event) => { const [one] = event.target.files; if (one) onFile(kind, one); event.target.value = ''; }} />
      </div>
    </form>
  );
}

function Understood({ id, callAction }) {
  const { view, problem, again } = useView(() => qrev.ask(callAction, 'knowledge_read', { document_id: id }), [id], 0);
  if (!view) return problem ? <Problem problem={problem} onAgain={() => again(false)} /> : <Waiting rows={2} />;
  return (
    <div className="qrev-part">
      <p className="qrev-subtitle">What mails may stand on</p>
      {view.claims.length ? <ul className="qrev-list">{view.claims.map((claim, i) => <li key={i}>{claim.text} <span className="qrev-dim">page {claim.page}</span></li>)}</ul> : <p className="qrev-note">No sentence states anything that can be quoted: give numbers, names or results.</p>}
      <p className="qrev-subtitle">Sections</p>
      <ul className="qrev-list">{view.sections.map((one, i) => <li key={i}>{one.heading} <span className="qrev-dim">page {one.page}, {qrev.count(one.words, 'word', 'words')}</span></li>)}</ul>
    </div>
  );
}

function Row({ row, canChange, busy, onReplace, onRemove, callAction }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <section className="qrev-part" aria-label={row.title}>
      <div className="qrev-row">
        <p className="qrev-grow"><strong className="qrev-breaks">{row.title}</strong> <span className="qrev-under">{KINDS[row.kind][0]} · {qrev.count(row.pages, 'page', 'pages')}, {qrev.count(row.words, 'word', 'words')} · {row.added_by}, {qrev.when(row.added_at)}</span></p>
        <button type="button" className="qrev-button qrev-quiet" aria-expanded={isOpen} aria-label={`What was understood of ${row.title}`} onClick={() => setOpen(!isOpen)}>{isOpen ? 'Hide' : 'What was understood'}</button>
        {canChange ? <button type="button" className="qrev-button qrev-quiet" aria-label={`Replace ${row.title}`} {...qrev.off(busy, () => onReplace(row))}>Replace</button> : null}
        {canChange ? <Sure label="Delete" aria-label={`Delete ${row.title}`} question="Drafts made of it stay." yes="Delete" disabled={busy} onYes={() => onRemove(row)} /> : null}
      </div>
      {isOpen ? <Understood id={row.id} callAction={callAction} /> : null}
    </section>
  );
}

// One identity for ever: Chainlit evaluates this file again and again, and a new type loses its state.
const Card =
  qrev.KnowledgeCard ||
  (qrev.KnowledgeCard = function KnowledgeCard({ props, callAction }) {
    const { view, problem, isLoading, again } = useView(() => qrev.ask(callAction, 'knowledge_get', {}), [], props.rev, 0, true);
    const { press, busy, problem: refusal, clear } = usePress(callAction);
    const [sending, setSending] = useState(false);
    const [refused, setRefused] = useState(null);
    const [replacing, setReplacing] = useState(null);
    const [said, setSaid] = useState('');
    const kept = (words) => {
      setSaid(words);
      setReplacing(null);
      again(true);
    };
    const onText = async (kind, text) => {
      const title = replacing?.title || KINDS[kind][0];
      const { view: added } = await press('knowledge_add', { kind, title, text, replaces: replacing?.id || '' });
      if (added) kept('The text is kept. See what was understood of it.');
      return Boolean(added);
    };
    const onFile = async (kind, file) => {
      setSending(true);
      setRefused(null);
      const query = new URLSearchParams({ kind, filename: file.name, replaces: replacing?.id || '' });
      const { view: added, problem: why } = await qrev.send(`/api/knowledge/add?${query}`, file);
      setSending(false);
      if (added) kept(`${file.name} is read: ${qrev.count(added.words, 'word', 'words')}.`);
      else setRefused(why);
    };
    const onRemove = async (row) => {
      const { view: left } = await press('knowledge_remove', { document_id: row.id });
      if (left) kept(`${row.title} is deleted.`);
    };
    const isBusy = Boolean(busy) || sending;
    if (!view) {
      return <Frame title="Knowledge" note=" ">{isLoading ? <Waiting rows={4} /> : <Problem problem={problem} onAgain={() => again(false)} />}</Frame>;
    }
    return (
      <Frame title="Knowledge" note="What a language model may say of you in mails, each fact with its document and page.">
        <div className="qrev-body" aria-busy={isLoading}>
          {view.rows.map((row) => <Row key={`${row.id}${row.added_at}`} row={row} canChange={view.can_change} busy={isBusy} onReplace={setReplacing} onRemove={onRemove} callAction={callAction} />)}
          {view.rows.length ? null : <Empty title="Nothing yet">{view.can_change ? 'Add what you would tell a new colleague before their first mail.' : 'Nobody has added anything.'}</Empty>}
          <p className="qrev-note" role="status">{sending ? 'Reading the file…' : said}</p>
          <Problem problem={refused || refusal || problem} onClose={() => { setRefused(null); clear(); }} />
          {view.can_change ? <Adding key={replacing?.id || 'new'} replacing={replacing} busy={isBusy} onText={onText} onFile={onFile} onStay={() => setReplacing(null)} /> : null}
        </div>
      </Frame>
    );
  });

export default qrev.kit ? <Card props={props} callAction={callAction} /> : <p role="alert">This page is incomplete. Reload it.</p>;
