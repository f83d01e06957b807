const shown = new WeakMap();
const source = new WeakMap();

/**
 * Makes a region show `html`. Elements whose own HTML did not change stay as they are, so that open menus,
 * choices and the place scrolled to survive; a form keeps what was typed into it.
 */
export function patch(region, html) {
  if (shown.get(region) === html) return;
  shown.set(region, html);
  const template = document.createElement("template");
  template.innerHTML = html;
  const old = new Map(
    [...region.children].filter((child) => source.has(child)).map((child) => [key(child), child]),
  );
  const next = [...template.content.children].map((fresh) => {
    const text = fresh.outerHTML;
    const kept = old.get(key(fresh));
    if (kept && source.get(kept) === text) return kept;
    source.set(fresh, text);
    if (kept?.matches("form")) keepTyped(kept, fresh);
    return fresh;
  });
  const wanted = new Set(next);
  for (const child of [...region.childNodes]) if (!wanted.has(child)) child.remove();
  next.forEach((child, index) => {
    if (region.children[index] !== child) region.insertBefore(child, region.children[index] ?? null);
  });
  region.querySelector("[autofocus]")?.focus();
}

const key = (element) => element.id || element.outerHTML;

function keepTyped(from, to) {
  for (const field of from.querySelectorAll("[name]")) {
    const twin = [...to.querySelectorAll("[name]")].find(
      (one) => one.name === field.name && (!isBox(one) || one.value === field.value),
    );
    if (!twin) continue;
    if (isBox(field)) twin.checked = field.checked;
    else twin.value = field.value;
  }
}

const isBox = (field) => field.type === "checkbox" || field.type === "radio";
