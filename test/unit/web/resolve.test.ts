import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { Database } from "../../../db/client.ts";
import { parseFindingRef, resolveFinding } from "../../../src/features/findings/resolve.ts";
import { UserError } from "../../../src/kernel/errors.ts";
import { RepoName } from "../../../src/kernel/ids.ts";
import { seed } from "./seed.ts";
import { OPENING, openEmpty } from "./world.ts";

describe("how people write a finding", () => {
  const cases: [string, unknown][] = [
    ["F12", { kind: "finding", id: 12 }],
    [" f12 ", { kind: "finding", id: 12 }],
    ["12", { kind: "number", number: 12 }],
    ["#12", { kind: "number", number: 12 }],
    ["o/r#12", { kind: "number", number: 12, repo: "o/r" }],
    ["https://github.com/o/r/issues/12", { kind: "number", number: 12, repo: "o/r" }],
    ["https://github.com/o/r/pull/12/files", { kind: "number", number: 12, repo: "o/r" }],
    ["http://127.0.0.1:4/o/r/issues/12#issuecomment-3", { kind: "number", number: 12, repo: "o/r" }],
    ["<https://github.com/o/r/issues/12|o/r#12>", { kind: "number", number: 12, repo: "o/r" }],
    ["o/r12", null],
    ["F0", null],
    ["0", null],
    ["-3", null],
    ["1.5", null],
    ["12 13", null],
    ["9999999999", null],
    ["", null],
    ["https://github.com/o/r", null],
    ["https://github.com/o/r/actions/runs/12", null],
    ["javascript:/o/r/issues/12", null],
    ["https://", null],
  ];
  for (const [text, ref] of cases) {
    test(JSON.stringify(text), () => expect<unknown>(parseFindingRef(text)).toEqual(ref));
  }
});

describe("which finding it is", () => {
  let database: Database;
  beforeAll(async () => {
    database = await openEmpty();
    await seed(database.db);
  }, OPENING);
  afterAll(() => database.close());

  const find = async (text: string, ...repos: string[]) => {
    const ref = parseFindingRef(text);
    if (ref === null) throw new Error("not a reference");
    const names = repos.map((repo) => RepoName.parse(repo));
    return (await resolveFinding(database.db, ref, names))?.id ?? null;
  };

  test("by its own number, its issue and its pull request", async () => {
    expect<unknown>(await find("F2", "acme/shop")).toBe(2);
    expect<unknown>(await find("#102", "acme/shop")).toBe(2);
    expect<unknown>(await find("131", "acme/shop")).toBe(1);
    expect<unknown>(await find("https://github.com/acme/shop/pull/131")).toBe(1);
  });

  test("by an issue that lives in another repository than the tests", async () => {
    expect<unknown>(await find("acme/stock-issues#101")).toBe(9);
    expect<unknown>(await find("101", "acme/stock", "acme/stock-issues")).toBe(9);
  });

  test("none for what is not there", async () => {
    expect(await find("F999")).toBeNull();
    expect(await find("102", "acme/stock")).toBeNull();
    expect(await find("acme/none#102")).toBeNull();
  });

  test("a number in two repositories says how to tell them apart", async () => {
    const asked = find("101");
    await expect(asked).rejects.toBeInstanceOf(UserError);
    await expect(asked).rejects.toThrow("acme/shop#101 or acme/stock#101");
    expect<unknown>(await find("101", "acme/shop")).toBe(1);
  });
});
