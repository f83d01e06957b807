import { describe, expect, test } from "bun:test";
import { type Actor, actorName, bot } from "../../../src/kernel/actor.ts";
import { systemClock } from "../../../src/kernel/clock.ts";
import { ConfigError, errorText, ForbiddenError, UserError } from "../../../src/kernel/errors.ts";
import { ChatUserId, FindingId, Fingerprint, Login, RepoName, Sha, TaskId } from "../../../src/kernel/ids.ts";
import { fromJson } from "../../../src/kernel/json.ts";
import { storable } from "../../../src/kernel/text/storable.ts";

describe("ids", () => {
  test.each([
    [RepoName, ["tikv/pd", "a.b/c_d-e"], ["pd", "a/b/c", "a b/c", "https://x/y", ""]],
    [TaskId, ["F12-a1", "x"], ["../x", "", "-a", "a/b", "a".repeat(101)]],
    [Fingerprint, ["0".repeat(64)], ["0".repeat(63), "G".repeat(64)]],
    [Sha, ["a".repeat(40)], ["a".repeat(39), "A".repeat(40)]],
    [FindingId, [1, 12], [0, -1, 1.5, "1"]],
  ] as const)("%#", (schema, right, wrong) => {
    expect(right.filter((value) => !schema.safeParse(value).success)).toEqual([]);
    expect([...wrong].filter((value) => schema.safeParse(value).success)).toEqual([]);
  });
});

test("an actor is one word for the audit", () => {
  const person = (login: string | null, chatUser: string | null): Actor => ({
    kind: "person",
    login: login === null ? null : Login.parse(login),
    forge: null,
    chatUser: chatUser === null ? null : ChatUserId.parse(chatUser),
    name: "Alice",
    via: "console",
  });
  expect(
    [
      bot,
      { kind: "service", name: "api" } as const,
      person("alice", "U1"),
      person(null, "U1"),
      person(null, null),
    ].map(actorName),
  ).toEqual(["bot", "service:api", "github:alice", "slack:U1", "console:Alice"]);
});

describe("errors", () => {
  test("those for people are told apart from faults", () => {
    expect(new ForbiddenError("no") instanceof UserError).toBe(true);
    expect(new ConfigError(["a"]) instanceof UserError).toBe(true);
    expect(new Error("no") instanceof UserError).toBe(false);
  });

  test("settings' faults are all in the text", () => {
    expect(new ConfigError(["PORT: too high", "HOST: empty"]).message).toBe(
      "The settings have 2 fault(s):\n  - PORT: too high\n  - HOST: empty",
    );
  });

  test("whatever was thrown has a text", () => {
    expect([new Error("a"), "b", undefined].map(errorText)).toEqual(["a", "b", "undefined"]);
  });
});

describe("sleeping", () => {
  test("ends at once when it is called off, before or meanwhile", async () => {
    const ending = new AbortController();
    const slept = systemClock.sleep(3_600_000, ending.signal);
    ending.abort(new Error("stopping"));
    await expect(slept).rejects.toThrow("stopping");
    await expect(systemClock.sleep(3_600_000, ending.signal)).rejects.toThrow("stopping");
  });

  test("ends in time, and leaves nothing on the signal", async () => {
    const ending = new AbortController();
    await systemClock.sleep(1, ending.signal);
    ending.abort(new Error("stopping"));
  });
});

test("JSON that nests deeper than anything meant is none", () => {
  const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
  expect(fromJson(nested(200))).toBeArray();
  expect(fromJson(nested(201))).toBeNull();
  expect(fromJson(nested(1_000_000))).toBeNull();
  expect(fromJson("{")).toBeNull();
});

test("what no database keeps goes out of a value, and nothing else", () => {
  const value = { a: ["x\u0000y", { "k\u0000": "\ud83d" }, 1, null, true], b: "😀 \\u0000" };
  expect(storable(value)).toEqual({ a: ["xy", { k: "\ufffd" }, 1, null, true], b: "😀 \\u0000" });
  const plain = { text: "as it is", deep: [{ at: 1 }] };
  expect(storable(plain)).toBe(plain);
});
