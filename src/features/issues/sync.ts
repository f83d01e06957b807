import { z } from "zod";
import type { Db } from "../../../db/client.ts";
import { repoConfig } from "../../config/index.ts";
import { bot } from "../../kernel/actor.ts";
import { FindingId } from "../../kernel/ids.ts";
import { textDigest } from "../../kernel/text/digest.ts";
import { count } from "../../platform/counters.ts";
import { sender } from "../../platform/outbox/sender.ts";
import { enqueueRefresh } from "../../platform/outbox/store.ts";
import type { ForgeIssue } from "../../ports/forge.ts";
import type { Context } from "../context.ts";
import type { Finding } from "../findings/model.ts";
import { changeState } from "../findings/service.ts";
import { findingById } from "../findings/store.ts";
import { aboveBar } from "../flakes/bar.ts";
import { issueDraft } from "./draft.ts";
import { issueFacts } from "./facts.ts";
import { LABELS } from "./labels.ts";
import { mark, withMark } from "./marks.ts";
import { issueBlocks, updatedBody } from "./messages.ts";
import { addIssue, type IssueRow, issueOf, updateIssueRow } from "./store.ts";

type Deps = Pick<Context, "db" | "queue" | "clock" | "config" | "forge" | "log">;

const Payload = z.object({ finding: FindingId });

/** Decides to file a finding's issue, or to bring the one it has up to date. */
export async function syncIssue(deps: Deps, id: FindingId): Promise<void> {
  const finding = await findingById(deps.db, id);
  // an issue that a person wrote stays as it is: its labels and comments say how far it is
  if (finding === null || finding.kind === "issue") return;
  const existing = await issueOf(deps.db, id);
  const repo = existing?.repo ?? repoConfig(deps.config, finding.repo)?.write;
  if (repo === undefined) return;
  const write = { destination: "github", payload: { finding: id }, finding: id } as const;
  if (existing !== null) {
    const lane = `${repo}#${existing.number}`;
    await deps.db.transaction((tx) =>
      enqueueRefresh(tx, deps.clock, { ...write, lane, kind: "issue.update" }),
    );
    return;
  }
  if (finding.state === "new") await deps.queue.send(deps.db, "issue.file", { waited: 0 }, { key: "all" });
}

/** Files a finding's issue; once it is there the finding is open. */
export const issueCreateSender = (deps: Deps) =>
  sender<z.infer<typeof Payload>, ForgeIssue>({
    payload: Payload,
    async find({ finding }, row) {
      const facts = await issueFacts(deps, deps.db, finding);
      const repo = facts === null ? undefined : repoConfig(deps.config, facts.finding.repo)?.write;
      if (repo === undefined) return null;
      const issues = await deps.forge.issuesSince(repo, new Date(row.createdAt.getTime() - 60_000), null);
      return issues.find((issue) => issue.body.includes(mark(row.key))) ?? null;
    },
    async send({ finding }, row) {
      const draft = await issueDraft(deps, deps.db, finding);
      if (draft === null) return null;
      const { repo, title, body, labels } = draft;
      return deps.forge.createIssue(repo, { title, body: withMark(body, row.key), labels });
    },
    settled: (tx, issue, { finding }) => issueFiled(deps, tx, finding, issue),
  });

async function issueFiled(deps: Deps, tx: Db, id: FindingId, issue: ForgeIssue): Promise<void> {
  const facts = await issueFacts(deps, tx, id);
  const repo = facts === null ? undefined : repoConfig(deps.config, facts.finding.repo)?.write;
  if (repo === undefined) return;
  const openedAt = deps.clock.now();
  await addIssue(tx, { findingId: id, repo, number: issue.number, url: issue.url, openedAt });
  await changeState(deps, tx, {
    finding: id,
    from: ["new"],
    to: "open",
    actor: bot,
    why: "issue filed",
    detail: { issue: issue.number, url: issue.url },
    facts: { issueNumber: issue.number },
  });
  await count(tx, "issues_created_total");
  await deps.queue.send(tx, "issue.analyse", { finding: id }, { key: String(id) });
}

/** Brings the bot's blocks of an issue up to date, with the text that people have there now. */
export const issueUpdateSender = (deps: Deps) =>
  sender<z.infer<typeof Payload>, { digest: string }>({
    payload: Payload,
    async send({ finding }) {
      const facts = await issueFacts(deps, deps.db, finding);
      const row = await issueOf(deps.db, finding);
      if (facts === null || row === null) return null;
      const digest = textDigest(JSON.stringify(issueBlocks(facts)));
      if (digest === row.bodyDigest) return null;
      const now = await deps.forge.issue(row.repo, row.number);
      const next = updatedBody(now.body, facts);
      if (next === null) deps.log.warn({ issue: row.url }, "people's text leaves no room for the bot's");
      else if (next !== now.body) await deps.forge.updateIssue(row.repo, row.number, { body: next });
      await outOfTriage(deps, facts.finding, row, now.labels);
      return { digest };
    },
    async settled(tx, { digest }, { finding }) {
      await updateIssueRow(tx, finding, { bodyDigest: digest });
      await count(tx, "issues_updated_total");
    },
  });

/** An issue filed below the bar, for triage, that has passed it since. One that people labelled otherwise stays so. */
async function outOfTriage(
  deps: Deps,
  finding: Finding,
  row: IssueRow,
  labels: readonly string[],
): Promise<void> {
  const forTriage = labels.includes(LABELS.triage) && !labels.includes(LABELS.flaky);
  if (!forTriage || !(await aboveBar(deps.db, deps.config.file.bar, finding))) return;
  await deps.forge.addLabels(row.repo, row.number, [LABELS.flaky]);
  await deps.forge.removeLabel(row.repo, row.number, LABELS.triage);
}
