import { repoConfig } from "../config/index.ts";
import type { Context } from "../features/context.ts";
import { scanRun, scanSweep } from "../features/failures/scan.ts";
import { dropTask, planTask } from "../features/fixes/plan.ts";
import { assess } from "../features/flakes/assess.ts";
import { classify } from "../features/flakes/opinion.ts";
import { analyse } from "../features/issues/analyse.ts";
import { syncIssue } from "../features/issues/sync.ts";
import { matchDeployment } from "../features/pulls/deployed.ts";
import { followPull } from "../features/pulls/follow.ts";
import { checkHold, sweepHolds } from "../features/pulls/hold.ts";
import { publish } from "../features/pulls/publish.ts";
import { refreshCard } from "../features/threads/cards.ts";
import { DAY } from "../kernel/clock.ts";
import type { Handlers } from "../platform/queue.ts";
import { handleDelivery } from "./deliveries.ts";
import type { InboxReceiver } from "./slack/receiver.ts";
import { sweep } from "./sweep.ts";

/** The arrows between the stages: which job is whose. Nothing else leads from an earlier stage to a later one. */
export function handlers(deps: Context & { workDir: string }, slack: InboxReceiver): Handlers {
  return {
    "inbox.handle": ({ id }) => handleDelivery(deps, slack, id),
    "scan.run": ({ repo, run }) => scanRun(deps, repo, run),
    "scan.sweep": async ({ repo, since }) => {
      const from = since === null ? new Date(deps.clock.now().getTime() - 7 * DAY) : new Date(since);
      const settings = repoConfig(deps.config, repo);
      if (settings !== undefined) await scanSweep(deps, repo, settings, from);
    },
    "flakes.assess": ({ repo, fingerprints }) => assess(deps, repo, fingerprints),
    "flakes.classify": ({ finding }) => classify(deps, finding),
    "issue.sync": ({ finding }) => syncIssue(deps, finding),
    "issue.analyse": ({ finding }) => analyse(deps, finding),
    "card.refresh": ({ finding }) => refreshCard(deps, finding),
    "task.plan": ({ finding }) => planTask(deps, finding),
    "task.drop": ({ finding }) => dropTask(deps, finding),
    "task.publish": ({ task, attempt }) => publish(deps, task, attempt),
    "pull.follow": ({ repo, pull }) => followPull(deps, repo, pull),
    "deployment.match": ({ deployment }) => matchDeployment(deps, deployment),
    "hold.check": ({ finding }) => checkHold(deps, finding),
    "hold.sweep": ({ repo }) => sweepHolds(deps, repo),
    sweep: () => sweep(deps),
  };
}
