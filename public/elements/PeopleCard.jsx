import React, { useState } from 'react';

const qrev = (window.__qrev = window.__qrev || {});
const { Frame, Waiting, Problem, Empty, Pager, useView, usePages } = qrev.kit ? qrev.kit(React) : {};
const PER_PAGE = 10;
const COLUMNS = [
  ['name', 'Name'],
  ['email', 'Email'],
  ['company_name', 'Company'],
  ['job_title', 'Title'],
];

function Heading({ field, title, sort, onSort }) {
  const isSorted = sort.field === field;
  const order = sort.isDescending ? 'descending' : 'ascending';
  return (
    <th scope="col" aria-sort={isSorted ? order : 'none'}>
      <button type="button" className="qrev-sort" onClick={() => onSort(field)}>
        {title}
        <span aria-hidden="true" className={isSorted ? '' : 'qrev-unsorted'}>
          {isSorted && sort.isDescending ? '↓' : '↑'}
        </span>
      </button>
    </th>
  );
}

function Rows({ view, sort, onSort, isLoading }) {
  return (
    <div className="qrev-scroll" aria-busy={isLoading}>
      <table className={`qrev-table qrev-stacks${isLoading ? ' qrev-stale' : ''}`}>
        <thead>
          <tr>
            {COLUMNS.map(([field, title]) => (
              <Heading key={field} field={field} title={title} sort={sort} onSort={onSort} />
            ))}
          </tr>
        </thead>
        <tbody>
          {view.rows.map((person) => (
            <tr key={person.id}>
              <td data-label="Name" className="qrev-strong">{person.name || '–'}</td>
              <td data-label="Email" className="qrev-breaks">{person.email}</td>
              <td data-label="Company">{person.company_name || '–'}</td>
              <td data-label="Title">{person.job_title || '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const Download = ({ asked }) => (
  <div className="qrev-row"><a className="qrev-button qrev-quiet" href={`/api/crm/contact/export?${new URLSearchParams(asked)}`} download>Download</a></div>
);

// One identity for ever: Chainlit evaluates this file again and again, and a new type loses its state.
const Card =
  qrev.PeopleCard ||
  (qrev.PeopleCard = function PeopleCard({ props, callAction }) {
    const [sort, setSort] = useState({ field: 'name', isDescending: false });
    const pages = usePages();
    const load = () =>
      qrev.ask(callAction, 'people_page', {
        upload_id: props.upload_id,
        sort: sort.field,
        descending: sort.isDescending,
        after: pages.after,
        limit: PER_PAGE,
      });
    const { view, problem, isLoading, again } = useView(
      load,
      [props.upload_id, sort.field, sort.isDescending, pages.after],
      props.rev,
    );
    const onSort = (field) => {
      pages.first();
      setSort({ field, isDescending: sort.field === field && !sort.isDescending });
    };
    const start = (pages.number - 1) * PER_PAGE;
    const words =
      view && view.rows.length
        ? `${qrev.number(start + 1)}–${qrev.number(start + view.rows.length)} of ${qrev.number(view.total)}`
        : '';
    return (
      <Frame title={props.title} note={view ? qrev.count(view.total, 'person', 'people') : ' '}>
        <Problem problem={problem} onAgain={() => again(false)} />
        {!view && isLoading ? <Waiting rows={6} /> : null}
        {view && view.rows.length ? <Rows view={view} sort={sort} onSort={onSort} isLoading={isLoading} /> : null}
        {view && !view.rows.length && !problem ? (
          <Empty title="Nobody here yet">Drop a CSV with an email column into the chat to add people.</Empty>
        ) : null}
        {view && view.rows.length ? <Download asked={{ sort: sort.field, is_descending: sort.isDescending, ...(props.upload_id ? { upload_id: props.upload_id } : {}) }} /> : null}
        {view && view.rows.length ? <Pager pages={pages} next={view.next} words={words} isLoading={isLoading} /> : null}
      </Frame>
    );
  });

export default qrev.kit ? (
  <Card props={props} callAction={callAction} />
) : (
  <p role="alert">This page is incomplete. Reload it.</p>
);
