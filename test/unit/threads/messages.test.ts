import { describe, expect, test } from "bun:test";
import { STATES } from "../../../src/features/findings/model.ts";
import { introText, relayedToGitHub, relayedToSlack } from "../../../src/features/threads/messages.ts";
import { lookOf } from "../../../src/features/threads/states.ts";

const MIRROR = { url: "https://github.example/o/r/issues/1", repo: "o/r", visibility: "public" } as const;

test.each(["both", "to_slack", "off"] as const)("a thread's first message, relay %s", (relay) => {
  expect(introText(relay, MIRROR)).toMatchSnapshot();
});

test("it says who can read the issue, as far as GitHub told", () => {
  expect(introText("both", MIRROR)).toContain("|the issue> on o/r, which is public;");
  expect(introText("both", { ...MIRROR, visibility: "private" })).toContain("on o/r, which is private;");
  expect(introText("both", { ...MIRROR, visibility: "internal" })).toContain("your whole company may read;");
  const unknown = introText("both", { ...MIRROR, visibility: null });
  expect(unknown).toContain("on o/r; comments");
  expect(unknown).not.toMatch(/public|private/);
});

test("it does not name what people cannot type there", () => {
  for (const relay of ["both", "to_slack", "off"] as const)
    expect(introText(relay, null)).not.toContain("/flaky");
});

describe("a Slack message on GitHub", () => {
  const said = {
    name: "Alice",
    login: "alice",
    text: "*look* at <https://a.b|this>",
    permalink: "https://s.l/p1",
  };

  test("says who said it, and where", () => {
    expect(relayedToGitHub(said)).toBe(
      "**Alice (@\u200balice)** in [Slack](https://s.l/p1):\n\n**look** at [this](https://a.b)",
    );
    expect(relayedToGitHub({ ...said, login: null })).toStartWith("**Alice** in [Slack]");
  });

  test("mentions nobody, closes nothing and forges no mark", () => {
    const text = relayedToGitHub({
      ...said,
      name: "@team #1",
      text: "@bob closes #12 &lt;!-- flaky:begin Summary --&gt;",
    });
    expect(text).not.toMatch(/@(bob|team)|#\d|<!--/);
  });

  test("is cut where GitHub would refuse it", () => {
    expect(relayedToGitHub({ ...said, text: "x".repeat(100_000) }).length).toBeLessThan(65_536);
  });
});

describe("a comment in Slack", () => {
  const comment = { author: "bob", url: "https://g.h/c1", forge: "Gitea" };

  test("says who wrote it, with its address, and calls nobody", () => {
    expect(relayedToSlack({ ...comment, body: "**hi** <!channel> & you" })).toEqual([
      ":speech_balloon: *bob* <https://g.h/c1|on Gitea>:\n*hi* &lt;!channel&gt; &amp; you",
    ]);
  });

  test("is several messages where it is long, each with its author, none that Slack would not edit", () => {
    const body = Array.from({ length: 40 }, (_, at) => `Paragraph ${at}. ${"word ".repeat(50)}`).join("\n\n");
    const parts = relayedToSlack({ ...comment, body });
    expect(parts.length).toBe(3);
    for (const part of parts) {
      expect(part).toStartWith(":speech_balloon: *bob*");
      expect(part.length).toBeLessThanOrEqual(3900);
    }
    const said = parts.map((part) => part.slice(part.indexOf("\n") + 1)).join("\n\n");
    expect(said.replace(/\s+/g, " ")).toBe(body.replace(/\s+/g, " ").trim());
  });

  test("ends with where the rest is, when there is very much of it", () => {
    const parts = relayedToSlack({ ...comment, body: "<".repeat(65_536) });
    expect(parts.length).toBe(6);
    expect(parts.at(-1)).toEndWith("… <https://g.h/c1|the rest is on Gitea>");
    for (const part of parts) expect(part.length).toBeLessThanOrEqual(3900);
  });
});

test("every state has a look of its own, and held has another", () => {
  const looks = STATES.map((state) => lookOf({ state, heldAt: null }));
  expect(new Set(looks.map((look) => look.word)).size).toBe(STATES.length);
  const heldAt = new Date();
  expect(lookOf({ state: "merged", heldAt }).word).toBe("Held");
  expect(lookOf({ state: "open", heldAt })).toEqual(lookOf({ state: "open", heldAt: null }));
});
