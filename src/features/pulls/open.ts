import { z } from "zod";
import { type RepoConfig, repoConfig } from "../../config/index.ts";
import { bot } from "../../kernel/actor.ts";
import { FindingId, RepoName, Sha, TaskId } from "../../kernel/ids.ts";
import { escapeSlack } from "../../kernel/text/escape.ts";
import { count } from "../../platform/counters.ts";
import { sender } from "../../platform/outbox/sender.ts";
import { enqueueWrite } from "../../platform/outbox/store.ts";
import type { ForgePull } from "../../ports/forge.ts";
import type { Context } from "../context.ts";
import { wordsOf } from "../findings/kinds.ts";
import type { Finding } from "../findings/model.ts";
import { changeState } from "../findings/service.ts";
import { findingById } from "../findings/store.ts";
import { endTask } from "../fixes/end.ts";
import { parseDiff } from "../fixes/run/gates/index.ts";
import { moveTask, type Task, taskById } from "../fixes/store.ts";
import { changeLabels, LABELS } from "../issues/labels.ts";
import { withMark } from "../issues/marks.ts";
import { enqueueNote } from "../threads/notes.ts";
import { pullBody } from "./messages.ts";
import { type Publication, publicationOf } from "./publication.ts";
import { askReviewers } from "./reviewers.ts";
import { addPull } from "./store.ts";
import { fillTemplate, TEMPLATE_PATHS } from "./template.ts";

type Deps = Pick<Context, "db" | "queue" | "clock" | "config" | "forge">;

const Payload = z.object({
  finding: FindingId,
  task: TaskId,
  repo: RepoName,
  head: z.string(),
  branch: z.string(),
  sha: Sha,
  issue: z.int().nullable(),
  link: z.enum(["ref", "close"]),
});
type Payload = z.infer<typeof Payload>;

/** Decides to open the pull request of a pushed branch. */
export async function enqueuePull(
  deps: Deps,
  task: Task,
  finding: Finding,
  settings: RepoConfig,
  sha: Sha,
): Promise<void> {
  const owner = settings.push.split("/")[0] ?? "";
  const payload: Payload = {
    finding: finding.id,
    task: task.id,
    repo: settings.write,
    head: settings.push === settings.write ? task.branch : `${owner}:${task.branch}`,
    branch: task.branch,
    sha,
    issue: finding.issueNumber,
    link: settings.pull.link,
  };
  await enqueueWrite(deps.db, deps.clock, {
    destination: "github",
    lane: `${settings.write}#F${finding.id}`,
    kind: "pull.create",
    key: `pull:${task.id}`,
    payload,
    finding: finding.id,
  });
}

/** Opens a pull request; one that is open from the branch already is the one an interrupted send left. */
export const pullCreateSender = (deps: Deps) =>
  sender<Payload, ForgePull>({
    payload: Payload,
    async find({ repo, head, sha }) {
      const pulls = await deps.forge.pullsByHead(repo, head);
      return pulls.find((pull) => pull.state === "open" && pull.headSha === sha) ?? null;
    },
    async send({ repo, head, task: id, issue, link }, row) {
      const task = await taskById(deps.db, id);
      if (task === null || task.state !== "publishing") return null;
      const publication = publicationOf(task);
      const { defaultBranch } = await deps.forge.repository(repo);
      const body = await bodyOf(deps, repo, defaultBranch, publication, { issue, link });
      return deps.forge.createPull(repo, {
        title: publication.pr.title,
        body: withMark(body, row.key),
        head,
        base: defaultBranch,
        draft: repoConfig(deps.config, repo)?.pull.draft === true,
      });
    },
    async settled(tx, pull, { finding, task, repo, branch, sha, issue }) {
      const at = deps.clock.now();
      const done = await moveTask(tx, task, ["publishing"], { state: "done", headSha: sha });
      if (done === null) return;
      const { url, number } = pull;
      await addPull(tx, {
        findingId: finding,
        repo,
        number,
        taskId: task,
        url,
        branch,
        headSha: sha,
        state: "open",
        openedAt: at,
        updatedAt: at,
      });
      const changed = await changeState(deps, tx, {
        finding,
        from: ["fixing"],
        to: "pending_review",
        actor: bot,
        why: "pull request opened",
        detail: { pull: number, url },
        facts: { pullNumber: number },
      });
      await count(tx, "pr_created_total");
      await labelPull(deps, tx, finding, { repo, number }, publicationOf(done).labels);
      if (!pull.draft) await askReviewers(deps, tx, finding, { repo, number, key: task });
      await changeLabels(tx, deps.clock, finding, { remove: [LABELS.fixing] });
      await enqueueNote(tx, deps.clock, {
        finding,
        key: `pull:${task}:opened`,
        text: `:sparkles: ${wordsOf(changed ?? { kind: "flaky_test" }).ready}: <${url}|${escapeSlack(pull.title)}>`,
      });
      await deps.queue.send(tx, "pull.follow", { repo, pull: number }, { key: `${repo}/${number}` });
      if (issue !== null) await deps.queue.send(tx, "issue.sync", { finding }, { key: String(finding) });
    },
    async refused(tx, error, { finding: id, task: of, branch, sha }) {
      const [task, finding] = [await taskById(tx, of), await findingById(tx, id)];
      if (task?.state !== "publishing" || finding === null) return;
      const why = `the change is on the branch ${branch}, but its pull request could not be opened: ${error}`;
      await endTask({ ...deps, db: tx }, task, finding, { state: "failed", error: why, result: null });
      // the next fix may go on from what was pushed
      await moveTask(tx, of, ["failed"], { headSha: sha });
    },
  });

/** The repository's own template filled in, or our text where it has none. */
async function bodyOf(
  deps: Deps,
  repo: RepoName,
  branch: string,
  { pr, commitMessage, patch }: Publication,
  about: { issue: number | null; link: "ref" | "close" },
): Promise<string> {
  const wanted = repoConfig(deps.config, repo)?.pull.template ?? "auto";
  const paths = wanted === "auto" ? TEMPLATE_PATHS : wanted === "none" ? [] : [wanted];
  for (const path of paths) {
    const template = await deps.forge.file(repo, path, branch);
    if (template === null || template.trim() === "") continue;
    const changesTests = parseDiff(patch).files.some((file) => /test|spec/i.test(file.path));
    return fillTemplate(template, { ...about, body: pr.body, commitMessage, changesTests });
  }
  return pullBody(pr.body, about.issue, about.link);
}

/** Labels a pull request by what its task found risky; `round` is that of a later task. */
export async function labelPull(
  deps: Pick<Deps, "clock">,
  tx: Context["db"],
  finding: FindingId,
  { repo, number, round = null }: { repo: RepoName; number: number; round?: TaskId | null },
  risks: string[],
): Promise<void> {
  await enqueueWrite(tx, deps.clock, {
    destination: "github",
    lane: `${repo}#${number}`,
    kind: "issue.labels",
    key: `labels:pull:${repo}/${number}${round === null ? "" : `/${round}`}`,
    payload: { repo, number, add: [...new Set(["automated", "test", ...risks])], remove: [] },
    finding,
  });
}
