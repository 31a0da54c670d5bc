import React, { useRef, useState } from 'react';

const qrev = (window.__qrev = window.__qrev || {});
const { Frame, Waiting, Problem, Chip, Sure, useView, usePress } = qrev.kit ? qrev.kit(React) : {};
const NOTHING = { about: '', words: '' };
const PICTURE = '/api/user/picture';
const PICTURE_SIDE = 256; // pixels
const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const MAILBOXES = {
  good: ['green', 'Connected', ''],
  partial: ['amber', 'Partly connected', 'Reconnect'],
  revoked: ['amber', 'Not connected any more', 'Reconnect'],
  missing: ['outline', 'Not connected', 'Connect Gmail'],
};

/* What came of a press, beside its button. */
const Told = ({ pressing, told, about }) => (
  <>
    <Problem problem={pressing.about === about ? pressing.problem : null} onClose={pressing.clear} />
    <p className="qrev-note qrev-status" role="status">{told.about === about ? told.words : ''}</p>
  </>
);

/* The middle of a picture as a small square file: photos are far bigger than anybody will see. */
async function squared(file) {
  const picture = await createImageBitmap(file);
  const side = Math.min(picture.width, picture.height);
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = PICTURE_SIDE;
  const paint = canvas.getContext('2d');
  paint.fillStyle = 'white';
  paint.fillRect(0, 0, PICTURE_SIDE, PICTURE_SIDE);
  paint.drawImage(picture, (picture.width - side) / 2, (picture.height - side) / 2, side, side, 0, 0, PICTURE_SIDE, PICTURE_SIDE);
  return await new Promise((done) => canvas.toBlob(done, 'image/jpeg', 0.9));
}

async function sent(method, body) {
  try {
    const answer = await fetch(PICTURE, { method, body, credentials: 'same-origin' });
    if (answer.ok) return null;
    const { detail } = await answer.json();
    return { message: typeof detail === 'string' ? detail : 'The picture could not be saved. Try again.', code: 'invalid' };
  } catch (error) {
    console.warn('QRev: the picture', error);
    return { message: 'QRev did not answer. Try again.', code: 'unavailable' };
  }
}

function Picture({ view, onChanged }) {
  const [busy, setBusy] = useState('');
  const [problem, setProblem] = useState(null);
  const [told, setTold] = useState('');
  const file = useRef(null);
  const change = async (what, words, bodyOf) => {
    if (busy) return;
    setBusy(what);
    setProblem(null);
    setTold('');
    let refused;
    try {
      refused = await sent(what, await bodyOf());
    } catch (error) {
      refused = { message: 'That is not a picture this browser can read. Take a PNG, JPEG or WebP file.', code: 'invalid' };
    }
    setBusy('');
    setProblem(refused);
    if (refused) return;
    setTold(words);
    onChanged();
  };
  const onFile = (event) => {
    const [chosen] = event.target.files;
    event.target.value = ''; // the same file may be chosen again
    if (chosen) change('PUT', 'Your picture is saved.', () => squared(chosen));
  };
  const letter = view.name.slice(0, 1).toUpperCase();
  return (
    <>
      <div className="qrev-row">
        {view.picture ? <img className="qrev-picture" src={`${PICTURE}?v=${view.picture}`} alt="Your picture" /> : <span className="qrev-picture" aria-hidden="true">{letter}</span>}
        <input ref={file} type="file" accept="image/png,image/jpeg,image/webp" hidden aria-label="Picture file" onChange={onFile} />
        <button type="button" className="qrev-button qrev-quiet" {...qrev.off(Boolean(busy), () => file.current.click())}>{busy === 'PUT' ? 'Saving…' : view.picture ? 'Change picture' : 'Add a picture'}</button>
        {view.picture ? <button type="button" className="qrev-button qrev-bare" {...qrev.off(Boolean(busy), () => change('DELETE', 'Your picture is gone.', () => undefined))}>Remove</button> : null}
      </div>
      <Problem problem={problem} onClose={() => setProblem(null)} />
      <p className="qrev-note qrev-status" role="status">{told}</p>
    </>
  );
}

function Oneself({ view, pressing, told, onSave }) {
  const [typed, setTyped] = useState({});
  const changed = Object.fromEntries(Object.entries(typed).filter(([field, value]) => value !== view[field]));
  const isClean = !Object.keys(changed).length;
  const bind = (field) => ({ className: 'qrev-input', value: typed[field] ?? view[field], onChange: (event) => setTyped({ ...typed, [field]: event.target.value }) });
  const save = async (event) => {
    event.preventDefault();
    if (!isClean && (await onSave('profile_save', changed, 'Saved.'))) setTyped({});
  };
  return (
    <form className="qrev-form" onSubmit={save}>
      <div className="qrev-fields">
        <label className="qrev-label">Name<input {...bind('name')} maxLength={100} autoComplete="name" /></label>
        <label className="qrev-label">Phone<input {...bind('phone')} type="tel" autoComplete="tel" placeholder="+49 30 123456" /></label>
        <label className="qrev-label">Time zone
          <select {...bind('timezone')}>
            <option value="">That of the workspace</option>
            {qrev.zones(view.timezone).map((zone) => <option key={zone}>{zone}</option>)}
          </select>
        </label>
      </div>
      <Told pressing={pressing} told={told} about="profile_save" />
      <div className="qrev-row">
        <button type="submit" className="qrev-button qrev-primary" aria-disabled={isClean || Boolean(pressing.busy)}>{pressing.busy === 'profile_save' ? 'Saving…' : 'Save'}</button>
      </div>
    </form>
  );
}

function Hours({ view, pressing, told, onSave }) {
  const [typed, setTyped] = useState({});
  const hours = { weekdays: view.weekdays, opens: view.opens, closes: view.closes, ...typed };
  const isClean = ['weekdays', 'opens', 'closes'].every((field) => String(hours[field]) === String(view[field]));
  const tick = (day, isOn) => setTyped({ ...typed, weekdays: [...hours.weekdays.filter((one) => one !== day), ...(isOn ? [day] : [])].sort() });
  const save = async (event) => {
    event.preventDefault();
    if (!isClean && (await onSave('working_hours_save', hours, 'Your working hours are saved.'))) setTyped({});
  };
  return (
    <form className="qrev-part" onSubmit={save}>
      <h4 className="qrev-subtitle">Working hours</h4>
      <p className="qrev-note">When you work in {view.workspace}, on your own clock.</p>
      <div className="qrev-days-worked" role="group" aria-label="Days you work">
        {DAYS.map((name, day) => (
          <label key={name} className="qrev-check"><input type="checkbox" checked={hours.weekdays.includes(day)} onChange={(event) => tick(day, event.target.checked)} />{name}</label>
        ))}
      </div>
      <div className="qrev-row">
        <label className="qrev-label">From<input className="qrev-input" type="time" required value={hours.opens} onChange={(event) => setTyped({ ...typed, opens: event.target.value })} /></label>
        <label className="qrev-label">To<input className="qrev-input" type="time" required value={hours.closes} onChange={(event) => setTyped({ ...typed, closes: event.target.value })} /></label>
      </div>
      <Told pressing={pressing} told={told} about="working_hours_save" />
      <div className="qrev-row">
        <button type="submit" className="qrev-button qrev-primary" aria-label="Save working hours" aria-disabled={isClean || Boolean(pressing.busy)}>{pressing.busy === 'working_hours_save' ? 'Saving…' : 'Save'}</button>
      </div>
    </form>
  );
}

function Mailbox({ view, pressing, told, onSave }) {
  const { mailbox } = view;
  if (!mailbox) {
    return (
      <div className="qrev-part">
        <h4 className="qrev-subtitle">Signing in</h4>
        <p>{view.sign_in}</p>
      </div>
    );
  }
  const [tone, state, verb] = MAILBOXES[mailbox.state];
  const onForget = () => onSave('mailbox_forget', {}, 'Disconnected: QRev can neither send from your Gmail nor read it any more.');
  return (
    <div className="qrev-part">
      <h4 className="qrev-subtitle">Gmail</h4>
      <div className="qrev-row"><Chip tone={tone}>{state}</Chip>{mailbox.email ? <span className="qrev-breaks">{mailbox.email}</span> : null}</div>
      <p>{mailbox.words}</p>
      <Told pressing={pressing} told={told} about="mailbox_forget" />
      <div className="qrev-row">
        {mailbox.state === 'good' ? null : <a className="qrev-button qrev-primary" href="/login/google?mailbox&next=/">{verb}</a>}
        {mailbox.state === 'missing' ? null : <Sure label="Disconnect" question="Take back what QRev may do with your Gmail?" yes="Disconnect" no="Keep it" disabled={Boolean(pressing.busy)} onYes={onForget} />}
      </div>
    </div>
  );
}

function Device({ device, busy, onEnd }) {
  return (
    <tr>
      <th scope="row" data-label="Device"><span className="qrev-strong" title={device.title}>{device.name}</span></th>
      <td data-label="Last seen"><span className="qrev-still">{qrev.when(device.seen_at)}</span></td>
      <td data-label="Address"><span className="qrev-breaks">{device.address || '–'}</span></td>
      <td className="qrev-action">
        {device.is_this ? <Chip tone="green">This one</Chip> : <Sure label="Log out" aria-label={`Log out ${device.name}`} question={`Log out ${device.name}?`} yes="Log out" disabled={busy} onYes={() => onEnd(device)} />}
      </td>
    </tr>
  );
}

function Devices({ view, pressing, told, onSave }) {
  const form = useRef(null);
  const onEnd = (device) => onSave('device_end', { session_id: device.session_id }, `${device.name} is logged out.`);
  const count = view.devices.length;
  const question = count > 1 ? `Log out on all ${count} devices, this one too?` : 'Log out on this device?';
  return (
    <div className="qrev-part">
      <h4 className="qrev-subtitle">Where you are signed in</h4>
      <div className="qrev-scroll">
        <table className="qrev-table qrev-stacks">
          <thead>
            <tr>
              <th scope="col">Device</th>
              <th scope="col">Last seen</th>
              <th scope="col">Address</th>
              <th scope="col"><span className="qrev-sr">Log out</span></th>
            </tr>
          </thead>
          <tbody>
            {view.devices.map((device) => <Device key={device.session_id} device={device} busy={Boolean(pressing.busy)} onEnd={onEnd} />)}
          </tbody>
        </table>
      </div>
      <Told pressing={pressing} told={told} about="device_end" />
      <form className="qrev-row" ref={form} method="post" action="/logout/everywhere">
        <Sure label="Log out everywhere" question={question} yes="Log out" no="Stay" onYes={() => form.current.submit()} />
      </form>
    </div>
  );
}

// One identity for ever: Chainlit evaluates this file again and again, and a new type loses its state.
const Card =
  qrev.ProfileCard ||
  (qrev.ProfileCard = function ProfileCard({ props, callAction }) {
    const load = () => qrev.ask(callAction, 'profile_get', {});
    const { view, problem, isLoading, again, setView } = useView(load, [], props.rev, 0, true);
    const pressing = usePress(callAction);
    const [told, setTold] = useState(NOTHING);
    /* Whether it was saved. */
    const onSave = async (about, payload, words) => {
      setTold(NOTHING);
      const { view: saved } = await pressing.press(about, payload);
      if (!saved) return false;
      setView(saved);
      setTold({ about, words });
      return true;
    };
    if (!view) {
      return (
        <Frame title="You" note=" ">
          {isLoading ? <Waiting rows={6} /> : <Problem problem={problem} onAgain={() => again(false)} />}
        </Frame>
      );
    }
    const shared = { view, pressing, told, onSave };
    return (
      <Frame title={`You: ${view.name}`} note={view.email}>
        <div className="qrev-body" aria-busy={isLoading}>
          <Problem problem={problem} onAgain={() => again(false)} />
          <Picture view={view} onChanged={() => again(true)} />
          <Oneself {...shared} />
          <Hours {...shared} />
          <Mailbox {...shared} />
          <Devices {...shared} />
        </div>
      </Frame>
    );
  });

export default qrev.kit ? <Card props={props} callAction={callAction} /> : <p role="alert">This page is incomplete. Reload it.</p>;
