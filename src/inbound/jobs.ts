import { repoConfig } from "../config/index.ts";
import { checkLink } from "../features/approvals/link.ts";
import type { Context } from "../features/context.ts";
import { readRun, scanSweep } from "../features/failures/sweep.ts";
import { closeNode } from "../features/fixes/nodes/close.ts";
import { dispatchTask } from "../features/fixes/nodes/dispatch.ts";
import { dropTask, planTask } from "../features/fixes/plan.ts";
import { assess } from "../features/flakes/assess.ts";
import { classify } from "../features/flakes/opinion.ts";
import { analyse } from "../features/issues/analyse.ts";
import { fileWaiting } from "../features/issues/file.ts";
import { syncIssue } from "../features/issues/sync.ts";
import { noticePull } from "../features/pipelines/notice.ts";
import { matchDeployment } from "../features/pulls/deployed.ts";
import { followPull } from "../features/pulls/follow.ts";
import { checkHold, sweepHolds } from "../features/pulls/hold.ts";
import { publish } from "../features/pulls/publish.ts";
import { refreshCard } from "../features/threads/cards.ts";
import { refreshDigests } from "../features/threads/digest.ts";
import { answerQuestion } from "../features/threads/discuss/answer.ts";
import { nudgeQuiet } from "../features/threads/nudge.ts";
import { DAY } from "../kernel/clock.ts";
import type { Handlers } from "../platform/queue.ts";
import { handleDelivery } from "./deliveries.ts";
import { TELLERS } from "./digests.ts";
import type { InboxReceiver } from "./slack/receiver.ts";
import { sweep } from "./sweep.ts";

/** The arrows between the stages: which job is whose. Nothing else leads from an earlier stage to a later one. */
export function handlers(deps: Context & { workDir: string }, slack: InboxReceiver): Handlers {
  return {
    "inbox.handle": ({ id }) => handleDelivery(deps, slack, id),
    "scan.run": ({ repo, run, address, scan }) =>
      readRun(deps, repo, { id: run, address: address ?? null }, scan ?? null),
    "scan.sweep": async ({ repo, since, scan }) => {
      const from = since === null ? new Date(deps.clock.now().getTime() - 7 * DAY) : new Date(since);
      const settings = repoConfig(deps.config, repo);
      if (settings !== undefined) await scanSweep(deps, repo, settings, from, scan ?? null);
    },
    "flakes.assess": ({ repo, fingerprints, pull }) => assess(deps, repo, fingerprints, pull ?? null),
    "flakes.classify": ({ finding }) => classify(deps, finding),
    "issue.sync": ({ finding }) => syncIssue(deps, finding),
    "issue.file": ({ waited }) => fileWaiting(deps, waited),
    "issue.digest": () => refreshDigests(deps, TELLERS),
    "issue.analyse": ({ finding }) => analyse(deps, finding),
    "card.refresh": ({ finding }) => refreshCard(deps, finding),
    "question.answer": ({ question }) => answerQuestion(deps, question),
    "thread.nudge": () => nudgeQuiet(deps),
    "task.plan": ({ finding }) => planTask(deps, finding),
    "task.drop": ({ finding }) => dropTask(deps, finding),
    "task.dispatch": ({ task }) => dispatchTask(deps, task),
    "node.close": ({ task, attempt }) => closeNode(deps, task, attempt),
    "task.publish": ({ task, attempt }) => publish(deps, task, attempt),
    "pull.follow": ({ repo, pull }) => followPull(deps, repo, pull),
    "link.check": (link) => checkLink(deps, link),
    "pull.notice": (notice) => noticePull(deps, notice),
    "deployment.match": ({ deployment }) => matchDeployment(deps, deployment),
    "hold.check": ({ finding }) => checkHold(deps, finding),
    "hold.sweep": ({ repo }) => sweepHolds(deps, repo),
    sweep: () => sweep(deps),
  };
}
