/** Makes both composers send with Enter and complete names and the command; `send(text, kind)` is true when taken. */
export function wireComposers(send) {
  for (const form of document.querySelectorAll("[data-composer]")) wire(form, send);
}

function wire(form, send) {
  const box = form.querySelector("textarea");
  const button = form.querySelector(".send");
  const list = form.querySelector(".suggest");
  const fit = () => {
    box.style.height = "auto";
    // A pane that is not shown has no height yet.
    if (box.scrollHeight > 0) box.style.height = `${box.scrollHeight}px`;
    button.disabled = box.value.trim() === "";
  };
  const submit = async () => {
    const text = box.value.trim();
    if (!text) return;
    box.value = "";
    list.hidden = true;
    fit();
    if (!(await send(text, form.dataset.composer)) && box.value === "") box.value = text;
    fit();
  };
  const accept = (item) => {
    const { start, insert } = item.dataset;
    const after = box.value.slice(box.selectionStart);
    box.value = `${box.value.slice(0, Number(start))}${insert} ${after}`;
    const caret = Number(start) + insert.length + 1;
    box.setSelectionRange(caret, caret);
    list.hidden = true;
    box.focus();
    fit();
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    submit();
  });
  box.addEventListener("input", () => {
    fit();
    suggest(box, list);
  });
  box.addEventListener("blur", () => {
    list.hidden = true;
  });
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const item = event.target.closest("li");
    if (item) accept(item);
  });
  box.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (!list.hidden && choose(event, list, accept)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      submit();
    }
  });
  fit();
}

/** Moves in the open list or takes from it; true when the key was used up. */
function choose(event, list, accept) {
  const items = [...list.children];
  const at = items.findIndex((item) => item.getAttribute("aria-selected") === "true");
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) mark(items, (at + step + items.length) % items.length);
  else if (event.key === "Tab" || event.key === "Enter") accept(items[at]);
  else if (event.key === "Escape") list.hidden = true;
  else return false;
  event.preventDefault();
  event.stopPropagation();
  return true;
}

function mark(items, chosen) {
  items.forEach((item, index) => {
    item.setAttribute("aria-selected", String(index === chosen));
  });
}

function suggest(box, list) {
  const before = box.value.slice(0, box.selectionStart);
  const found = [...offers(before)];
  list.hidden = found.length === 0;
  list.replaceChildren(
    ...found.map(({ start, insert, note }) => {
      const item = document.createElement("li");
      Object.assign(item.dataset, { start, insert });
      const name = document.createElement("b");
      name.textContent = insert;
      const more = document.createElement("span");
      more.textContent = note;
      item.append(name, more);
      return item;
    }),
  );
  mark([...list.children], 0);
}

/** What fits the word being typed. */
function* offers(before) {
  const { command, app, names } = document.body.dataset;
  if (/^\/\w*$/.test(before) && command.startsWith(before) && before !== command) {
    yield { start: 0, insert: command, note: app };
  }
  const [, word] = /(?:^|\s)@([\w.-]*)$/.exec(before) ?? [];
  if (word === undefined) return;
  const start = before.length - word.length - 1;
  for (const { name, realName } of JSON.parse(names ?? "[]")) {
    const fits = [name, realName].some((one) => one.toLowerCase().startsWith(word.toLowerCase()));
    if (fits && name !== word) yield { start, insert: `@${name}`, note: realName };
  }
}
