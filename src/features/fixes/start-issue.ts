import { createHash } from "node:crypto";
import { repoConfig } from "../../config/index.ts";
import { type Actor, actorName } from "../../kernel/actor.ts";
import { DAY } from "../../kernel/clock.ts";
import { NotFoundError, UserError } from "../../kernel/errors.ts";
import { Fingerprint, type IssueNumber, type RepoName } from "../../kernel/ids.ts";
import { clamp } from "../../kernel/text/clamp.ts";
import { redact } from "../../kernel/text/redact.ts";
import { requireLogin } from "../approvals/people.ts";
import { addApproval } from "../approvals/store.ts";
import type { Context } from "../context.ts";
import { type Finding, nameOf } from "../findings/model.ts";
import { resolveFinding } from "../findings/resolve.ts";
import { changeState, createFinding } from "../findings/service.ts";
import { addIssue } from "../issues/store.ts";

type Deps = Pick<Context, "db" | "queue" | "clock" | "config" | "forge">;

/**
 * Starts any issue as a task for somebody who may; an issue that is no finding yet becomes one.
 * @throws UserError when it is at work already, NotFoundError for an unknown repository or issue.
 */
export async function startIssue(
  deps: Deps,
  ask: { repo: RepoName; issue: IssueNumber; actor: Actor; note: string | null },
): Promise<Finding> {
  const known = await resolveFinding(deps.db, { kind: "number", number: ask.issue, repo: ask.repo }, []);
  const finding = known ?? (await adoptIssue(deps, ask));
  const at = deps.clock.now();
  await deps.db.transaction(async (tx) => {
    const by = { actor: ask.actor, why: "started as a task" };
    const changed = await changeState(deps, tx, {
      finding: finding.id,
      from: ["open", "failed"],
      to: "approved",
      ...by,
    });
    if (changed === null)
      throw new UserError(`${nameOf(finding)} is ${finding.state}: it cannot be started now.`);
    await addApproval(tx, {
      findingId: finding.id,
      login: ask.actor.kind === "person" ? requireLogin(ask.actor) : actorName(ask.actor),
      via: ask.actor.kind === "person" ? ask.actor.via : "api",
      analysisVersion: 0,
      anyway: true,
      note: ask.note,
      at,
      expiresAt: new Date(at.getTime() + deps.config.file.limits.approval_days * DAY),
    });
    await deps.queue.send(tx, "task.plan", { finding: finding.id }, { key: String(finding.id) });
  });
  return finding;
}

async function adoptIssue(
  deps: Deps,
  ask: { repo: RepoName; issue: IssueNumber; actor: Actor },
): Promise<Finding> {
  const settings = repoConfig(deps.config, ask.repo);
  if (settings === undefined) throw new NotFoundError(`${ask.repo} is no repository of flaky.yaml.`);
  const issue = await deps.forge.issue(settings.write, ask.issue);
  if (issue.isPull) throw new NotFoundError(`#${ask.issue} is a pull request, not an issue.`);
  const at = deps.clock.now();
  const digest = createHash("sha256").update(`${settings.source}|issue|${ask.issue}`).digest("hex");
  return deps.db.transaction(async (tx) => {
    const values = {
      kind: "issue" as const,
      repo: settings.source,
      test: redact(clamp(issue.title, 300)),
      framework: "issue",
      signature: redact(clamp(issue.body, 8000)),
      class: "unknown" as const,
      confidence: 0,
      reasons: [],
      issueNumber: ask.issue,
      firstSeen: at,
      lastSeen: at,
    };
    const made = await createFinding(deps, tx, values, Fingerprint.parse(digest));
    // the analysis of a flake is not asked for: version 1 says there is nothing to add
    const row = { findingId: made.id, repo: settings.write, number: ask.issue, url: issue.url, openedAt: at };
    await addIssue(tx, { ...row, analysisVersion: 1 });
    const by = { actor: ask.actor, why: "an issue was started as a task" };
    const open = await changeState(deps, tx, { finding: made.id, from: ["new"], to: "open", ...by });
    return open ?? made;
  });
}
