import { eq } from "drizzle-orm";
import { pulls } from "../../../db/schema.ts";
import { repoConfig } from "../../config/index.ts";
import type { Context } from "../../features/context.ts";
import { countsBranch } from "../../features/failures/listing.ts";
import { addressOf } from "../../features/failures/sweep.ts";
import { pullByNumber } from "../../features/pulls/store.ts";
import { PullNumber, type RepoName, RepoName as RepoNames } from "../../kernel/ids.ts";
import type { CommitMark } from "../../ports/ci.ts";
import { onComment } from "./comment.ts";
import { onIssue } from "./issue.ts";
import type { Payload, PayloadKind } from "./payloads.ts";
import { concerns, isKind, readPayload } from "./worth.ts";

type Handlers = { [K in PayloadKind]: (deps: Context, payload: Payload<K>) => Promise<void> };

const HANDLERS: Handlers = {
  workflow_run: onRun,
  issues: onIssue,
  issue_comment: onComment,
  pull_request: (deps, { repository, pull_request }) =>
    follow(deps, repository.full_name, pull_request.number),
  pull_request_review: (deps, { repository, pull_request }) =>
    follow(deps, repository.full_name, pull_request.number),
  pull_request_review_comment: (deps, { repository, pull_request }) =>
    follow(deps, repository.full_name, pull_request.number),
  async check_run(deps, { action, repository, check_run: { head_sha: sha, name, details_url } }) {
    if (action === "completed")
      await readMarked(deps, repository.full_name, { sha, name, url: details_url ?? "" });
    await followHead(deps, sha);
  },
  async status(deps, { repository, sha, context: name, state, target_url }) {
    if (state !== "pending")
      await readMarked(deps, repository.full_name, { sha, name, url: target_url ?? "" });
    await followHead(deps, sha);
  },
};

/** Works on a stored webhook in GitHub's form. Kinds that nothing is made of, and other forms, are let be. */
export async function handleForge(deps: Context, kind: string, payload: unknown): Promise<void> {
  if (isKind(kind)) await handleKind(deps, kind, payload);
}

async function handleKind<K extends PayloadKind>(deps: Context, kind: K, payload: unknown): Promise<void> {
  const read = readPayload(kind, payload);
  if ("faults" in read) {
    deps.log.warn({ kind, faults: read.faults }, "a webhook does not have its form");
    return;
  }
  if (concerns(deps.config, kind, read.payload)) await HANDLERS[kind](deps, read.payload);
}

async function onRun(deps: Context, payload: Payload<"workflow_run">): Promise<void> {
  const { workflow_run: run, repository } = payload;
  const settings = deps.config.file.repos.find((repo) => repo.source === repository.full_name);
  if (settings === undefined) return;
  const names = [run.name ?? "", run.path, run.path.split("/").at(-1)?.split("@")[0] ?? ""];
  const wanted = settings.workflows.length === 0 || settings.workflows.some((name) => names.includes(name));
  if (!wanted || !countsBranch(settings, { event: run.event, branch: run.head_branch ?? "" })) return;
  const job = { repo: repository.full_name, run: run.id };
  await deps.queue.send(deps.db, "scan.run", job, { key: `${job.repo}/${job.run}` });
}

/** Has the run read that a status or check tells the end of, where it is of a CI that tells in no other way. */
async function readMarked(deps: Context, repo: RepoName, mark: CommitMark): Promise<void> {
  const ref = deps.ci.runOf(repo, mark);
  if (ref === null) return;
  const job = { repo, run: ref.id, ...addressOf(ref) };
  await deps.queue.send(deps.db, "scan.run", job, { key: `${repo}/${ref.id}` });
}

async function follow(deps: Context, repo: RepoName, number: PullNumber): Promise<void> {
  if (repoConfig(deps.config, repo) === undefined || (await pullByNumber(deps.db, repo, number)) === null)
    return;
  await deps.queue.send(deps.db, "pull.follow", { repo, pull: number }, { key: `${repo}/${number}` });
}

async function followHead(deps: Context, sha: string): Promise<void> {
  const found = await deps.db
    .select({ repo: pulls.repo, number: pulls.number })
    .from(pulls)
    .where(eq(pulls.headSha, sha));
  for (const pull of found) await follow(deps, RepoNames.parse(pull.repo), PullNumber.parse(pull.number));
}
