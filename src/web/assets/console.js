(() => {
  const main = document.getElementById("main");
  const live = document.getElementById("live");
  if (main === null || live === null) return;

  const UNITS = [
    [86400, "d"],
    [3600, "h"],
    [60, "min"],
  ];
  /** The same words as the server writes. */
  function relative(iso) {
    const span = (Date.now() - Date.parse(iso)) / 1000;
    const unit = UNITS.find(([length]) => Math.abs(span) >= length);
    if (unit === undefined) return span < -1 ? "soon" : "just now";
    const n = Math.floor(Math.abs(span) / unit[0]);
    return span > 0 ? `${n} ${unit[1]} ago` : `in ${n} ${unit[1]}`;
  }
  setInterval(() => {
    for (const time of main.querySelectorAll("time[data-relative]")) {
      time.textContent = relative(time.dateTime);
    }
  }, 20000);

  /** What someone has written, or writes in, must not be swapped away under them. */
  const writing = () =>
    (main.contains(document.activeElement) && document.activeElement.matches("input, select, textarea")) ||
    [...main.querySelectorAll("textarea, input[type=checkbox]")].some(
      (field) => field.value !== field.defaultValue || field.checked !== field.defaultChecked,
    );
  /** At least so long between two readings, ms; a service that is slow is asked more seldom. */
  const PAUSE = 1000;
  let wanted = false;
  let busy = false;

  async function refresh() {
    wanted = true;
    if (busy || writing() || document.hidden) return;
    wanted = false;
    busy = true;
    const begun = performance.now();
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const next = page.getElementById("main");
      if (answer.status === 401) location.reload();
      else if (!answer.ok || next === null || writing()) wanted = true;
      else swap(next);
    } catch {
      wanted = true;
    }
    // what failed waits for the next sign of life
    const failed = wanted;
    setTimeout(
      () => {
        busy = false;
        if (wanted && !failed) refresh();
      },
      Math.max(PAUSE, 4 * (performance.now() - begun)),
    );
  }

  /** Puts the new content in place; what was unfolded, and where the keyboard stood, stays. */
  function swap(next) {
    const open = new Map([...main.querySelectorAll("details[id]")].map((fold) => [fold.id, fold.open]));
    const links = [...main.querySelectorAll("a, button, summary")];
    const focused = links.indexOf(document.activeElement);
    for (const fold of next.querySelectorAll("details[id]")) {
      if (open.has(fold.id)) fold.open = open.get(fold.id);
    }
    main.replaceChildren(...next.childNodes);
    main.dataset.mark = next.dataset.mark;
    toNewest();
    if (focused !== -1) main.querySelectorAll("a, button, summary")[focused]?.focus({ preventScroll: true });
  }

  /** Charts whose newest day is on the right begin there where they do not fit. */
  function toNewest() {
    for (const chart of main.querySelectorAll("[data-end]")) chart.scrollLeft = chart.scrollWidth;
  }
  toNewest();
  // not scrollIntoView: it would move where the keyboard starts
  const tab = document.querySelector(".tab[aria-current]");
  if (tab !== null) tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.clientWidth / 2;

  /** Longest silence of a connection that lives, and longest wait before the next try, ms. */
  const SILENCE = 20000;
  const LONGEST_WAIT = 15000;
  let events = null;
  let heardAt = 0;
  let wait = 2000;

  const say = (word, style) => {
    live.textContent = word;
    live.className = `live ${style}`;
  };

  /** Only a page that is looked at holds a connection: a browser opens six to one host, for all its tabs. */
  function listen() {
    if (events !== null || document.hidden) return;
    // whatever changed since this page was made is told first
    events = new EventSource(`/events?since=${encodeURIComponent(main.dataset.mark)}`);
    heardAt = Date.now();
    events.addEventListener("open", () => {
      heardAt = Date.now();
      wait = 2000;
      say("live", "on");
    });
    events.addEventListener("error", lost);
    events.addEventListener("changed", () => {
      heardAt = Date.now();
      refresh();
    });
    events.addEventListener("beat", () => {
      heardAt = Date.now();
      if (wanted) refresh();
    });
  }

  function leave() {
    events?.close();
    events = null;
  }

  /** A connection that broke is made again by the browser; one that was refused is not, nor one that only fell silent. */
  function lost() {
    say("offline", "off");
    if (events?.readyState !== EventSource.CLOSED) return;
    leave();
    // says whether one has to sign in again
    refresh();
    setTimeout(listen, wait);
    wait = Math.min(2 * wait, LONGEST_WAIT);
  }

  listen();
  setInterval(() => {
    if (events === null || Date.now() - heardAt < SILENCE) return;
    say("offline", "off");
    leave();
    listen();
  }, 5000);
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) leave();
    else listen();
    if (wanted) refresh();
  });
  main.addEventListener("focusout", () => setTimeout(() => wanted && refresh(), 0));

  main.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit]")) event.target.form.requestSubmit();
  });

  /** `/` goes to the search, `j` and `k` through the list. */
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches("input, select, textarea"))
      return;
    if (event.key === "/") {
      const search = main.querySelector("input[type=search]");
      if (search === null) return;
      event.preventDefault();
      search.focus();
      search.select();
    }
    if (event.key === "j" || event.key === "k") {
      const rows = [...main.querySelectorAll("[data-row]")];
      const at = rows.indexOf(document.activeElement);
      const next = at === -1 ? 0 : at + (event.key === "j" ? 1 : -1);
      rows[next]?.focus();
    }
  });
})();
