import { describe, expect, test } from "bun:test";
import { STATES } from "../../../src/features/findings/model.ts";
import { introText, relayedToGitHub, relayedToSlack } from "../../../src/features/threads/messages.ts";
import { lookOf } from "../../../src/features/threads/states.ts";

test.each(["both", "to_slack", "off"] as const)("a thread's first message, relay %s", (relay) => {
  expect(introText(relay, "https://github.example/o/r/issues/1")).toMatchSnapshot();
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

describe("a GitHub comment in Slack", () => {
  test("says who wrote it, with its address, and calls nobody", () => {
    expect(relayedToSlack({ author: "bob", url: "https://g.h/c1", body: "**hi** <!channel> & you" })).toBe(
      ":speech_balloon: *bob* <https://g.h/c1|on GitHub>:\n*hi* &lt;!channel&gt; &amp; you",
    );
  });

  test("is cut where Slack would", () => {
    expect(
      relayedToSlack({ author: "bob", url: "https://g.h", body: "<".repeat(100_000) }).length,
    ).toBeLessThan(4000);
  });
});

test("every state has a look of its own, and held has another", () => {
  const looks = STATES.map((state) => lookOf({ state, heldAt: null }));
  expect(new Set(looks.map((look) => look.word)).size).toBe(STATES.length);
  const heldAt = new Date();
  expect(lookOf({ state: "merged", heldAt }).word).toBe("Held");
  expect(lookOf({ state: "open", heldAt })).toEqual(lookOf({ state: "open", heldAt: null }));
});
