import React from 'react';

const qrev = (window.__qrev = window.__qrev || {});
const { Frame, Waiting, Problem, useView } = qrev.kit ? qrev.kit(React) : {};
const dollars = (amount) => `$${amount.toLocaleString(undefined, { minimumFractionDigits: 2, maximumFractionDigits: amount && amount < 0.1 ? 4 : 2 })}`;
const day = (iso) => new Date(`${iso}T12:00:00`).toLocaleDateString(undefined, { day: 'numeric', month: 'long' });

function About({ view }) {
  if (view.assistant === 'other') return <p>Another AI server answers here. What it costs is counted there.</p>;
  if (view.assistant === 'rules') {
    return (
      <>
        <p><strong>Rules and a built-in writer</strong> answer here. They cost nothing, and nothing you say leaves this installation.</p>
        <p className="qrev-note">Whoever runs QRev can set up a language model with LLM_BASE_URL and LLM_MODEL.</p>
      </>
    );
  }
  return <p>The language model <strong className="qrev-breaks">{view.model}</strong> answers here. What you say and the lists you drop are sent to it.</p>;
}

/* What is used of one limit: a bar where there is a limit, else the number alone. */
function Used({ spent, hasPrices }) {
  const byMoney = spent.max_dollars > 0;
  const max = byMoney ? spent.max_dollars : spent.max_tokens;
  const used = byMoney ? spent.dollars : spent.tokens;
  const of = (said, limit) => (limit ? `${said} of ${limit}` : said);
  const tokens = of(qrev.count(spent.tokens, 'token', 'tokens'), spent.max_tokens ? qrev.number(spent.max_tokens) : '');
  const money = of(dollars(spent.dollars), spent.max_dollars ? dollars(spent.max_dollars) : '');
  const isOver = (spent.max_dollars && spent.dollars >= spent.max_dollars) || (spent.max_tokens && spent.tokens >= spent.max_tokens);
  const words = `${hasPrices || spent.dollars ? `${money} · ` : ''}${tokens}${max ? '' : ', no limit'}`;
  return (
    <>
      {max ? (
        <div className="qrev-bar" role="progressbar" aria-label="Used" aria-valuemin={0} aria-valuemax={max} aria-valuenow={Math.min(used, max)} aria-valuetext={words}>
          <span style={{ width: `${Math.min(100, (100 * used) / max)}%` }} />
        </div>
      ) : null}
      <p>{words}</p>
      {isOver ? <p className="qrev-text-amber">Used up. Until the new month, the built-in rules and writer answer.</p> : null}
    </>
  );
}

function Members({ rows, hasPrices }) {
  return (
    <div className="qrev-scroll">
      <table className="qrev-table qrev-stacks">
        <thead><tr><th scope="col">Member</th><th scope="col">Requests</th><th scope="col">Tokens</th>{hasPrices ? <th scope="col">Cost</th> : null}</tr></thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={i}>
              <th scope="row" data-label="Member">{row.name}{row.is_me ? ' (you)' : ''}</th>
              <td data-label="Requests">{qrev.number(row.calls)}</td>
              <td data-label="Tokens">{qrev.number(row.tokens)}</td>
              {hasPrices ? <td data-label="Cost">{dollars(row.dollars)}</td> : null}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

// One identity for ever: Chainlit evaluates this file again and again, and a new type loses its state.
const Card =
  qrev.SettingsCard ||
  (qrev.SettingsCard = function SettingsCard({ props, callAction }) {
    const load = () => qrev.ask(callAction, 'settings_get', {});
    const { view, problem, isLoading, again } = useView(load, [], props.rev, 0, true);
    if (!view) {
      return (
        <Frame title="The assistant" note=" ">
          {isLoading ? <Waiting rows={4} /> : <Problem problem={problem} onAgain={() => again(false)} />}
        </Frame>
      );
    }
    const isModel = view.assistant === 'model';
    return (
      <Frame title="The assistant" note="What answers here, and what it costs">
        <div className="qrev-body" aria-busy={isLoading}>
          <About view={view} />
          {isModel ? (
            <>
              <h4 className="qrev-strong">You, this month</h4>
              <Used spent={view.mine} hasPrices={view.has_prices} />
              <h4 className="qrev-strong">The workspace, this month</h4>
              <Used spent={view.workspace} hasPrices={view.has_prices} />
              <p className="qrev-note">A new month begins on {day(view.until)} (UTC).{view.has_prices ? '' : ' No prices are set, so no cost is shown.'}</p>
              {view.members.length ? <Members rows={view.members} hasPrices={view.has_prices} /> : null}
            </>
          ) : null}
        </div>
      </Frame>
    );
  });

export default qrev.kit ? <Card props={props} callAction={callAction} /> : <p role="alert">This page is incomplete. Reload it.</p>;
