import { describe, expect, test } from "bun:test";
import { STATES, type State } from "../../../src/features/findings/model.ts";
import type { CardView } from "../../../src/features/insights/card-view.ts";
import { cardMessage } from "../../../src/features/threads/card.ts";
import { checkBlocks } from "../../../src/playground/slack/blocks/check.ts";
import { Ids } from "../../../src/playground/slack/ids.ts";
import { clampMessage } from "../../../src/ports/chat-limits.ts";
import { sample } from "../findings/sample.ts";
import { stoppedClock } from "../outbound/support.ts";

const CONSOLE = { console: "https://flaky.example" };
const ISSUE = {
  number: 101,
  url: "https://github.example/acme/shop/issues/101",
  analysis: "### Cause\n\nThe watcher reads `leader` **before** the transfer is applied.\n\n### More\n\ntext",
};
const PULL = {
  number: 7,
  url: "https://github.example/acme/shop/pull/7",
  state: "open",
  checks: "passed",
  review: "changes_requested",
  openComments: 0,
  redByNew: false,
  conflicting: false,
};
const TASK = {
  id: "F12-a1",
  kind: "fix",
  state: "running",
  phase: "VALIDATE",
  detail: "runs after the change",
  done: 12,
  total: 40,
  error: null,
};
const PROOF = { before: { runs: 12, failures: 4 }, after: { runs: 40, failures: 0 } };

const view = (state: State, more: Partial<CardView> = {}): CardView => ({
  finding: sample({ state }),
  sightings: 5,
  independent: 3,
  environments: [],
  issue: ISSUE,
  approvedBy: null,
  dismissed: null,
  task: null,
  proof: null,
  pull: null,
  ...more,
});

/** A card in each state of a finding's life, and what else there is to tell. */
const CARDS: Record<string, CardView> = {
  new: view("new", { issue: null }),
  open: view("open"),
  "open, without an analysis": view("open", { issue: { ...ISSUE, analysis: null } }),
  "open and muted": view("open", {
    finding: sample({ mutedUntil: new Date("2026-03-20T00:00:00Z") }),
  }),
  approved: view("approved", { approvedBy: "alice" }),
  fixing: view("fixing", { approvedBy: "alice", task: TASK }),
  "fixing, not begun": view("fixing", {
    task: { ...TASK, phase: null, detail: null, done: null, total: null },
  }),
  failed: view("failed", {
    task: { ...TASK, state: "failed", error: "It did not fail in 60 runs.\nat line 2" },
  }),
  pending_review: view("pending_review", { task: { ...TASK, state: "done" }, proof: PROOF, pull: PULL }),
  "pending_review, with comments": view("pending_review", {
    task: { ...TASK, state: "done" },
    proof: PROOF,
    pull: { ...PULL, checks: "none", review: "none", openComments: 2 },
  }),
  "pending_review, red by something new": view("pending_review", {
    task: { ...TASK, state: "done" },
    pull: { ...PULL, checks: "failing", redByNew: true },
  }),
  "pending_review, being addressed": view("pending_review", {
    task: { ...TASK, kind: "address", phase: "GENERATE", done: null },
    proof: PROOF,
    pull: PULL,
  }),
  merged: view("merged", { proof: PROOF, pull: { ...PULL, state: "merged" } }),
  "deployed and held": view("deployed", {
    finding: sample({ state: "deployed", heldAt: new Date("2026-04-01T00:00:00Z") }),
    proof: { ...PROOF, after: { runs: 40, failures: 1 } },
    pull: { ...PULL, state: "merged" },
  }),
  deployed: view("deployed", { pull: { ...PULL, state: "merged" } }),
  dismissed: view("dismissed", { dismissed: { by: "carol", why: "The test <b>is</b> right.\nMore." } }),
  "dismissed long ago": view("dismissed"),
  "open, with owners": view("open", {
    finding: sample({ owners: ["acme/storage", "alice", "<!channel>", "dave", "erin"] }),
  }),
};

test.each(Object.keys(CARDS))("%s", (name) => {
  const card = CARDS[name];
  if (card === undefined) throw new Error(`no card ${name}`);
  expect(cardMessage(card, CONSOLE)).toMatchSnapshot();
});

test("no state is without a card", () => {
  const shown = new Set(Object.values(CARDS).map((card) => card.finding.state));
  expect([...shown].sort()).toEqual([...STATES].sort());
});

test("in review it says whose turn it is", () => {
  const word = (more: Partial<typeof PULL>, task: CardView["task"] = null) =>
    cardMessage(view("pending_review", { task, pull: { ...PULL, ...more } }), CONSOLE).text.split(":")[0];
  const address = { ...TASK, kind: "address" };
  expect(word({ review: "none" })).toBe("Waits for review");
  expect(word({ review: "approved" })).toBe("Approved, waits to be merged");
  expect(word({ review: "approved", checks: "failing" })).toBe("Waits for review");
  expect(word({ openComments: 2, conflicting: true, redByNew: true })).toBe("Review remarks to address");
  expect(word({ conflicting: true, redByNew: true })).toBe("Conflict to resolve");
  expect(word({ redByNew: true })).toBe("Red checks to address");
  expect(word({ openComments: 2 }, address)).toBe("Fix being reworked");
  expect(word({ openComments: 2 }, { ...address, state: "cancelled" })).toBe("Review remarks to address");
});

describe("buttons", () => {
  const buttons = (card: CardView) => {
    const actions = cardMessage(card, CONSOLE).blocks?.find((block) => block.type === "actions");
    return actions?.type === "actions" ? actions.elements : [];
  };

  test("name the finding, and a command each", () => {
    for (const card of Object.values(CARDS)) {
      for (const button of buttons(card)) expect(button).toMatchObject({ type: "button", value: "F12" });
    }
  });

  test("and what else only counts while something is to be decided is gone once it is", () => {
    const more = { owners: ["alice"], mutedUntil: new Date("2026-03-20T00:00:00Z") };
    for (const state of ["merged", "deployed", "dismissed"] as const) {
      const card = view(state, { finding: sample({ state, ...more }) });
      expect(buttons(card)).toEqual([]);
      expect(JSON.stringify(cardMessage(card, CONSOLE))).not.toMatch(/Owners|muted until/);
    }
  });

  test("approve is there only where a yes is waited for", () => {
    const approvable = STATES.filter((state) =>
      JSON.stringify(buttons(view(state))).includes("finding.approve"),
    );
    expect(approvable).toEqual(["open"]);
  });
});

test("Slack takes the card of each state, whatever the test is called, and nothing in it is torn", () => {
  for (const sign of ["&", "<", "🧑🏽‍🚀", "👨‍👩‍👧‍👦<b>", "`*_~&lt;", "مرحبا "]) {
    const evil = sign.repeat(3000);
    const finding = {
      ...{ test: evil, package: evil, file: evil, signature: evil, owners: [evil, evil, evil, evil] },
      reasons: Array.from({ length: 30 }, () => ({ rule: "r", text: evil })),
    };
    for (const state of STATES) {
      const over = {
        finding: sample({ ...finding, state }),
        issue: { ...ISSUE, analysis: `### Cause\n\n${evil}` },
      };
      const message = clampMessage(cardMessage(view(state, over), CONSOLE));
      checkBlocks(structuredClone(message.blocks), "message", new Ids(stoppedClock(), Math.random));
      const text = JSON.stringify(message);
      expect(text).not.toMatch(/\\ud[89ab][\da-f]{2}/i);
      expect(text).not.toMatch(/&(?!amp;|lt;|gt;)/);
    }
  }
});

test("hostile text has no force, and much of it still fits", () => {
  const evil = "<!channel> <https://evil|bank> `x` & @here ".repeat(200);
  const card = cardMessage(
    view("open", {
      finding: sample({
        test: evil,
        package: evil,
        file: evil,
        signature: evil,
        reasons: Array.from({ length: 30 }, () => ({ rule: "r", text: evil })),
      }),
      issue: { ...ISSUE, analysis: `### Cause\n\n${evil}` },
    }),
    CONSOLE,
  );
  const text = JSON.stringify(card);
  expect(text).not.toContain("<!channel>");
  expect(text).not.toContain("<https://evil");
  expect(text.length).toBeLessThan(13_000);
  for (const block of card.blocks ?? []) {
    if (block.type === "section") expect(block.text?.text.length ?? 0).toBeLessThanOrEqual(3000);
  }
});
