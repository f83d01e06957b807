import { describe, expect, test } from "bun:test";
import { eq } from "drizzle-orm";
import { findings } from "../../../db/schema.ts";
import { ARROWS, nameOf, STATES, type State } from "../../../src/features/findings/model.ts";
import {
  addFingerprint,
  changeState,
  createFinding,
  noteFacts,
} from "../../../src/features/findings/service.ts";
import { findingById, findingsByFingerprints } from "../../../src/features/findings/store.ts";
import { bot } from "../../../src/kernel/actor.ts";
import { Fingerprint, IssueNumber } from "../../../src/kernel/ids.ts";
import { auditTrail, stateHistory } from "../../../src/platform/audit.ts";
import type { Queue } from "../../../src/platform/queue.ts";
import { HandClock } from "../platform/clock.ts";
import { onBothDatabases } from "../platform/database.ts";
import { sample, VALUES } from "./sample.ts";

const ALL = STATES.flatMap((from) => STATES.map((to) => [from, to] as const));
const has = (from: State, to: State) => ARROWS[from].includes(to);

test("the arrows are these", () => {
  expect(Object.entries(ARROWS).map(([from, to]) => `${from} → ${to.join(", ")}`)).toMatchSnapshot();
});

test("every state can be reached, and open can be reached again from all but new", () => {
  const reached = new Set<State>(["new"]);
  for (const state of reached) for (const next of ARROWS[state]) reached.add(next);
  expect([...reached].sort()).toEqual([...STATES].sort());
  for (const state of STATES) if (state !== "open") expect(ARROWS[state]).toContain("open");
});

test.each([
  [{ id: 7, issueNumber: null }, "F7"],
  [{ id: 7, issueNumber: 101 }, "#101"],
])("people name %j %s", (more, name) => {
  expect(nameOf(sample(more))).toBe(name);
});

await onBothDatabases("a finding", (opened) => {
  const clock = new HandClock();
  const refreshed: unknown[] = [];
  const queue = {
    send: async (_tx: unknown, name: string, payload: unknown) => void refreshed.push([name, payload]),
  } as unknown as Queue; // nothing else of it is called here
  const deps = { clock, queue };
  const print = Fingerprint.parse("a".repeat(64));

  const made = async (state: State) => {
    const finding = await createFinding(deps, opened().db, VALUES, print);
    await opened().db.update(findings).set({ state }).where(eq(findings.id, finding.id));
    refreshed.length = 0;
    return finding.id;
  };
  const change = (finding: Awaited<ReturnType<typeof made>>, from: State[], to: State) =>
    changeState(deps, opened().db, { finding, from, to, actor: bot, why: "a test" });

  test.each(ALL)("%s → %s", async (from, to) => {
    const id = await made(from);
    if (!has(from, to)) {
      await expect(change(id, [from], to)).rejects.toThrow(`no arrow from ${from} to ${to}`);
      expect((await findingById(opened().db, id))?.state).toBe(from);
      expect(refreshed).toEqual([]);
      return;
    }
    clock.turn(1000);
    const changed = await change(id, [from], to);
    expect(changed).toMatchObject({ state: to, stateAt: clock.now() });
    expect(refreshed).toEqual([["card.refresh", { finding: id }]]);
    const [entry] = await auditTrail(opened().db, id, 1);
    expect(entry).toMatchObject({ action: `state.${to}`, actor: "bot", detail: { why: "a test" } });
  });

  test("in another state than those named it is left alone, without a word in the audit", async () => {
    const id = await made("merged");
    expect(await change(id, ["open", "failed"], "approved")).toBeNull();
    expect((await stateHistory(opened().db, id)).map((step) => step.state)).toEqual(["new"]);
    expect(refreshed).toEqual([]);
  });

  test("of many who change it at once, one does", async () => {
    const id = await made("open");
    const changes = await Promise.all(
      Array.from({ length: 6 }, (_, at) =>
        opened().db.transaction((tx) =>
          changeState(deps, tx, {
            finding: id,
            from: ["open"],
            to: at % 2 === 0 ? "approved" : "dismissed",
            actor: bot,
            why: "a race",
          }),
        ),
      ),
    );
    expect(changes.filter((changed) => changed !== null)).toHaveLength(1);
    expect(await stateHistory(opened().db, id)).toHaveLength(2);
  });

  test("state, audit and refresh are undone together", async () => {
    const id = await made("open");
    const undone = opened().db.transaction(async (tx) => {
      await changeState(deps, tx, { finding: id, from: ["open"], to: "approved", actor: bot, why: "x" });
      throw new Error("undone");
    });
    await expect(undone).rejects.toThrow("undone");
    expect((await findingById(opened().db, id))?.state).toBe("open");
    expect(await stateHistory(opened().db, id)).toHaveLength(1);
  });

  test("facts go with the change, or by themselves with a refresh of the card", async () => {
    const id = await made("new");
    const issueNumber = IssueNumber.parse(5);
    const change = { finding: id, from: ["new" as const], to: "open" as const, actor: bot, why: "filed" };
    expect(await changeState(deps, opened().db, { ...change, facts: { issueNumber } })).toMatchObject({
      issueNumber,
    });
    await noteFacts(deps, opened().db, id, { confidence: 0.5 });
    expect((await findingById(opened().db, id))?.confidence).toBe(0.5);
    // the card, the issue that says the state too, and the card again
    expect(refreshed).toHaveLength(3);
  });

  test("a fingerprint belongs to the finding that had it first", async () => {
    const { db } = opened();
    const first = await createFinding(deps, db, VALUES, print);
    const other = await createFinding(deps, db, VALUES, Fingerprint.parse("b".repeat(64)));
    await addFingerprint(db, other.id, print, "the same", clock.now());
    const owners = await findingsByFingerprints(db, [print, Fingerprint.parse("c".repeat(64))]);
    expect([...owners].map(([fingerprint, { id }]) => [fingerprint, id])).toEqual([[print, first.id]]);
  });
});

describe("rows that are none of ours", () => {
  test.each([[{ repo: "nonsense" }], [{ issueNumber: 0 }], [{ reasons: [{ rule: 1 }] }]])("%j", (more) => {
    expect(() => sample(more)).toThrow();
  });
});
