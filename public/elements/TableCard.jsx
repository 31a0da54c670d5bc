import React, { useState } from 'react';

const qrev = (window.__qrev = window.__qrev || {});
const { Frame, Empty } = qrev.kit ? qrev.kit(React) : {};
const PER_PAGE = 10;

// One identity for ever: Chainlit evaluates this file again and again, and a new type loses its state.
const Card =
  qrev.TableCard ||
  (qrev.TableCard = function TableCard({ props }) {
    const { title, columns, rows } = props;
    const [page, setPage] = useState(0);
    const last = Math.max(0, Math.ceil(rows.length / PER_PAGE) - 1);
    const start = Math.min(page, last) * PER_PAGE;
    const shown = rows.slice(start, start + PER_PAGE);
    if (!rows.length) {
      return (
        <Frame title={title}>
          <Empty title="Nothing in it">The list came back empty.</Empty>
        </Frame>
      );
    }
    return (
      <Frame title={title} note={qrev.count(rows.length, 'row', 'rows')}>
        <div className="qrev-scroll">
          <table className="qrev-table qrev-stacks">
            <thead>
              <tr>{columns.map((column, i) => <th key={i} scope="col">{column}</th>)}</tr>
            </thead>
            <tbody>
              {shown.map((row, i) => (
                <tr key={start + i}>
                  {row.map((cell, j) => <td key={j} data-label={columns[j]}>{cell}</td>)}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
        {last > 0 ? (
          <nav className="qrev-foot qrev-row" aria-label="Pages">
            <span className="qrev-grow">
              {qrev.number(start + 1)}–{qrev.number(start + shown.length)} of {qrev.number(rows.length)}
            </span>
            <button type="button" className="qrev-button qrev-quiet" {...qrev.off(page <= 0, () => setPage(page - 1))}>
              Previous
            </button>
            <button type="button" className="qrev-button qrev-quiet" {...qrev.off(page >= last, () => setPage(page + 1))}>
              Next
            </button>
          </nav>
        ) : null}
      </Frame>
    );
  });

export default qrev.kit ? <Card props={props} /> : <p role="alert">This page is incomplete. Reload it.</p>;
