import React from 'react';

const qrev = (window.__qrev = window.__qrev || {});
const { Frame, Figure, Chip, Block } = qrev.kit ? qrev.kit(React) : {};

function Lines({ lines, head }) {
  return (
    <div className="qrev-scroll qrev-tall">
      <table className="qrev-table qrev-stacks">
        <thead>
          <tr>
            <th scope="col" className="qrev-num">Line</th>
            <th scope="col">{head}</th>
            <th scope="col">What it says</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line, i) => (
            <tr key={i}>
              <td data-label="Line" className="qrev-num">{qrev.number(line.line)}</td>
              <td data-label={head}>{line.reason}</td>
              <td data-label="What it says" className="qrev-breaks qrev-dim">{line.value || '(empty)'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Columns({ columns, kept }) {
  return (
    <details className="qrev-fold">
      <summary>
        {qrev.count(columns.length, 'column', 'columns')} recognised
        {kept.length ? `, ${qrev.count(kept.length, 'other', 'others')} kept as they are` : ''}
      </summary>
      <div className="qrev-row">
        {columns.map((column) => (
          <Chip key={column.header}>
            {column.header === column.field ? column.field : `${column.header} → ${column.field}`}
          </Chip>
        ))}
        {kept.map((header) => <Chip key={`kept ${header}`} tone="outline">{header}</Chip>)}
      </div>
      {kept.length ? (
        <p className="qrev-note">Outlined columns are kept with each person as custom fields.</p>
      ) : null}
    </details>
  );
}

// One identity for ever: Chainlit evaluates this file again and again, and a new type loses its state.
const Card =
  qrev.ImportCard ||
  (qrev.ImportCard = function ImportCard({ props }) {
    const { refused, warnings, refused_count: refusedCount, columns, kept } = props;
    const isNothing = props.new + props.known === 0;
    return (
      <Frame title={props.filename} note="What became of the file">
        <dl className="qrev-figures">
          <Figure value={props.new} label="new people" />
          <Figure value={props.known} label="already known" />
          <Figure value={props.companies} label="companies" />
          <Figure value={props.duplicates} label="duplicates" />
          <Figure value={refusedCount} label="refused" tone="red" />
        </dl>
        {isNothing ? (
          <Block tone="amber">
            <p>Nobody could be read from this file. A column with email addresses is all that is needed.</p>
          </Block>
        ) : null}
        {refusedCount ? (
          <details className="qrev-fold" open={refusedCount <= 5 || isNothing}>
            <summary>
              {qrev.count(refusedCount, 'line', 'lines')} refused
              {refusedCount > refused.length ? ` (the first ${refused.length} are shown)` : ''}
            </summary>
            <p className="qrev-note">Mend these lines in your file and drop it again: known people are not doubled.</p>
            <Lines lines={refused} head="Why it was refused" />
          </details>
        ) : null}
        {warnings.length ? (
          <details className="qrev-fold">
            <summary>{qrev.count(warnings.length, 'line', 'lines')} kept, with something odd in them</summary>
            <Lines lines={warnings} head="What is odd" />
          </details>
        ) : null}
        <Columns columns={columns} kept={kept} />
      </Frame>
    );
  });

export default qrev.kit ? <Card props={props} /> : <p role="alert">This page is incomplete. Reload it.</p>;
