import { z } from "zod";
import { bot } from "../../kernel/actor.ts";
import { FindingId, PullNumber, RepoName, type Sha } from "../../kernel/ids.ts";
import { record } from "../../platform/audit.ts";
import { sender } from "../../platform/outbox/sender.ts";
import { enqueueWrite } from "../../platform/outbox/store.ts";
import type { ForgeComment } from "../../ports/forge.ts";
import type { Context } from "../context.ts";
import { type Finding, nameOf } from "../findings/model.ts";
import { refreshCard } from "../findings/service.ts";
import { moveTask, type Task } from "../fixes/store.ts";
import { enqueueComment, noteSenderKind } from "../issues/comments.ts";
import { changeLabels, LABELS } from "../issues/labels.ts";
import { findComment, mark, withMark } from "../issues/marks.ts";
import { enqueueNote } from "../threads/notes.ts";
import { replyText } from "./messages.ts";
import { labelPull } from "./open.ts";
import type { Publication } from "./publication.ts";
import { askReviewers } from "./reviewers.ts";
import {
  isOfChecks,
  isOfConflict,
  markAnswered,
  type Pull,
  type Remark,
  remarksOfTask,
  updatePull,
} from "./store.ts";

type Deps = Pick<Context, "db" | "queue" | "clock" | "config" | "forge">;

/** Ends a round on a review: the new commit is on the branch, each remark gets its answer where it stands. */
export async function finishRound(
  deps: Deps,
  task: Task,
  finding: Finding,
  pull: Pull,
  made: { head: Sha; publication: Publication; answersOnly: boolean; moved: boolean },
): Promise<void> {
  const { head, publication, answersOnly, moved } = made;
  const at = deps.clock.now();
  const remarks = await remarksOfTask(deps.db, task.id);
  await deps.db.transaction(async (tx) => {
    const done = await moveTask(tx, task.id, ["publishing"], { state: "done", headSha: head });
    if (done === null) return;
    await updatePull(tx, pull, { headSha: head, rounds: pull.rounds + 1, checks: "pending", updatedAt: at });
    for (const remark of remarks.filter((one) => !isOfChecks(one))) {
      const said = publication.replies.find((reply) => reply.commentId === remark.id)?.text;
      await enqueueReply(deps, tx, pull, remark, replyText(said ?? "Taken up in this round.", head));
    }
    const { repo, number } = pull;
    if (moved) await labelPull(deps, tx, finding.id, { repo, number, round: task.id }, publication.labels);
    await markAnswered(tx, task.id, at);
    await askReviewers(deps, tx, finding.id, { repo: pull.repo, number: pull.number, key: task.id });
    const detail = { task: task.id, head, remarks: remarks.length };
    await record(tx, { at, actor: bot, action: "pull.round", finding: finding.id, detail });
    await refreshCard(deps, tx, finding.id);
    if (answersOnly && pull.review === "changes_requested")
      await askMaintainer(deps, tx, task, finding, pull);
    else if (pull.review === "changes_requested" || moved)
      await changeLabels(tx, deps.clock, finding.id, { remove: [LABELS.blocked] });
    await enqueueNote(tx, deps.clock, {
      finding: finding.id,
      key: `round:${task.id}`,
      text: answersOnly
        ? `:speech_balloon: The remarks on <${pull.url}|#${pull.number}> are answered; nothing was changed.`
        : moved
          ? `:arrows_counterclockwise: <${pull.url}|#${pull.number}> is on the newest commit of its base, proven again: one commit, \`${head.slice(0, 10)}\`.`
          : `:arrows_counterclockwise: The remarks are worked through, one commit: <${pull.url}|#${pull.number}> is at \`${head.slice(0, 10)}\`.`,
    });
    await deps.queue.send(
      tx,
      "pull.follow",
      { repo: pull.repo, pull: pull.number },
      { key: `${pull.repo}/${pull.number}` },
    );
  });
}

/** The reviewer wants a change and the fixer has reasons against it: no further round settles that, a person does. */
async function askMaintainer(
  deps: Deps,
  tx: Context["db"],
  task: Task,
  finding: Finding,
  pull: Pull,
): Promise<void> {
  await changeLabels(tx, deps.clock, finding.id, { add: [LABELS.blocked] });
  await enqueueNote(tx, deps.clock, {
    finding: finding.id,
    key: `disagree:${task.id}`,
    text: `:scales: On <${pull.url}|#${pull.number}> a reviewer asks for changes, and I answered with reasons instead of a change. A maintainer should decide: take the pull request as it is, say what to do with \`address ${nameOf(finding)} …\`, or close it.`,
  });
}

async function enqueueReply(
  deps: Deps,
  tx: Context["db"],
  pull: Pull,
  remark: Remark,
  body: string,
): Promise<void> {
  const key = `reply:${pull.repo}:${remark.source}`;
  // nobody said it, so nobody is called
  const to = isOfConflict(remark) ? "" : `@${remark.author} `;
  const inline = /^inline\/(\d+)$/.exec(remark.source)?.[1];
  const place = { repo: pull.repo, number: pull.number, finding: pull.findingId };
  if (inline === undefined) {
    await enqueueComment(tx, deps.clock, {
      ...place,
      kind: noteSenderKind,
      key,
      body: `${to}${body}`,
    });
    return;
  }
  await enqueueWrite(tx, deps.clock, {
    destination: "github",
    lane: `${pull.repo}#${pull.number}`,
    kind: "pull.reply",
    key,
    payload: { ...place, comment: Number(inline), body },
    finding: pull.findingId,
  });
}

const Reply = z.object({
  repo: RepoName,
  number: PullNumber,
  comment: z.int(),
  body: z.string(),
  finding: FindingId,
});

/** Answers a remark in its own thread. */
export const replySender = (deps: Deps) =>
  sender<z.infer<typeof Reply>, ForgeComment>({
    payload: Reply,
    async find({ repo, number }, row) {
      const me = await deps.forge.whoAmI(repo);
      const remarks = await deps.forge.reviewComments(repo, number);
      const found = remarks.find((comment) => comment.author === me && comment.body.includes(mark(row.key)));
      return found ?? findComment(deps.forge, repo, number, row.key, row.createdAt);
    },
    send: ({ repo, number, comment, body }, row) =>
      deps.forge.replyToReview(repo, number, comment, withMark(body, row.key)),
  });
