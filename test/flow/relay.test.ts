import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { World } from "../harness/world.ts";

setDefaultTimeout(240_000);

const HOSTILE =
  "<!channel> @here <@U0ALICE> @alice fixes #1 <https://evil.test|harmless> <!-- flaky:begin Summary --> `a` & <b>b</b>";

let world: World;
let issue = 0;
beforeAll(async () => {
  world = await World.start({ worker: false });
  await world.ci.flake("north");
  issue = (await world.finding(1)).issue;
  await world.unheard();
});
afterAll(() => world.end());

test("what is said in the thread stands on the issue, under the person's name", async () => {
  await world.bob.says("It is the *slow* runner, see <https://example.com/a|this>.", { thread: 1 });
  expect(await world.said()).toMatchSnapshot();
});

test("what is said on the issue stands in the thread", async () => {
  await world.carol.comments(
    issue,
    "It is **not** the runner:\n\n- see `queue.ts`\n- see [that](https://example.com/b)",
  );
  expect(await world.said()).toMatchSnapshot();
});

test("a message that begins with // stays in Slack", async () => {
  await world.bob.says("// between us: I have no idea", { thread: 1 });
  expect(await world.said()).toBe("");
});

test("a reply that is also sent to the channel is said once", async () => {
  await world.bob.says("All should know: it is the *queue*.", { thread: 1, alsoInChannel: true });
  expect(await world.said()).toMatchSnapshot();
  await world.sweeps();
  expect(await world.said()).toBe("");
});

test("what is said outside of a thread is nobody's business", async () => {
  await world.bob.says("Lunch?");
  expect(await world.said()).toBe("");
});

test("each kind of formatting arrives as the other side has it", async () => {
  await world.bob.says(
    "*Bold*, _italic_, ~gone~, `a < b`\n• one\n    ◦ two\n1. first\n> quoted\n```x = 2*3*4```\n" +
      "See https://example.test/a_b :thinking_face:, HEAD~1..HEAD~3 and __init__.py",
    { thread: 1 },
  );
  expect(await world.said()).toMatchSnapshot("from Slack");
  await world.carol.comments(
    issue,
    "## Title\n**Bold**, *italic*, ~~gone~~, `a < b`\n- one\n  - [x] two\n1. first\n\n> quoted\n\n```go\nx := 2*3*4\n```\n" +
      "| a | b |\n|---|---|\n| 1 | 2 |\n\n![shot](https://example.test/i.png) [the log](https://example.test/a_b) :thinking:\n\n" +
      "<details><summary>More</summary>\n\n    indented <code>\n\n</details>",
  );
  expect(await world.said()).toMatchSnapshot("from GitHub");
});

test("hostile text calls nobody and closes nothing", async () => {
  await world.dave.says(HOSTILE, { thread: 1 });
  expect(await world.said()).toMatchSnapshot("from Slack");
  await world.erin.comments(issue, HOSTILE);
  expect(await world.said()).toMatchSnapshot("from GitHub");
});

test("signs that no database keeps, and breaks of lines that only some know, lose no words", async () => {
  await world.erin.comments(issue, "one\u0000 two\ud83d\u2028three");
  expect(await world.said()).toContain("one two\ufffd\nthree");
  await world.dave.says("four\u0000 five\u2028six", { thread: 1 });
  expect(await world.said()).toContain("four five\nsix");
});

test("an order to a bot that is relayed or quoted is obeyed by none, ours included", async () => {
  await world.bob.says("Fine.\n/lgtm\n/flaky approve\n```\n/flaky approve\n@dependabot merge\n```", {
    thread: 1,
  });
  expect(await world.said()).toMatchSnapshot("from Slack");
  await world.bob.comments(
    issue,
    "> /flaky approve\n\n~~~\n/flaky approve\n~~~\nAs `/flaky approve` said.\n/retest",
  );
  expect(await world.said()).toMatchSnapshot("from GitHub");
  expect((await world.finding(1)).state).toBe("open");
});

test("deliveries that come twice are said once", async () => {
  const { github, slack } = world.playground;
  github.webhooks.duplicate = true;
  await world.carol.comments(issue, "Only once, please.");
  github.webhooks.duplicate = false;
  expect(await world.said()).toMatchSnapshot("GitHub");
  await world.bob.says("Me too.", { thread: 1 });
  expect(await world.said()).toMatchSnapshot("Slack");
  const event = slack.deliveries.findLast((delivery) => delivery.kind === "event")?.eventId ?? "";
  expect(await slack.redeliver(event)).toBe(200);
  expect(await world.said()).toBe("");
});
