import { ChildProduct } from "./child-product.ts";
import { seeded } from "./seeded.ts";
import { until } from "./until.ts";
import type { Harm } from "./whole-story.ts";
import type { World } from "./world.ts";

const SLACK_WRITES = ["chat.postMessage", "chat.update", "reactions.add", "reactions.remove"];
/** A step in which the product writes nothing is not waited for longer, ms. */
const QUIET_MS = 800;

/** Writes that reached GitHub and Slack so far. */
const writesOf = ({ playground: { github, slack } }: World): number =>
  github.requests().filter((request) => request.login === "flaky-bot" && request.method !== "GET").length +
  slack.calls.filter((call) => SLACK_WRITES.includes(call.method)).length;

/**
 * Kills the product in the middle of `kills` of `steps` steps: right after its n-th write since the step began, half of
 * the time with that write done and its answer lost; then it is started again.
 */
export function killer(world: World, options: { seed: number; kills: number; steps: number }): Harm {
  const random = seeded(options.seed);
  let [left, steps] = [options.kills, options.steps];
  return async () => {
    const hit = random() < left / Math.max(1, steps);
    steps -= 1;
    if (!hit || !(world.product instanceof ChildProduct)) return;
    left -= 1;
    const { github, slack } = world.playground;
    if (random() < 0.5) {
      github.faults.next({
        match: { method: "POST", path: /\/(issues|comments|pulls|labels)$/ },
        dropAfterCommit: true,
      });
      slack.faults.next({ method: "chat.postMessage", dropAfterCommit: true });
    }
    const enough = writesOf(world) + Math.floor(random() * 4);
    const end = performance.now() + QUIET_MS;
    await until("the n-th write", () => writesOf(world) >= enough || performance.now() > end);
    await world.product.kill();
    github.faults.clear();
    slack.faults.clear();
    await world.product.start();
  };
}
