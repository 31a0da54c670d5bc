/* What the cards in elements/ have in common. Chainlit gives a card no way to import another file,
 * so this one is loaded by the page (`custom_js`, deferred: it always runs before Chainlit's own
 * bundle) and offered as window.__qrev. It has no React of its own: a card passes its React in. */
(() => {
  "use strict";
  const qrev = (window.__qrev = window.__qrev || {});

  // --- words and figures -------------------------------------------------------------------------

  const LONGEST_CALENDAR = 92; // days; in a longer one the empty days are left out

  qrev.number = (value) => new Intl.NumberFormat("en-GB").format(value ?? 0);
  qrev.count = (value, one, many) => `${qrev.number(value)} ${value === 1 ? one : many}`;

  function parts(at, zone, options) {
    const wanted = { ...options, hourCycle: "h23" };
    let format;
    try {
      format = new Intl.DateTimeFormat("en-GB", { ...wanted, timeZone: zone || undefined });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      format = new Intl.DateTimeFormat("en-GB", wanted); // a zone this browser does not know
    }
    return Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]));
  }

  function dayWords(at, zone) {
    const told = { weekday: "short", day: "numeric", month: "short", year: "numeric" };
    const day = parts(at, zone, told);
    const isThisYear = day.year === parts(new Date(), zone, { year: "numeric" }).year;
    return `${day.weekday} ${day.day} ${day.month}${isThisYear ? "" : ` ${day.year}`}`;
  }

  /* "Tue 24 Nov 09:12" in that zone, or in the browser's own. */
  qrev.when = (iso, zone) => {
    const at = new Date(iso);
    return iso && !isNaN(at) ? `${dayWords(at, zone)} ${qrev.clock(iso, zone)}` : "–";
  };
  qrev.clock = (iso, zone) => {
    const time = parts(new Date(iso), zone, { hour: "2-digit", minute: "2-digit" });
    return `${time.hour}:${time.minute}`;
  };
  /* "Tue 24 Nov" of a plain date, which has no zone. */
  qrev.day = (date) => {
    const at = new Date(`${date}T12:00:00Z`);
    return isNaN(at) ? String(date) : dayWords(at, "UTC");
  };
  /* Those days, with a count each, and the empty ones between them while they fit into a calendar. */
  qrev.days = (perDay) => {
    const counts = new Map(perDay.map(({ day, count }) => [day, count]));
    const last = perDay[perDay.length - 1].day;
    const days = [];
    const at = new Date(`${perDay[0].day}T12:00:00Z`);
    for (; days.length <= LONGEST_CALENDAR; at.setUTCDate(at.getUTCDate() + 1)) {
      const day = at.toISOString().slice(0, 10);
      const isWeekend = [0, 6].includes(at.getUTCDay());
      days.push({ day, count: counts.get(day) || 0, isWeekend });
      if (day >= last) return days;
    }
    return perDay;
  };
  qrev.zone = () => Intl.DateTimeFormat().resolvedOptions().timeZone || "your time zone";
  /* Every time zone by name, the ones that must be among them too. */
  qrev.zones = (...kept) =>
    [...new Set(["UTC", ...Intl.supportedValuesOf("timeZone"), ...kept.filter(Boolean)])].sort();
  /* "1:43" of seconds. */
  qrev.countdown = (seconds) =>
    `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}`;

  // --- asking the server -------------------------------------------------------------------------

  const CHANGED = "qrev-changed";
  const LOOK_MS = 2000;
  const AWAIT_MS = 15000;
  const SILENCE = { message: "QRev did not answer.", code: "silent", fresh: null };

  /* {view} or {problem: {message, code, fresh}}; never throws. */
  qrev.ask = async (callAction, name, payload) => {
    let answer;
    try {
      answer = await callAction({ name, payload });
    } catch (error) {
      console.warn(`QRev: ${name} failed`, error);
    }
    const response = answer && answer.response;
    if (!response) return { problem: SILENCE };
    if (response.ok) return { view: response.view };
    return { problem: { ...SILENCE, ...response } };
  };

  /* As `ask`, of a route of ours: for what is too large for a card's question. `body` is a file, or
   * what becomes JSON. */
  qrev.send = async (path, body) => {
    const isFile = body instanceof Blob;
    const headers = { "Content-Type": isFile ? "text/csv" : "application/json" };
    try {
      const sent = { method: "POST", headers, body: isFile ? body : JSON.stringify(body) };
      const answer = await fetch(path, sent);
      const read = await answer.json();
      return answer.ok ? { view: read } : { problem: { ...SILENCE, code: "refused", message: read.detail || SILENCE.message } };
    } catch (error) {
      console.warn(`QRev: ${path} failed`, error);
      return { problem: SILENCE };
    }
  };

  /* Whoever asks for a plan wants to see it: the next card of one scrolls itself into view, once. */
  let awaitedUntil = 0;
  qrev.await = () => void (awaitedUntil = Date.now() + AWAIT_MS);
  qrev.isAwaited = () => {
    const isAwaited = Date.now() < awaitedUntil;
    awaitedUntil = 0;
    return isAwaited;
  };

  /* A button that is off for now but keeps the keyboard's focus, which `disabled` would take away. */
  qrev.off = (isOff, onClick) => ({ "aria-disabled": isOff, onClick: isOff ? undefined : onClick });

  qrev.copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Without https a browser offers no clipboard, but still copies a selection.
      const area = document.createElement("textarea");
      area.value = text;
      area.className = "qrev-offscreen";
      document.body.append(area);
      area.select();
      const isCopied = document.execCommand("copy");
      area.remove();
      return isCopied;
    }
    return true;
  };

  // --- hooks and small pieces, once per React ----------------------------------------------------

  function hooks({ useState, useEffect, useRef, useCallback }) {
    /* Loads on mount and whenever `keys` change (showing the skeleton), and silently when `rev`
     * grows or `every` seconds pass, because a notice sent while the page was offline is lost.
     * What `isAffected` by changes made on this page also looks again after each of them. */
    function useView(load, keys, rev, every, isAffected) {
      const [state, setState] = useState({ view: null, problem: null, isLoading: true });
      const latest = useRef(0);
      const ask = useRef(load);
      ask.current = load;
      const again = useCallback(async (isSilent) => {
        const turn = ++latest.current;
        if (!isSilent) setState((old) => ({ ...old, problem: null, isLoading: true }));
        const { view, problem } = await ask.current();
        if (turn !== latest.current) return; // a later question is already on its way
        setState((old) => {
          if (!problem) return { view, problem: null, isLoading: false };
          const isKept = isSilent && old.view && problem.code === "silent";
          return { ...old, problem: isKept ? old.problem : problem, isLoading: false };
        });
      }, []);
      const setView = useCallback((view) => {
        latest.current += 1;
        setState({ view, problem: null, isLoading: false });
      }, []);
      useEffect(() => void again(false), keys);
      const seen = useRef(rev);
      useEffect(() => {
        if (seen.current === rev) return;
        seen.current = rev;
        again(true);
      }, [rev]);
      useEffect(() => {
        if (!every) return undefined;
        const timer = setInterval(() => document.hidden || again(true), every * 1000);
        return () => clearInterval(timer);
      }, [every]);
      useEffect(() => {
        if (!isAffected) return undefined;
        const onChange = () => again(true);
        window.addEventListener(CHANGED, onChange);
        return () => window.removeEventListener(CHANGED, onChange);
      }, [isAffected]);
      useEffect(() => () => void (latest.current += 1), []);
      return { ...state, again, setView };
    }

    /* One press at a time: a second one while the first is busy does nothing. `about` names the
     * action that `problem` is about, so that it is told beside its button. */
    function usePress(callAction) {
      const [state, setState] = useState({ busy: "", about: "", problem: null });
      const isBusy = useRef(false);
      const press = async (name, payload) => {
        if (isBusy.current) return { isIgnored: true };
        isBusy.current = true;
        setState({ busy: name, about: name, problem: null });
        const answer = await qrev.ask(callAction, name, payload);
        isBusy.current = false;
        setState({ busy: "", about: name, problem: answer.problem || null });
        if (!answer.problem) window.dispatchEvent(new Event(CHANGED));
        return answer;
      };
      const clear = () => setState((old) => ({ ...old, problem: null }));
      return { ...state, press, clear };
    }

    /* Rows of a list that is read by key: `after` of every page seen so far, and where we are. */
    function usePages() {
      const [seen, setSeen] = useState([null]);
      return {
        after: seen[seen.length - 1],
        number: seen.length,
        forward: (next) => setSeen([...seen, next]),
        back: () => setSeen(seen.slice(0, -1)),
        first: () => setSeen([null]),
      };
    }

    /* Seconds left until then, counted down while there are any. */
    function useSecondsLeft(iso) {
      const left = () => (iso ? Math.max(0, (new Date(iso) - Date.now()) / 1000) : 0);
      const [, tick] = useState(0);
      const isRunning = left() > 0;
      useEffect(() => {
        if (!isRunning) return undefined;
        const timer = setInterval(() => tick((n) => n + 1), 1000);
        return () => clearInterval(timer);
      }, [iso, isRunning]);
      return Math.ceil(left());
    }

    /* Whether this took the place of another one before our eyes just now: a press that was meant
     * for the one before must not count for it. */
    function useIsNew(thing) {
      const [looked, setLooked] = useState(null);
      useEffect(() => {
        if (!thing || thing === looked) return undefined;
        const timer = setTimeout(() => setLooked(thing), looked === null ? 0 : LOOK_MS);
        return () => clearTimeout(timer);
      }, [thing, looked]);
      return looked !== null && Boolean(thing) && thing !== looked;
    }

    /* Whether the time of what is open ran out before our eyes. By our own clock: the server looks
     * at its own. */
    function useOld(thing, until) {
      const [old, setOld] = useState("");
      useEffect(() => {
        const left = thing ? new Date(until) - Date.now() : 0;
        if (left <= 0) return undefined;
        const timer = setTimeout(() => setOld(thing), left);
        return () => clearTimeout(timer);
      }, [thing, until]);
      return Boolean(thing) && old === thing;
    }

    return { useView, usePress, usePages, useSecondsLeft, useIsNew, useOld };
  }

  function pieces({ createElement: h, useState, useEffect, useRef, useId }) {
    const button = (look, props, ...inside) =>
      h("button", { type: "button", className: `qrev-button qrev-${look}`, ...props }, ...inside);

    function Frame({ title, note, aside, children, ...rest }) {
      const id = useId();
      return h(
        "section",
        { className: "qrev-card", "aria-labelledby": id, ...rest },
        h(
          "header",
          { className: "qrev-head" },
          h("div", { className: "qrev-head-words" },
            h("h3", { className: "qrev-title", id }, title),
            note ? h("p", { className: "qrev-note" }, note) : null),
          aside,
        ),
        children,
      );
    }

    const Waiting = ({ rows = 4 }) =>
      h("div", { className: "qrev-waiting", role: "status" },
        h("span", { className: "qrev-sr" }, "Loading"),
        ...Array.from({ length: rows }, (_, row) =>
          h("span", { key: row, className: "qrev-bone", style: { width: `${92 - 11 * (row % 4)}%` } })));

    function Problem({ problem, onAgain, onClose }) {
      if (!problem) return null;
      const isBusy = problem.code === "silent" && onAgain;
      return h("div", { className: "qrev-block qrev-red", role: "alert" },
        h("p", null, problem.message, isBusy ? " Try again." : ""),
        h("div", { className: "qrev-row" },
          onAgain ? button("quiet", { onClick: onAgain }, "Try again") : null,
          onClose ? button("bare", { onClick: onClose }, "Close") : null));
    }

    const Empty = ({ title, children }) =>
      h("div", { className: "qrev-empty" }, h("strong", null, title), h("p", null, children));

    const Block = ({ tone = "plain", role, children }) =>
      h("div", { className: `qrev-block qrev-${tone}`, role }, children);

    const Chip = ({ tone = "plain", children }) =>
      h("span", { className: `qrev-chip qrev-${tone}` }, children);

    const Figure = ({ value, label, tone }) =>
      h("div", { className: `qrev-figure${value && tone ? ` qrev-text-${tone}` : ""}` },
        h("dd", null, qrev.number(value)), h("dt", null, label));

    function Pager({ pages, next, words, isLoading }) {
      if (pages.number === 1 && !next) return words ? h("p", { className: "qrev-foot" }, words) : null;
      return h("nav", { className: "qrev-foot qrev-row", "aria-label": "Pages" },
        h("span", { className: "qrev-grow" }, words || `Page ${pages.number}`),
        button("quiet", qrev.off(isLoading || pages.number === 1, pages.back), "Previous"),
        button("quiet", qrev.off(isLoading || !next, () => pages.forward(next)), "Next"));
    }

    /* A button that asks back in its own place; the focus follows the question and returns. */
    function Sure({ label, question, yes, no = "No", look = "quiet", onYes, disabled, ...rest }) {
      const [isAsking, setAsking] = useState(false);
      const first = useRef(null);
      const opener = useRef(null);
      const wasAsking = useRef(false);
      useEffect(() => {
        if (isAsking) first.current?.focus();
        else if (wasAsking.current) opener.current?.focus();
        wasAsking.current = isAsking;
      }, [isAsking]);
      if (!isAsking || disabled) {
        const props = { ref: opener, onClick: () => setAsking(true), disabled, ...rest };
        return button(look, props, label);
      }
      const close = () => setAsking(false);
      const onKeyDown = (event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        close();
      };
      return h("span", { className: "qrev-sure", role: "group", "aria-label": question, onKeyDown },
        h("span", null, question),
        button("danger", { ref: first, onClick: () => { close(); onYes(); } }, yes),
        button("bare", { onClick: close }, no));
    }

    /* A bar for each day with a count; `words` says a count. */
    function Days({ title, perDay, words }) {
      const most = Math.max(...perDay.map(({ count }) => count));
      const drawn = qrev.days(perDay).map(({ day, count, isWeekend }, i) => {
        const [weekday, number, month] = qrev.day(day).split(" ");
        const told = `${qrev.day(day)}: ${words(count)}`;
        const look = `qrev-day${isWeekend ? " qrev-weekend" : ""}`;
        const height = `${Math.max(4, (100 * count) / most)}%`;
        return h("li", { key: day, className: look, title: told, "aria-hidden": count ? undefined : true },
          h("span", { className: "qrev-sr" }, told),
          h("span", { className: "qrev-day-bar", "aria-hidden": true },
            h("span", { className: "qrev-day-count" }, count ? qrev.number(count) : ""),
            count ? h("i", { style: { height } }) : null),
          h("span", { className: "qrev-day-name", "aria-hidden": true },
            weekday.slice(0, 2), h("br"), number, h("b", null, i === 0 || number === "1" ? month : "")));
      });
      return h("figure", { className: "qrev-calendar" },
        h("figcaption", { className: "qrev-subtitle" }, title),
        h("ol", { className: "qrev-days" }, drawn));
    }

    /* Words that are gone and words that are new, told apart by more than colour. */
    function Diff({ pieces }) {
      const heard = (text) => h("span", { className: "qrev-sr" }, text);
      return pieces.map(({ kind, text }, i) => {
        if (kind === "same") return h("span", { key: i }, text);
        const [tag, word] = kind === "gone" ? ["del", "gone"] : ["ins", "new"];
        return h(tag, { key: i, className: `qrev-${word}` }, heard(` [${word}: `), text, heard("] "));
      });
    }

    return { Frame, Waiting, Problem, Empty, Block, Chip, Diff, Figure, Pager, Sure, Days };
  }

  let kit = null;
  /* The hooks and pieces above, made once so that their identity, and thus their state, is kept. */
  qrev.kit = (React) => (kit = kit || { ...hooks(React), ...pieces(React) });
})();
