import { readFileSync } from "node:fs";
import type { AxeResults, RunOptions } from "axe-core";
import type { Page } from "playwright-core";

const SOURCE = readFileSync(Bun.resolveSync("axe-core/axe.min.js", import.meta.dir), "utf8");
/** What depends on width and theme; all else is the same in every window. */
const OF_THE_LOOK = ["color-contrast", "link-in-text-block", "scrollable-region-focusable"];

/**
 * Faults of the page as it stands that keep people out, of axe's grades serious and critical; of its look alone or of all, in
 * the whole document or in what an expression of the page names.
 */
export async function seriousFaults(page: Page, of: "all" | "look", within = "document"): Promise<string[]> {
  // by the debugger, not as a script of the page: its content policy stays as it is
  if (!(await page.evaluate("'axe' in window"))) await page.evaluate(SOURCE);
  const options: RunOptions = {
    resultTypes: ["violations"],
    ...(of === "look" ? { runOnly: { type: "rule", values: OF_THE_LOOK } } : {}),
  };
  // what axe answers is its own type
  const found = (await page.evaluate(`axe.run(${within}, ${JSON.stringify(options)})`)) as AxeResults;
  return found.violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(
      ({ id, nodes }) =>
        `${id}: ${nodes
          .slice(0, 3)
          .map((node) => node.html.slice(0, 160))
          .join(" | ")}`,
    );
}
