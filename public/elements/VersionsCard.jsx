import React, { useRef, useState } from 'react';

const qrev = (window.__qrev = window.__qrev || {});
const { Frame, Waiting, Problem, Chip, Diff, Sure, useView, usePress } = qrev.kit ? qrev.kit(React) : {};

function Version({ row, canRestore, busy, onRestore }) {
  return (
    <details className="qrev-fold" open={row.is_newest}>
      <summary>
        Version {row.version} · {row.made}{row.at ? ` · ${qrev.when(row.at)}` : ''} {row.is_newest ? <Chip tone="green">now</Chip> : null}
      </summary>
      <article aria-label={`Version ${row.version}`}>
        <h4 className="qrev-subject"><Diff pieces={row.subject} /></h4>
        <div className="qrev-mail"><Diff pieces={row.body} /></div>
        {canRestore && !row.is_newest ? (
          <div className="qrev-row">
            <Sure label={`Bring version ${row.version} back`} question="The words of now stay in this list." yes="Bring it back" disabled={busy} onYes={() => onRestore(row.version)} />
          </div>
        ) : null}
      </article>
    </details>
  );
}

// One identity for ever: Chainlit evaluates this file again and again, and a new type loses its state.
const Card =
  qrev.VersionsCard ||
  (qrev.VersionsCard = function VersionsCard({ props, callAction }) {
    const load = () => qrev.ask(callAction, 'versions_get', { draft_id: props.draft_id });
    const { view, problem, isLoading, again } = useView(load, [props.draft_id], props.rev, 0, true);
    const { press, busy, problem: refusal, clear } = usePress(callAction);
    const [said, setSaid] = useState('');
    const box = useRef(null);
    const restore = async (to) => {
      setSaid('');
      const { view: restored } = await press('version_restore', { draft_id: view.draft_id, version: view.version, to });
      if (restored) setSaid(`Version ${to} is back, as version ${restored.draft.version}.`);
      again(true);
      box.current?.focus(); // its button is gone
    };
    if (!view) {
      return (
        <Frame title="Versions" note=" ">
          {isLoading ? <Waiting rows={4} /> : <Problem problem={problem} onAgain={() => again(false)} />}
        </Frame>
      );
    }
    return (
      <Frame title={`Versions of mail ${view.step} to ${view.name}`} note="Each shows what it changed of the one before.">
        <div className="qrev-body" ref={box} tabIndex={-1} aria-busy={isLoading}>
          {view.rows.map((row) => <Version key={row.version} row={row} canRestore={view.can_restore} busy={Boolean(busy)} onRestore={restore} />)}
          <p className="qrev-note" role="status">{busy ? 'Working…' : said}</p>
          <Problem problem={refusal || problem} onClose={clear} />
        </div>
      </Frame>
    );
  });

export default qrev.kit ? <Card props={props} callAction={callAction} /> : <p role="alert">This page is incomplete. Reload it.</p>;
