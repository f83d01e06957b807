import { CHANNEL } from "../../src/playground/index.ts";
import { targetName } from "../../src/playground/target/index.ts";
import { until } from "./until.ts";
import type { World } from "./world.ts";

/** Called when a step's act is done; may do harm to the product before the step's end is waited for. */
export type Harm = (step: string) => Promise<void>;

/** A person looks again after this long, ms. */
const PATIENCE_MS = 6000;
/** A step takes a few seconds; on a busy machine many times that, ms. */
const STEP_MS = 180_000;
/** How many steps the story has. */
export const STEPS = 19;
const REMARK = "Please say in a comment why this wait is needed.";

/**
 * The whole story on the light target, told so that it also ends when the product is killed meanwhile: people act, and
 * each step's end is waited for at GitHub and Slack alone. Who clicked in vain clicks again.
 */
export async function tellWholeStory(world: World, harm: Harm): Promise<void> {
  const { playground, bob, carol, alice, ci } = world;
  const { github, slack } = playground;
  const step = async <T>(
    name: string,
    act: () => Promise<unknown>,
    seen: () => Promise<T | null | false>,
  ): Promise<T> => {
    await act();
    await harm(name);
    return until(name, seen, { withinMs: STEP_MS, open: () => world.product.lines.slice(-6).join("\n") });
  };
  const comments = (number: number) => alice.plainly.commentsOf(number);
  const cardSays = (words: string) => async () =>
    JSON.stringify(world.cardIfAny(1)?.blocks ?? []).includes(words);
  const threadSays = (words: string) => async () =>
    slack.thread(CHANNEL.id, world.cardIfAny(1)?.ts ?? "").some((message) => message.text.includes(words));
  /** Presses a button that is there. Where it still is after a while, the click was in vain. */
  const presses = async (button: string) => {
    if (await cardSays(button)()) await slack.click(bob.chatId, world.card(1).ts, button).catch(() => null);
  };
  const pressing = (button: string, seen: () => Promise<boolean>) => {
    let last = performance.now();
    return async () => {
      if (performance.now() - last > PATIENCE_MS) {
        last = performance.now();
        await presses(button);
      }
      return seen();
    };
  };

  await step(
    "a first flake",
    () => ci.fail("north", { pull: "glossary", author: "carol" }),
    async () => true,
  );
  await step(
    "its commit passes",
    () => ci.pass({ pull: "glossary" }),
    async () => true,
  );
  const issue = await step(
    "found: issue, card, analysis",
    () => ci.fail("north", { pull: "crates", author: "bob" }),
    async () => {
      if (world.cardIfAny(1) === null || !(await cardSays("Cause")())) return null;
      const number = (await world.finding(1).catch(() => null))?.issue ?? 0;
      return number > 0 && (await comments(number)).some((body) => body.includes("### Cause"))
        ? number
        : null;
    },
  );
  await step("the thread's link", async () => {}, threadSays("is mirrored, under your name"));
  await step(
    "Slack to GitHub",
    async () => void slack.say(bob.chatId, CHANNEL.id, "Twice this week.", { threadTs: world.card(1).ts }),
    async () => (await comments(issue)).some((body) => body.includes("Twice this week.")),
  );
  await step(
    "GitHub to Slack",
    () => carol.plainly.comments(issue, "I am for waiting.").then(() => github.idle()),
    threadSays("I am for waiting."),
  );
  await step(
    "approved",
    () => presses("finding.approve"),
    pressing("finding.approve", cardSays("Waits for review")),
  );
  const { pull } = await world.finding(1);
  await step("the thread tells of the pull request", async () => {}, threadSays("proven"));
  const asked = async () => (await world.everything()).includes("asked to review: alice");
  await step("a reviewer is asked", async () => {}, asked);
  await step("its checks pass", () => github.idle(), cardSays("checks passing"));
  await step(
    "a remark",
    () => alice.plainly.asksForChange(pull, REMARK).then(() => github.idle()),
    cardSays("finding.address"),
  );
  const before = await alice.plainly.headOf(pull);
  await step(
    "addressed",
    () => presses("finding.address"),
    pressing(
      "finding.address",
      async () => (await alice.plainly.headOf(pull)) !== before && (await threadSays("worked through")()),
    ),
  );
  await step("the reviewer is asked again", async () => {}, asked);
  await step("checks again", () => github.idle(), cardSays("checks passing"));
  await step(
    "approved in review",
    () => alice.plainly.approves(pull).then(() => github.idle()),
    threadSays("approved <"),
  );
  let commit = "";
  await step(
    "merged",
    async () => {
      commit = await alice.plainly.merges(pull);
      await github.idle();
    },
    threadSays("Merged as"),
  );
  await step(
    "deployed",
    () =>
      until("the deployment was taken", () =>
        world.deploys(commit).then(
          () => true,
          () => false,
        ),
      ),
    threadSays("Deployed to"),
  );
  await step(
    "held",
    () => ci.pass({ branch: "main" }),
    async () => {
      const runs = github.runs(targetName).length;
      return (
        runs > 0 &&
        (await threadSays("It held")()) &&
        (await comments(issue)).some((body) => body.includes("The fix held"))
      );
    },
  );
  await step(
    "closed",
    async () => {},
    async () => (await world.everything()).includes("closed: completed"),
  );
}
