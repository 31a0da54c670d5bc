import React, { useRef } from 'react';
import { Check } from 'lucide-react';

const qrev = (window.__qrev = window.__qrev || {});
const { Frame, Waiting, Problem, Block, Chip, Sure, useView, usePress } = qrev.kit ? qrev.kit(React) : {};
const mails = (n) => qrev.count(n, 'mail', 'mails');
const capital = (words) => words.charAt(0).toUpperCase() + words.slice(1);

function Rows({ title, rows, count, zone }) {
  if (!rows.length) return null;
  return (
    <details className="qrev-fold" open={rows.length <= 5}>
      <summary>{title}{count > rows.length ? ` (the first ${rows.length} of ${qrev.number(count)})` : ''}</summary>
      <div className="qrev-scroll qrev-tall">
        <table className="qrev-table qrev-stacks">
          <thead><tr><th scope="col">Person</th><th scope="col">Mail</th><th scope="col">When</th><th scope="col">What happens</th></tr></thead>
          <tbody>
            {rows.map((row) => (
              <tr key={`${row.email} ${row.step} ${row.at}`}>
                <td data-label="Person"><span className="qrev-strong">{row.name || row.email}</span>{row.name ? <span className="qrev-under qrev-breaks">{row.email}</span> : null}</td>
                <td data-label="Mail">{row.step}</td>
                <td data-label="When" className="qrev-still">{qrev.when(row.at, zone)}</td>
                <td data-label="What happens">{row.is_for_good ? 'does not leave' : 'moves'}<span className="qrev-under">{row.reason}</span></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

/* What a change means, in words and rows: of a rule here, of settings in DefaultsCard. */
function Trial({ view }) {
  const moved = view.planned - view.dropped;
  const words = view.planned_of === 0
    ? 'Nothing is planned at the moment, so nothing moves.'
    : view.planned === 0
      ? `None of the ${mails(view.planned_of)} planned now ${view.planned_of === 1 ? 'has' : 'have'} to move.`
      : [moved ? `${mails(moved)} of ${qrev.number(view.planned_of)} planned ${moved === 1 ? 'moves' : 'move'} to another minute` : '', view.dropped ? `${mails(view.dropped)} ${view.dropped === 1 ? 'does' : 'do'} not leave at all` : ''].filter(Boolean).join(', ') + '.';
  return (
    <>
      <p>{words} A plan that is not confirmed yet is made anew with it.</p>
      <Rows title="Planned mails it changes" rows={view.rows} count={view.planned} zone={view.timezone} />
      {view.sentence ? <p>{view.past ? `In the last 90 days ${mails(view.past)} of ${qrev.number(view.past_of)} would not have left as they did.` : view.past_of ? `All ${mails(view.past_of)} of the last 90 days would have left just the same.` : 'Nothing has left in the last 90 days to try it on.'}</p> : null}
      <Rows title="Past mails it would have changed" rows={view.past_rows} count={view.past} zone={view.timezone} />
    </>
  );
}

// One identity for ever: Chainlit evaluates this file again and again, and a new type loses its state.
const Card =
  qrev.RuleCard ||
  (qrev.RuleCard = function RuleCard({ props, callAction }) {
    const { view, problem, isLoading, again } = useView(() => qrev.ask(callAction, 'rule_try', props.rule), [], props.rev, 0, true);
    const { busy, press, problem: refusal, clear } = usePress(callAction);
    const box = useRef(null);
    const ask = async (name, payload) => {
      const answer = await press(name, payload);
      if (answer.isIgnored) return;
      again(true); // it may be another's by now
      box.current?.focus(); // its button may be gone
    };
    if (!view) {
      return <Frame title="A rule" note=" ">{isLoading ? <Waiting rows={3} /> : <Problem problem={problem} onAgain={() => again(false)} />}</Frame>;
    }
    const isKept = Boolean(view.policy_id);
    const chip = !isKept ? ['outline', 'Not in force'] : view.is_on ? ['green', 'In force'] : ['plain', 'Switched off'];
    return (
      <Frame title={capital(view.sentence)} note={props.rule.said ? `You said: “${props.rule.said}”` : 'A rule about sending'} aside={<Chip tone={chip[0]}>{chip[1]}</Chip>}>
        <div className="qrev-body" ref={box} tabIndex={-1} aria-busy={isLoading}>
          <Problem problem={refusal || problem} onClose={clear} />
          {isKept ? (
            <p>{view.is_on ? 'It counts for every plan, and is named where it moves a mail.' : 'It is kept and does nothing.'} Write /defaults to see all rules.</p>
          ) : (
            <>
              <Trial view={view} />
              {view.may_change ? null : <Block><p>Only an owner or admin can put it in force.</p></Block>}
            </>
          )}
          {view.may_change ? (
            <div className="qrev-row">
              {isKept ? (
                <>
                  <button type="button" className="qrev-button qrev-quiet" {...qrev.off(Boolean(busy), () => ask('rule_switch', { policy_id: view.policy_id, is_on: !view.is_on }))}>{view.is_on ? 'Switch off' : 'Switch on'}</button>
                  <Sure label="Undo" question="Remove this rule? Mails that moved stay where they are." yes="Remove it" no="Keep it" disabled={Boolean(busy)} onYes={() => ask('rule_remove', { policy_id: view.policy_id })} />
                </>
              ) : (
                <button type="button" className="qrev-button qrev-primary" {...qrev.off(Boolean(busy), () => ask('rule_confirm', { ...props.rule, hash: view.hash }))}>
                  <Check size={15} aria-hidden="true" /> {busy === 'rule_confirm' ? 'Putting in force…' : 'Confirm'}
                </button>
              )}
            </div>
          ) : null}
        </div>
      </Frame>
    );
  });

export default qrev.kit ? <Card props={props} callAction={callAction} /> : <p role="alert">This page is incomplete. Reload it.</p>;
