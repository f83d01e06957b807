const element = (tag, className, text) => {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
};

/**
 * Asks with title, text and two buttons; with `confirmEdit` also a field to change that text.
 * Resolves with true or the changed text, or with null when the person declined.
 */
export function ask({ confirm, confirmText, confirmOk, confirmDeny, confirmStyle, confirmEdit }) {
  const dialog = document.querySelector("#ask");
  const row = element("div", "row");
  const deny = element("button", "button", confirmDeny ?? "Cancel");
  const style = confirmStyle === "danger" ? "danger solid" : "primary";
  const ok = element("button", `button ${style}`, confirmOk ?? "OK");
  const field = confirmEdit === undefined ? null : element("textarea");
  row.append(deny, ok);
  dialog.replaceChildren(
    element("h2", "", confirm),
    element("p", "", confirmText ?? ""),
    ...(field ? [field] : []),
    row,
  );
  if (field) field.value = confirmEdit;
  return new Promise((resolve) => {
    const end = (answer) => {
      dialog.onclose = null;
      dialog.close();
      resolve(answer);
    };
    deny.onclick = () => end(null);
    ok.onclick = () => end(field ? field.value.trim() : true);
    dialog.onclose = () => resolve(null);
    dialog.showModal();
    (field ?? ok).focus();
  });
}

let timer;

/** Shows a short note for a while. */
export function toast(text) {
  const box = document.querySelector("#toast");
  box.textContent = text;
  box.hidden = false;
  clearTimeout(timer);
  timer = setTimeout(() => {
    box.hidden = true;
  }, 4000);
}
