import { describe, expect, test } from "bun:test";
import { errorMinutes, errorSamples, findings, runtimeErrors } from "../../../db/schema.ts";
import { keepRuntimeError, kindOf, type RuntimeError } from "../../../src/features/failures/errors/keep.ts";
import { dropErrors, errorFigures, samplesOf } from "../../../src/features/failures/errors/store.ts";
import { findingById } from "../../../src/features/findings/store.ts";
import { FindingId, RepoName } from "../../../src/kernel/ids.ts";
import type { Queue } from "../../../src/platform/queue.ts";
import { HandClock } from "../platform/clock.ts";
import { onBothDatabases } from "../platform/database.ts";

const SECRET = `ghp_${"b".repeat(36)}`;
const ERROR: RuntimeError = {
  repo: RepoName.parse("acme/shop"),
  project: "shop_backend",
  type: "IndexError",
  message: "no row 17 for carol@shop.test",
  stack: 'Traceback:\n  File "/app/app/models.py", line 9, in rows\nIndexError: no row 17',
  environment: "production",
  commit: null,
  at: new Date("2026-03-01T12:00:10Z"),
};

describe("errors of one kind", () => {
  const same = (more: Partial<RuntimeError>) =>
    kindOf({ ...ERROR, ...more }).fingerprint === kindOf(ERROR).fingerprint;

  test("differ in numbers, people, lines and folders", () => {
    expect(same({ message: "no row 4 for dave@shop.test" })).toBe(true);
    expect(same({ stack: ERROR.stack.replace("line 9", "line 12").replace("/app/", "/srv/app/") })).toBe(
      true,
    );
    expect(same({ environment: "staging", project: "other" })).toBe(true);
  });

  test("have type, message, first own calls and repository in common", () => {
    expect(same({ type: "KeyError" })).toBe(false);
    expect(same({ message: "no column" })).toBe(false);
    expect(same({ stack: ERROR.stack.replace("in rows", "in columns") })).toBe(false);
    expect(same({ repo: RepoName.parse("acme/web") })).toBe(false);
  });

  test("are named without secrets, and by the file of the repository", () => {
    expect(kindOf({ ...ERROR, message: `token ${SECRET}` }).signature).not.toContain(SECRET);
    expect(kindOf(ERROR).file).toBe("app/models.py");
  });
});

await onBothDatabases("a runtime error", (opened) => {
  const clock = new HandClock();
  const told: string[] = [];
  const queue = {
    send: async (_tx: unknown, name: string) => void told.push(name),
  } as unknown as Queue; // nothing else of it is called here
  const keep = (more: Partial<RuntimeError> = {}) =>
    keepRuntimeError({ db: opened().db, clock, queue }, { ...ERROR, ...more });
  const rows = async () => ({
    findings: await opened().db.$count(findings),
    minutes: await opened().db.$count(errorMinutes),
    samples: await opened().db.$count(errorSamples),
  });

  test("of many at the same time is one finding, with each of them counted", async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, () => keep()));
    expect(new Set(ids).size).toBe(1);
    expect(await rows()).toEqual({ findings: 1, minutes: 1, samples: 1 });
    const [row] = await opened().db.select().from(runtimeErrors);
    expect(row?.total).toBe(20);
    const [finding] = await opened().db.select().from(findings);
    expect(finding).toMatchObject({
      kind: "runtime_error",
      state: "new",
      test: "IndexError: no row 17 for carol@shop.test",
      package: "shop_backend",
      file: "app/models.py",
    });
  });

  test("in a flood costs a number: people hear of it now and then, a few are kept", async () => {
    told.length = 0;
    for (let at = 0; at < 60; at += 1)
      await keep({ at: new Date(ERROR.at.getTime() + at * 15_000), message: `no row ${at}` });
    expect(await rows()).toEqual({ findings: 1, minutes: 15, samples: 10 });
    expect(told.filter((name) => name === "issue.sync")).toHaveLength(6); // 1, 2, 5, 10, 20, 50
    const [finding] = await opened().db.select().from(findings);
    if (finding === undefined) throw new Error("nothing was found");
    expect(finding.lastSeen.getTime() - finding.firstSeen.getTime()).toBe(14 * 60_000);
  });

  test("of a type whose messages all differ is a few findings, and one for the rest", async () => {
    const name = (at: number) => String.fromCharCode(97 + (at % 26), 97 + Math.floor(at / 26));
    const ids = [];
    for (let at = 0; at < 60; at += 1) ids.push(await keep({ message: `nobody is called ${name(at)}` }));
    expect(new Set(ids).size).toBe(21);
    expect(new Set(ids.slice(20)).size).toBe(1);
    const rest = ids[59] ?? FindingId.parse(1);
    expect((await errorFigures(opened().db, rest)).total).toBe(40);
    expect(await findingById(opened().db, rest)).toMatchObject({
      test: "IndexError: messages of many kinds",
      file: "app/models.py",
    });
    // another place of the code is not drowned in it
    const stack = ERROR.stack.replaceAll("app/models.py", "app/views.py");
    expect(ids).not.toContain(await keep({ message: "nobody is called x", stack }));
  });

  test("from ever new environments costs no more than a few rows a minute", async () => {
    for (let at = 0; at < 60; at += 1) await keep({ environment: `pod-${at}` });
    expect(await rows()).toEqual({ findings: 1, minutes: 21, samples: 10 });
    const minutes = await opened().db.select().from(errorMinutes);
    expect(minutes.reduce((sum, one) => sum + one.count, 0)).toBe(60);
  });

  test("is kept without secrets, and forgotten but for its number", async () => {
    const id = await keep({ message: `no row for ${SECRET}`, stack: `x ${SECRET}`, environment: SECRET });
    const kept = JSON.stringify([
      await opened().db.select().from(findings),
      await samplesOf(opened().db, id),
      await opened().db.select().from(errorMinutes),
    ]);
    expect(kept).not.toContain(SECRET);
    await dropErrors(opened().db, new Date("2026-06-01T00:00:00Z"));
    expect(await rows()).toEqual({ findings: 1, minutes: 0, samples: 0 });
    expect(await errorFigures(opened().db, id)).toEqual({ total: 1, environments: [] });
  });
});
