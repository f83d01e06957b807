import type { Page } from "playwright-core";
import { seriousFaults } from "./axe.ts";

const WIDE = { width: 1280, height: 900 };
const PHONE = { width: 390, height: 844 };

/** What one acts with has to take the focus, in the order of the page, and to show that it has it. */
const UNREACHABLE = `[...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]")]
  .filter((one) => one.checkVisibility() && !one.disabled && one.tabIndex !== -1)
  .flatMap((one) => {
    const named = (fault) => [fault + one.outerHTML.slice(0, 120)];
    if (one.tabIndex > 0) return named("out of order: ");
    one.focus({ preventScroll: true });
    if (document.activeElement !== one) return named("takes no focus: ");
    const { outlineStyle, outlineWidth } = getComputedStyle(one);
    return outlineStyle === "none" || parseFloat(outlineWidth) < 2 ? named("shows no focus: ") : [];
  })`;

const DOUBLE_IDS = `[...Map.groupBy(document.querySelectorAll("[id]"), (one) => one.id)]
  .flatMap(([id, all]) => (all.length > 1 ? ["twice the id " + id] : []))`;

/**
 * Marks the parts of the page whose like was not seen before, by their names and those of what they stand in. The colours of
 * states, which classes like s-open give, stand side by side on the list and on the figures.
 */
const MARK_FRESH = `(known) => {
  const seen = new Set(known);
  const fresh = new Set();
  window.fresh = [];
  const tells = /^(role|aria-|tabindex|type|for|hidden|disabled)/;
  const nameOf = (one) => [
    one.localName,
    ...[...one.classList].filter((name) => !/^[gst]-/.test(name)),
    ...one.getAttributeNames().filter((name) => tells.test(name)),
  ].join(".");
  const walk = (one, above, within) => {
    const name = above + " " + nameOf(one);
    const isNew = !seen.has(name);
    if (isNew) fresh.add(name);
    if (isNew && !within) window.fresh.push(one);
    const near = name.split(" ").slice(-3).join(" ");
    for (const child of one.children) walk(child, near, within || isNew);
  };
  walk(document.documentElement, "", false);
  return [...fresh];
}`;

/**
 * Looks at pages in both themes, at the width of a desk and of a phone, and by keyboard. axe, which costs a second for a large
 * page, looks at parts of a kind once, in two opposite corners: no colour depends on the width.
 */
export class Looks {
  private readonly seen = new Set<string>();

  /** What is the matter with a page as it stands, which is left wide and light. */
  async faults(page: Page): Promise<string[]> {
    // each of the expressions gives an array of strings
    const texts = async (what: string) => (await page.evaluate(what)) as string[];
    const fresh = await texts(`(${MARK_FRESH})(${JSON.stringify([...this.seen])})`);
    for (const name of fresh) this.seen.add(name);
    const faults = fresh.length === 0 ? [] : await seriousFaults(page, "all", "{ include: window.fresh }");
    // from here on the page knows that a keyboard is used
    await page.keyboard.press("Tab");
    faults.push(...(await texts(UNREACHABLE)), ...(await texts(DOUBLE_IDS)), ...(await tooWide(page)));
    await page.emulateMedia({ colorScheme: "dark" });
    await page.setViewportSize(PHONE);
    faults.push(...(await tooWide(page)));
    if (fresh.length > 0) faults.push(...(await seriousFaults(page, "look", "{ include: window.fresh }")));
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize(WIDE);
    return faults;
  }
}

async function tooWide(page: Page): Promise<string[]> {
  const over = await page.evaluate(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  );
  return over === 0 ? [] : [`${over} pixels wider than the window`];
}
