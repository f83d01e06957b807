import { wireComposers } from "./composer.js";
import { ask, toast } from "./dialogs.js";
import { patch } from "./patch.js";

const REGIONS = ["banner", "sidebar", "title", "timeline", "thread", "modal"];
const $ = (selector) => document.querySelector(selector);
const region = (name) => $(`[data-region="${name}"]`);
const place = readPlace();
const seen = {};
let busy = false;
let dirty = false;
let scrollTo = place.focus;

function readPlace() {
  const query = new URLSearchParams(location.search);
  const read = (name) => query.get(name) ?? "";
  return { as: read("as"), channel: read("channel"), thread: read("thread"), focus: read("focus") };
}

/** Changes the address (and with it what is shown). */
function go(changes, pane) {
  Object.assign(place, changes);
  const query = new URLSearchParams(Object.entries(place).filter(([, value]) => value));
  history.pushState(null, "", `/?${query}`);
  if (pane) document.body.dataset.pane = pane;
  return refresh();
}

/** Fetches what is to be seen now; changes that come meanwhile lead to one more round. */
async function refresh() {
  if (busy) {
    dirty = true;
    return;
  }
  busy = true;
  try {
    do {
      dirty = false;
      const response = await fetch(`/ui/frame?${new URLSearchParams(place)}`);
      if (response.ok) show(await response.json());
    } while (dirty);
  } catch {
    toast("The playground does not answer. Is it still running?");
  } finally {
    busy = false;
  }
}

function show(frame) {
  Object.assign(place, { as: frame.as, channel: frame.channel });
  const scrolls = ["timeline", "thread"].map((name) => {
    const box = region(name);
    return { box, name, low: box.scrollHeight - box.scrollTop - box.clientHeight < 60 };
  });
  for (const name of REGIONS) patch(region(name), frame[name]);
  $("#thread").hidden = frame.thread === "";
  $("#overlay").hidden = frame.modal === "";
  const main = $('[data-composer="main"] textarea');
  main.placeholder = frame.placeholder;
  main.setAttribute("aria-label", frame.placeholder);
  document.body.dataset.names = frame.names;
  times();
  for (const { box, name, low } of scrolls) {
    const key = `${frame.as}/${frame.channel}/${name === "thread" ? place.thread : ""}`;
    if (low || box.dataset.key !== key) box.scrollTop = box.scrollHeight;
    box.dataset.key = key;
  }
  if (scrollTo) {
    for (const pane of ["main", "thread"]) {
      document.getElementById(`${pane}-${scrollTo}`)?.scrollIntoView({ block: "center" });
    }
    scrollTo = "";
  }
  unread(frame.as);
}

/** Times in the reader's own zone. */
function times() {
  for (const time of document.querySelectorAll("time:not([title])")) {
    const date = new Date(time.dateTime);
    time.title = date.toLocaleString();
    time.textContent = time.dataset.day
      ? dayName(date)
      : date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  }
}

function dayName(date) {
  if (date.toDateString() === new Date().toDateString()) return "Today";
  return date.toLocaleDateString([], { weekday: "long", month: "long", day: "numeric" });
}

function unread(person) {
  for (const link of document.querySelectorAll(".channel")) {
    const key = `${person}/${link.dataset.channel}`;
    const { latest } = link.dataset;
    if (link.classList.contains("current") || !(key in seen)) seen[key] = latest;
    link.classList.toggle("unread", latest > seen[key]);
  }
}

/** Does something as the chosen person; false when it was refused. */
async function act(body) {
  const response = await fetch("/ui/act", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ as: place.as, ...body }),
  });
  if (response.ok) return true;
  const { error } = await response.json().catch(() => ({ error: "That did not work." }));
  toast(error);
  return false;
}

async function press(element, value) {
  const { target, action, confirm } = element.dataset;
  if (confirm && !(await ask(element.dataset))) return;
  element.setAttribute("aria-busy", "true");
  await act({ act: "click", target, action, value });
  element.removeAttribute("aria-busy");
}

const DOINGS = {
  channel: ({ channel }) => go({ channel, thread: "", focus: "" }, "main"),
  person: ({ person }) => go({ as: person, focus: "" }),
  thread: ({ ts }) => go({ thread: ts }, "thread"),
  "close-thread": () => go({ thread: "", focus: "" }, "main"),
  list: () => {
    document.body.dataset.pane = "list";
  },
  react: ({ ts, name }) => act({ act: "react", ts, name }),
  dismiss: ({ ts }) => act({ act: "dismiss", ts }),
  shortcut: ({ ts, callback }) => act({ act: "shortcut", ts, callback }),
  "close-view": ({ target }) => act({ act: "close-view", target }),
  click: ({ value }, element) => press(element, value),
  async copy({ link }) {
    const url = new URL(link, location.href).href;
    await navigator.clipboard?.writeText(url).catch(() => {});
    toast("Link copied");
  },
  async edit({ ts, text }) {
    const changed = await ask({ confirm: "Edit message", confirmOk: "Save", confirmEdit: text });
    if (changed) await act({ act: "edit", ts, text: changed });
  },
  async remove({ ts }) {
    const sure = { confirm: "Delete message", confirmText: "This can't be undone.", confirmOk: "Delete" };
    if (await ask({ ...sure, confirmStyle: "danger" })) await act({ act: "remove", ts });
  },
};

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target) || event.target.closest(".menu-list")) menu.open = false;
  }
  const element = event.target.closest("[data-do]");
  const doing = element && DOINGS[element.dataset.do];
  if (!doing) return;
  if (!(element.matches("a") && element.target)) event.preventDefault();
  doing(element.dataset, element);
});

document.addEventListener("toggle", openUpwards, true);
function openUpwards({ target }) {
  const list = target.open ? target.querySelector?.(".menu-list") : null;
  if (!list) return;
  list.classList.remove("up");
  const floor = target.closest(".scroll")?.getBoundingClientRect().bottom ?? innerHeight;
  list.classList.toggle("up", list.getBoundingClientRect().bottom > floor);
}

document.addEventListener("change", ({ target }) => {
  if (target.dataset.do !== "pick") return;
  const group = target.closest(".choices");
  const boxes = group ? [...group.querySelectorAll("input:checked")].map((one) => one.value) : target.value;
  press(target, target.type === "radio" ? target.value : boxes);
});

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form.modal");
  if (!form) return;
  event.preventDefault();
  const values = {};
  for (const [name, value] of new FormData(form)) {
    const many = form.querySelector(`[name="${CSS.escape(name)}"]`)?.type === "checkbox";
    values[name] = many ? [...(values[name] ?? []), value] : value;
  }
  const button = form.querySelector('[type="submit"]');
  button.setAttribute("aria-busy", "true");
  await act({ act: "submit", target: form.dataset.view, values });
  button.removeAttribute("aria-busy");
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const close = $('#overlay [data-do="close-view"]') ?? $("#thread:not([hidden]) .close");
  close?.click();
});

wireComposers((text, kind) =>
  act({ act: "say", channel: place.channel, text, thread: kind === "thread" ? place.thread : "" }),
);
addEventListener("popstate", () => {
  Object.assign(place, readPlace());
  document.body.dataset.pane = place.thread ? "thread" : "main";
  refresh();
});
if (place.thread) document.body.dataset.pane = "thread";
const changes = new EventSource("/ui/changes");
changes.onmessage = refresh;
refresh();
