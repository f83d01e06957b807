import { describe, expect, test } from "bun:test";
import { felledWith, joins, type Placed } from "../../../src/features/flakes/placing.ts";

const fell = (name: string, line: number, more: Partial<Placed> = {}): Placed => ({
  test: name,
  suite: null,
  package: "shop/till",
  kind: "assert",
  signature: `${name} went wrong`,
  cascadeOf: null,
  line,
  ...more,
});
const DEAD = { kind: "panic", signature: "the drawer is nil" };

describe("one crash", () => {
  const named = (seen: Placed, job: Placed[]) => felledWith(seen, job).map((one) => one.test);

  test("joins the tests that name its cause, whichever is looked at", () => {
    const [cause, one, two] = [
      fell("TestOpen", 1),
      fell("TestCount", 2, { cascadeOf: "TestOpen" }),
      fell("TestClose", 3, { cascadeOf: "TestOpen" }),
    ];
    const job = [cause, one, two, fell("TestPrint", 9)];
    expect(named(one, job)).toEqual(["TestOpen", "TestClose"]);
    expect(named(cause, job)).toEqual(["TestCount", "TestClose"]);
  });

  test("joins tests of a suite that crash alike, and the failure that left the ruin behind", () => {
    const [first, one, two] = [
      fell("TestTill/Refund", 10),
      fell("TestTill/Sell", 20, DEAD),
      fell("TestTill/Void", 30, DEAD),
    ];
    const later = fell("TestTill/Report", 40);
    const job = [first, one, two, later, fell("TestOther/Sell", 5, DEAD)];
    expect(named(one, job)).toEqual(["TestTill/Refund", "TestTill/Void"]);
    expect(named(first, job)).toEqual(["TestTill/Sell", "TestTill/Void"]);
    expect(named(later, job)).toEqual([]);
  });

  test("joins no tests of other suites or packages, nor different crashes, nor a single one", () => {
    const seen = fell("TestTill/Sell", 20, DEAD);
    for (const other of [
      fell("TestStock/Sell", 30, DEAD),
      fell("TestTill/Void", 30, { ...DEAD, package: "shop/stock" }),
      fell("TestTill/Void", 30, { kind: "panic", signature: "index out of range" }),
      fell("TestTill/Void", 30),
    ])
      expect(named(seen, [seen, other])).toEqual([]);
  });
});

describe("a failure of a known test", () => {
  const finding = { state: "open" as const, test: "TestSell", package: "shop/till", signature: "3 is not 4" };
  const seen = fell("TestSell", 1, { signature: "no answer yet" });

  test("joins by test, whatever the message, while the finding is not done with", () => {
    expect(joins(finding, "assert", seen)).toBe(true);
    expect(joins({ ...finding, state: "merged" }, "assert", seen)).toBe(false);
    expect(joins({ ...finding, state: "dismissed" }, "assert", seen)).toBe(false);
  });

  test("is kept apart when it fails in another manner or is another package's", () => {
    expect(joins(finding, "assert", { ...seen, kind: "panic" })).toBe(false);
    expect(joins(finding, "panic", { ...seen, signature: "3 is not 4" })).toBe(true);
    expect(joins(finding, "assert", { ...seen, package: "shop/stock" })).toBe(false);
  });
});
