import { Someone } from "./actions.ts";
import type { Playground } from "./index.ts";
import { history, targetName } from "./target/index.ts";

/** Rounds of reruns: a person who presses the button on a red run, as people do. */
const RERUNS = 2;

/** Plays the target's history: commits and pull requests whose tests really run, and red runs that are run again. */
export async function playHistory(playground: Playground): Promise<void> {
  for (const change of history) {
    await new Someone(playground.github, change.author).contributes(change);
  }
  await playground.github.idle();
  for (let round = 0; round < RERUNS; round += 1) {
    for (const run of playground.github.runs(targetName)) {
      if (run.conclusion === "failure")
        playground.github.rerun(targetName, Number(run.id), { failedOnly: true });
    }
    await playground.github.idle();
  }
}
