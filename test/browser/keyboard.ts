import { expect, test } from "bun:test";
import { readFile } from "node:fs/promises";
import { eq } from "drizzle-orm";
import type { Db } from "../../db/client.ts";
import { findings, tasks } from "../../db/schema.ts";
import type { Window } from "../harness/browser.ts";
import type { World } from "../harness/world.ts";
import { opensIssue, opensOurs, standing } from "./ours.ts";

/** What the tests of a file share, once it is there. */
export interface Shared {
  world: World;
  db: Db;
  reader: Window;
  as(login: string): Promise<Window>;
}

/** Presses keys one after the other; what is no key's name is typed. */
async function keys({ page }: Window, ...all: string[]): Promise<void> {
  for (const key of all) {
    if (/^(Tab|Enter|Space|ArrowDown)$/.test(key)) await page.keyboard.press(key);
    else await page.keyboard.type(key);
  }
}

const said = async ({ page }: Window): Promise<string> => {
  await page.waitForSelector(".said.ok");
  return (await page.textContent(".said")) ?? "";
};

/** Whole flows with no other device than a keyboard. */
export function keyboardTests(shared: () => Shared): void {
  test("by keyboard alone: a fix that gave up is started again, and any issue", async () => {
    const { world, db, as } = shared();
    const bob = await as("bob");
    await bob.go("/findings/F5");
    await bob.page.focus("summary:has-text('Try again')");
    await keys(bob, "Enter", "Tab", "look at the queue", "Tab", "Enter");
    expect(await said(bob)).toContain("approved");
    const [again] = await db.select().from(findings).where(eq(findings.id, 5));
    expect(["approved", "fixing"]).toContain(again?.state ?? "");
    const issue = await opensIssue(world, "dave", "The harbour's light is slow");
    await bob.go("/tasks");
    await bob.page.focus("summary:has-text('Start an issue')");
    await keys(bob, "Enter", "Tab", "Tab", `#${issue}`, "Tab", "only the light", "Tab", "Enter");
    await said(bob);
    const [started] = await db.select().from(findings).where(eq(findings.issueNumber, issue));
    expect(started).toMatchObject({ kind: "issue" });
    expect(bob.faults).toEqual([]);
    await bob.context.close();
  });

  test("by keyboard alone: one pull request of ours is closed with a reason, another is approved and merged", async () => {
    const { world, db, as } = shared();
    const [toClose, toMerge] = [await opensOurs(world, db, 6), await opensOurs(world, db, 7)];
    const bob = await as("bob");
    await bob.go("/findings/F6");
    await bob.page.focus(".box summary:has-text('Close')");
    await keys(bob, "Enter", "Tab", "the notes are wrong", "Tab", "Enter");
    await said(bob);
    expect(await standing(world, toClose)).toBe("closed");
    await bob.go("/findings/F7");
    await bob.page.focus(".box summary:has-text('Approve and merge')");
    await keys(bob, "Enter", "Tab", "Enter");
    await said(bob);
    expect(await standing(world, toMerge)).toBe("merged");
    expect(bob.faults).toEqual([]);
    await bob.context.close();
  });
}

/** Reading by keyboard alone: what is folded, figures, filters. */
export function keyboardReading(shared: () => Shared): void {
  test("by keyboard alone: a folded excerpt is opened, with the failing line marked", async () => {
    const { reader } = shared();
    await reader.go("/findings/F1");
    const folded = reader.page.locator("details[id^=excerpt-]:not([open])").first();
    const id = await folded.getAttribute("id");
    await folded.locator("summary").focus();
    await keys(reader, "Enter");
    await reader.page.waitForSelector(`#${id}[open] .log mark`);
  });

  test("by keyboard alone: another range of the figures, and its numbers as a file", async () => {
    const { page } = shared().reader;
    await page.goto("/stats");
    await page.focus("nav[aria-label='Time range'] a:has-text('30 days')");
    await keys(shared().reader, "Enter");
    await page.waitForURL("**/stats?days=30");
    await page.focus("a[href*='table=days']");
    const coming = page.waitForEvent("download");
    await keys(shared().reader, "Enter");
    const file = await coming;
    expect(file.suggestedFilename()).toBe("flaky-days-30d.csv");
    const lines = (await readFile(await file.path(), "utf8")).trim().split("\r\n");
    expect([lines.length, lines[0]]).toEqual([31, '"day","found","fixed","failed"']);
  });

  test("by keyboard alone: the audit of one kind of action; findings of one source, there and in the figures", async () => {
    const { db, reader } = shared();
    const { page } = reader;
    await reader.go("/audit");
    await page.focus("input[name=action]");
    await keys(reader, "state.", "Enter");
    await page.waitForURL("**/audit?*action=state.*");
    const actions = await page.locator("td code").allTextContents();
    expect(actions.length).toBeGreaterThan(0);
    expect(actions.filter((action) => !action.startsWith("state."))).toEqual([]);
    await db.update(findings).set({ byProw: true }).where(eq(findings.id, 2));
    for (const [path, there] of [
      ["/", "[data-row]"],
      ["/stats?days=90", "#worst ~ * th a"],
    ] as const) {
      await reader.go(path);
      await page.focus("select[name=source]");
      await keys(reader, "Prow");
      await page.waitForURL(/source=prow/);
      expect(await page.locator(there).allTextContents()).toEqual(["TestPickupWindow/late_order"]);
    }
    await reader.go("/?source=gitea");
    expect(await page.textContent("main")).toContain("Nothing fits");
  });
}

/** Tasks that wait are ended, by keyboard and by a program. */
export function cancelTests(shared: () => Shared): void {
  test("by keyboard alone: a task that waits is cancelled; a program cancels the next one", async () => {
    const { world, db, as } = shared();
    const [waits, next] = await db.select().from(tasks).where(eq(tasks.state, "queued"));
    const stateOf = async (id = "") => (await db.select().from(tasks).where(eq(tasks.id, id)))[0]?.state;
    const bob = await as("bob");
    await bob.go(`/tasks/${waits?.id}`);
    await bob.page.focus("summary:has-text('Cancel task')");
    await keys(bob, "Enter", "Tab", "Enter");
    expect(await said(bob)).toContain("cancelled");
    expect(await stateOf(waits?.id)).toBe("cancelled");
    await bob.context.close();
    const headers = { Authorization: `Bearer ${world.product.context?.config.env.API_TOKEN}` };
    const cancels = () =>
      fetch(`${world.product.url}/api/v1/tasks/${next?.id}/cancel`, { method: "POST", headers, body: "{}" });
    expect(await (await cancels()).json()).toEqual({ task: next?.id ?? "", status: "cancelled" });
    expect(await stateOf(next?.id)).toBe("cancelled");
    expect((await cancels()).status).toBe(409);
  });
}
