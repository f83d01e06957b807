// Looks every second whether anything changed, and then takes over the page's live parts.
const POLL_MS = 1000;
let known = document.body.dataset.version;

const openFolds = (part) => [...part.querySelectorAll("details")].map((fold) => fold.open);

const refresh = async () => {
  const response = await fetch(location.href);
  if (!response.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  const parts = document.querySelectorAll("[data-live]");
  const freshParts = fresh.querySelectorAll("[data-live]");
  parts.forEach((part, index) => {
    const next = freshParts[index];
    if (!next || next.innerHTML === part.innerHTML || part.contains(document.activeElement)) return;
    const open = openFolds(part);
    part.innerHTML = next.innerHTML;
    part.querySelectorAll("details").forEach((fold, at) => {
      if (open[at] !== undefined) fold.open = open[at];
    });
  });
};

const look = async () => {
  if (document.hidden) return;
  try {
    const { version } = await (await fetch("/-/version")).json();
    if (version === known) return;
    await refresh();
    known = version;
  } catch {
    // The playground is stopped or starting; the next look tells.
  }
};

setInterval(look, POLL_MS);

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submit]")) event.target.form.submit();
});
