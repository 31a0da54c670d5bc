import React, { useState } from 'react';

const qrev = (window.__qrev = window.__qrev || {});
const { Frame, Waiting, Problem, Block, Chip, useView, usePress } = qrev.kit ? qrev.kit(React) : {};

/* One fact of both. Where only one of them has it there is nothing to choose. */
function Side({ side, isOpen, isOther, onChoose }) {
  const isChoice = side.kept && side.other && side.kept !== side.other;
  const cell = (value, isOfOther) => {
    if (!value) return <span className="qrev-dim">–</span>;
    const isKept = side.is_of_other === isOfOther || side.kept === side.other;
    if (!isChoice || !isOpen) return <span className={isKept ? 'qrev-strong' : 'qrev-dim'}>{value}</span>;
    return (
      <label className="qrev-check">
        <input type="radio" name={`merge-${side.field}`} checked={isOther === isOfOther} onChange={() => onChoose(side.field, isOfOther)} />
        <span className="qrev-breaks">{value}</span>
      </label>
    );
  };
  return (
    <tr>
      <th scope="row" data-label="Fact">{side.label}</th>
      <td data-label="Kept">{cell(side.kept, false)}</td>
      <td data-label="Other">{cell(side.other, true)}</td>
    </tr>
  );
}

// One identity for ever: Chainlit evaluates this file again and again, and a new type loses its state.
const Card =
  qrev.MergeCard ||
  (qrev.MergeCard = function MergeCard({ props, callAction }) {
    const [pair, setPair] = useState([props.person_id, props.other_id]);
    const [ofOther, setOfOther] = useState([]);
    const [done, setDone] = useState(null);
    const [person_id, other_id] = pair;
    const asked = { person_id, other_id, of_other: ofOther };
    const { view: preview, problem, isLoading, again } = useView(() => qrev.ask(callAction, 'merge_get', asked), [person_id, ofOther.join('\n')], props.rev);
    const { busy, problem: refusal, press, clear } = usePress(callAction);
    const ended = done || (preview && preview.merge_id ? preview : null); // by whomever, and whenever
    const view = ended || preview;
    const onChoose = (field, isOfOther) => setOfOther(isOfOther ? [...ofOther, field] : ofOther.filter((each) => each !== field));
    const onSwap = () => { setOfOther([]); setPair([other_id, person_id]); };
    const confirm = async () => {
      const answer = await press('merge_confirm', { ...asked, hash: view.hash });
      if (answer.view) setDone(answer.view);
      else if (!answer.isIgnored) again(true); // one of them was changed: show it as it is
    };
    const undo = async () => {
      const answer = await press('merge_undo', { ...asked, merge_id: ended.merge_id });
      if (answer.view) setDone(answer.view);
    };
    if (!view) {
      return (
        <Frame title="Merge two people" note=" ">
          {isLoading ? <Waiting rows={5} /> : <Problem problem={problem} onAgain={() => again(false)} />}
        </Frame>
      );
    }
    const isOpen = !ended && view.may_change;
    return (
      <Frame title="Merge two people" note={ended ? 'What was merged' : 'Nothing happens before you confirm.'} aside={ended ? <Chip tone={ended.is_undone ? 'plain' : 'green'}>{ended.is_undone ? 'Unended' : 'Merged'}</Chip> : null}>
        <div className="qrev-scroll" aria-busy={isLoading}>
          <table className="qrev-table qrev-stacks">
            {view.sides.length ? <thead><tr><th scope="col">Fact</th><th scope="col">Kept: {view.kept}</th><th scope="col">Other: {view.other}</th></tr></thead> : null}
            <tbody>{view.sides.map((side) => <Side key={side.field} side={side} isOpen={isOpen} isOther={ofOther.includes(side.field)} onChoose={onChoose} />)}</tbody>
          </table>
        </div>
        {ended ? null : (
          <ul className="qrev-list">
            {view.moves.map((move) => <li key={move}>{move} moves over.</li>)}
            <li>{view.other} is deleted. What has not left to that address is stopped.</li>
            <li>This can be undone for 30 days.</li>
          </ul>
        )}
        <Problem problem={refusal || problem} onClose={clear} />
        {ended ? <Block tone={ended.is_undone ? 'plain' : 'green'} role="status">{ended.said}</Block> : null}
        <div className="qrev-row">
          {isOpen ? <button type="button" className="qrev-button qrev-primary" {...qrev.off(Boolean(busy) || isLoading, confirm)}>{busy === 'merge_confirm' ? 'Merging…' : 'Make them one'}</button> : null}
          {isOpen ? <button type="button" className="qrev-button qrev-quiet" {...qrev.off(Boolean(busy), onSwap)}>Keep the other address</button> : null}
          {ended && !ended.is_undone ? <button type="button" className="qrev-button qrev-quiet" {...qrev.off(Boolean(busy), undo)}>{busy ? 'Undoing…' : 'Undo'}</button> : null}
        </div>
      </Frame>
    );
  });

export default qrev.kit ? <Card props={props} callAction={callAction} /> : <p role="alert">This page is incomplete. Reload it.</p>;
