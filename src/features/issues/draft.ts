import type { Db } from "../../../db/client.ts";
import { repoConfig } from "../../config/index.ts";
import type { FindingId, RepoName } from "../../kernel/ids.ts";
import type { Context } from "../context.ts";
import type { Finding } from "../findings/model.ts";
import { aboveBar } from "../flakes/bar.ts";
import { composeBody } from "./blocks.ts";
import { issueFacts } from "./facts.ts";
import { LABELS } from "./labels.ts";
import { issueBlocks, issueTitle } from "./messages.ts";

/** An issue as it is filed, but for the mark of its key. */
export interface IssueDraft {
  repo: RepoName;
  title: string;
  body: string;
  labels: string[];
}

/** What is filed for a finding that has no issue yet, and what a dry run shows; null when nothing is to be filed. */
export async function issueDraft(
  deps: Pick<Context, "config" | "forge">,
  db: Db,
  id: FindingId,
): Promise<IssueDraft | null> {
  const facts = await issueFacts(deps, db, id);
  const repo = facts === null ? undefined : repoConfig(deps.config, facts.finding.repo)?.write;
  if (facts === null || repo === undefined || facts.finding.state !== "new") return null;
  // once its issue is there it is open, and the mail that people get of it is of this text
  const filed = { ...facts, finding: { ...facts.finding, state: "open" as const } };
  return {
    repo,
    title: issueTitle(filed.finding),
    body: composeBody(issueBlocks(filed)),
    labels: [await labelOf(deps, db, facts.finding), LABELS.managed],
  };
}

/** Below the bar an issue is filed for triage only, where the settings want that. */
async function labelOf(deps: Pick<Context, "config">, db: Db, finding: Finding): Promise<string> {
  if (finding.kind === "runtime_error") return LABELS.error;
  return (await aboveBar(db, deps.config.file.bar, finding)) ? LABELS.flaky : LABELS.triage;
}
