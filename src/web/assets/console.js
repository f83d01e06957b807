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
  let wanted = false;
  let busy = false;

  async function refresh() {
    wanted = true;
    if (busy || writing() || document.hidden) return;
    wanted = false;
    busy = true;
    try {
      const answer = await fetch(location.href, { headers: { accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const next = page.getElementById("main");
      if (answer.status === 401) location.reload();
      else if (answer.ok && next !== null && !writing()) swap(next);
    } catch {
      wanted = true;
    } finally {
      busy = false;
    }
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

  const events = new EventSource("/events");
  let dropped = false;
  events.addEventListener("open", () => {
    live.textContent = "live";
    live.className = "live on";
    if (dropped) refresh();
    dropped = false;
  });
  events.addEventListener("error", () => {
    live.textContent = "offline";
    live.className = "live off";
    dropped = true;
  });
  events.addEventListener("changed", refresh);
  document.addEventListener("visibilitychange", () => wanted && refresh());
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
