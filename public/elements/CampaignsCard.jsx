import React, { useEffect, useState } from 'react';

const qrev = (window.__qrev = window.__qrev || {});
const { Frame, Waiting, Problem, Empty, Block, Chip, Pager, useView, usePress, usePages } = qrev.kit ? qrev.kit(React) : {};
const LOOK_AGAIN_SECONDS = 30; // while mails are ahead
const TONES = { draft: 'outline', active: 'green', paused: 'amber', finished: 'plain', archived: 'outline' };
const COUNTS = [
  ['planned', 'Planned', ''],
  ['sent', 'Sent', ''],
  ['failed', 'Failed', 'red'],
  ['unknown', 'Unknown', 'amber'],
  ['cancelled', 'Cancelled', ''],
  ['replied', 'Replied', 'green'],
  ['bounced', 'Bounced', 'red'],
  ['opted_out', 'Opted out', ''],
  ['booked', 'Booked', 'green'],
];

function Leaves({ row }) {
  if (!row.next_at) return <span className="qrev-dim">–</span>;
  const isOne = row.next_at === row.last_at;
  return (
    <>
      <span className="qrev-still">{qrev.when(row.next_at)}</span>
      {row.last_at && !isOne ? <span className="qrev-under qrev-still">last {qrev.when(row.last_at)}</span> : null}
    </>
  );
}

function Campaign({ row, busy, onOpen, onStop }) {
  return (
    <tr>
      <th scope="row" data-label="Campaign">
        <span className="qrev-strong">{row.name}</span>
        <span className="qrev-under">{qrev.count(row.people, 'person', 'people')} · {qrev.when(row.created_at)}</span>
        {row.people ? <a className="qrev-under" href={`/api/campaign/sequence/people/export?sequence_id=${encodeURIComponent(row.id)}`} download aria-label={`Download the people of ${row.name}`}>Download its people</a> : null}
      </th>
      <td data-label="State"><Chip tone={TONES[row.status]}>{row.status}</Chip></td>
      {COUNTS.map(([field, title, tone]) => (
        <td key={field} data-label={title} className={`qrev-num${row[field] ? (tone ? ` qrev-text-${tone}` : '') : ' qrev-dim'}`}>
          {qrev.number(row[field])}
        </td>
      ))}
      <td data-label="Next leaves"><Leaves row={row} /></td>
      <td className="qrev-action">
        <div className="qrev-row">
          <button type="button" className="qrev-button qrev-quiet" aria-label={`Open ${row.name}`} {...qrev.off(busy, () => onOpen(row))}>Open</button>
          {row.can_stop ? <button type="button" className="qrev-button qrev-quiet" aria-label={`Stop ${row.name}`} {...qrev.off(busy, () => onStop(row))}>Stop</button> : null}
        </div>
      </td>
    </tr>
  );
}

function Campaigns({ rows, isLoading, busy, onOpen, onStop }) {
  return (
    <div className="qrev-scroll" aria-busy={isLoading}>
      <table className={`qrev-table qrev-stacks${isLoading ? ' qrev-stale' : ''}`}>
        <thead>
          <tr>
            <th scope="col">Campaign</th>
            <th scope="col">State</th>
            {COUNTS.map(([field, title]) => <th key={field} scope="col" className="qrev-num">{title}</th>)}
            <th scope="col">Next leaves</th>
            <th scope="col"><span className="qrev-sr">Open or stop</span></th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => <Campaign key={row.id} row={row} busy={busy} onOpen={onOpen} onStop={onStop} />)}
        </tbody>
      </table>
    </div>
  );
}

// One identity for ever: Chainlit evaluates this file again and again, and a new type loses its state.
const Card =
  qrev.CampaignsCard ||
  (qrev.CampaignsCard = function CampaignsCard({ props, callAction }) {
    const pages = usePages();
    const [every, setEvery] = useState(0);
    const [told, setTold] = useState('');
    const load = () => qrev.ask(callAction, 'campaigns_page', { after: pages.after });
    const { view, problem, isLoading, again } = useView(load, [pages.after], props.rev, every, true);
    useEffect(() => setEvery(view?.rows.some((row) => row.planned) ? LOOK_AGAIN_SECONDS : 0), [view]);
    const pressing = usePress(callAction);
    const show = async (name, payload, words) => {
      setTold('');
      qrev.await();
      const { problem: refused, isIgnored } = await pressing.press(name, payload);
      if (!refused && !isIgnored) setTold(words);
    };
    const onOpen = (row) => show('campaign_open', { sequence_id: row.id }, `${row.name} is below.`);
    const onStop = (row) => show('order_propose', { order: 'stop', sequence_id: row.id }, 'What would be cancelled is below: look at it, then confirm.');
    const rows = view?.rows || [];
    const unknown = rows.reduce((sum, row) => sum + row.unknown, 0);
    return (
      <Frame title="Campaigns" note={rows.length ? `Times are those of ${qrev.zone()}` : ' '}>
        <Problem problem={problem} onAgain={() => again(false)} />
        <Problem problem={pressing.problem} onClose={pressing.clear} />
        {!view && isLoading ? <Waiting rows={5} /> : null}
        {rows.length ? <Campaigns rows={rows} isLoading={isLoading} busy={Boolean(pressing.busy)} onOpen={onOpen} onStop={onStop} /> : null}
        <p className="qrev-note qrev-status" role="status">{told}</p>
        {unknown ? (
          <Block tone="amber">
            <p><strong>{qrev.count(unknown, 'mail is', 'mails are')} unknown:</strong> the mail server did not say whether it took them. QRev never sends a mail twice, so they wait for evidence.</p>
          </Block>
        ) : null}
        {view && !rows.length && !problem ? (
          <Empty title="No campaigns yet">Drop a CSV or Excel list with an email column into the chat and write what you offer: QRev drafts the mails, and nothing leaves before you confirm it.</Empty>
        ) : null}
        {rows.length ? <Pager pages={pages} next={view.next} isLoading={isLoading} /> : null}
      </Frame>
    );
  });

export default qrev.kit ? <Card props={props} callAction={callAction} /> : <p role="alert">This page is incomplete. Reload it.</p>;
