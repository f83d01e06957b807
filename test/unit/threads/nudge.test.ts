import { expect, test } from "bun:test";
import { eq } from "drizzle-orm";
import { findings, pulls, relayed, threads } from "../../../db/schema.ts";
import { nudgeQuiet } from "../../../src/features/threads/nudge.ts";
import { DAY, HOUR } from "../../../src/kernel/clock.ts";
import { writePause } from "../../../src/platform/pause.ts";
import { HandClock } from "../platform/clock.ts";
import { onBothDatabases } from "../platform/database.ts";
import { saying, seedFinding, seen, talkDeps, written } from "./talk.ts";

await onBothDatabases("a nudge", (opened) => {
  const begin = async (state: "open" | "pending_review" = "open") => {
    const { db } = opened();
    const clock = new HandClock();
    await seedFinding(db, clock.now(), state);
    return { db, clock, deps: talkDeps(db, clock, saying("")) };
  };

  test("comes once, when nobody moved for a week, with the figures since", async () => {
    const { db, clock, deps } = await begin();
    clock.turn(7 * DAY - HOUR);
    for (const n of [2, 3]) await seen(db, n, clock.now());
    await nudgeQuiet(deps);
    expect(await written(db)).toEqual([]);
    clock.turn(HOUR);
    await nudgeQuiet(deps);
    await nudgeQuiet(deps);
    clock.turn(30 * DAY);
    await nudgeQuiet(deps);
    expect(await written(db)).toMatchSnapshot();
  });

  test("waits as long again after a word, and comes again in another wait", async () => {
    const { db, clock, deps } = await begin();
    clock.turn(5 * DAY);
    const said = { findingId: 1, from: "slack" as const, source: "C1/2", author: "bob", text: "Hm." };
    await db.insert(relayed).values({ ...said, at: clock.now() });
    clock.turn(5 * DAY);
    await nudgeQuiet(deps);
    expect(await written(db)).toEqual([]);
    clock.turn(2 * DAY);
    await nudgeQuiet(deps);
    expect(await written(db)).toHaveLength(1);
    clock.turn(DAY);
    await db.update(findings).set({ stateAt: clock.now() });
    clock.turn(7 * DAY);
    await nudgeQuiet(deps);
    expect(await written(db)).toHaveLength(2);
  });

  test.each(["muted", "quiet thread", "paused", "read only", "decided"])(
    "does not come when %s",
    async (why) => {
      const { db, clock, deps } = await begin();
      clock.turn(8 * DAY);
      if (why === "muted")
        await db.update(findings).set({ mutedUntil: new Date(clock.now().getTime() + DAY) });
      if (why === "quiet thread") await db.update(threads).set({ muted: true });
      if (why === "paused") await writePause(db, clock, { by: "alice", reason: null, at: "" });
      if (why === "read only") deps.config.env.READ_ONLY = true;
      if (why === "decided") await db.update(findings).set({ state: "dismissed" });
      await nudgeQuiet(deps);
      expect(await written(db)).toEqual([]);
    },
  );

  test("says what a pull request is missing", async () => {
    const { db, clock, deps } = await begin("pending_review");
    const at = clock.now();
    await db.insert(pulls).values({
      ...{
        findingId: 1,
        repo: "acme/shop",
        number: 9,
        taskId: "t1",
        url: "https://github.com/acme/shop/pull/9",
      },
      ...{
        branch: "ai/flaky/aaaaaaaa",
        headSha: "c".repeat(40),
        state: "open" as const,
        openedAt: at,
        updatedAt: at,
      },
    });
    const standings = [
      { checks: "passing", review: "none" },
      { checks: "passing", review: "changes_requested" },
      { checks: "failing", review: "approved" },
      { checks: "passing", review: "approved" },
    ] as const;
    for (const standing of standings) {
      await db.update(pulls).set(standing).where(eq(pulls.number, 9));
      clock.turn(DAY);
      await db.update(findings).set({ stateAt: clock.now() });
      clock.turn(8 * DAY);
      await nudgeQuiet(deps);
    }
    expect(await written(db)).toMatchSnapshot();
  });
});
