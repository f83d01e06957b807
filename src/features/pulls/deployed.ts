import { eq, ne } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import { deployments } from "../../../db/schema.ts";
import { bot } from "../../kernel/actor.ts";
import { type RepoName, Sha } from "../../kernel/ids.ts";
import { escapeSlack } from "../../kernel/text/escape.ts";
import type { Context } from "../context.ts";
import { changeState } from "../findings/service.ts";
import { findingsIn } from "../findings/store.ts";
import { enqueueNote } from "../threads/notes.ts";
import { containsCommit } from "./ancestry.ts";

type Deps = Pick<Context, "db" | "queue" | "clock" | "forge" | "config">;

export interface Deployment {
  repo: RepoName;
  commit: Sha;
  status: string;
  environment: string | null;
  deployedAt: Date;
}

/** Keeps what a deployment webhook told and enqueues its matching; the same news twice is kept once, another status of it is news. */
export async function receiveDeployment(
  deps: Pick<Context, "db" | "queue" | "clock">,
  told: Deployment,
): Promise<{ fresh: boolean }> {
  return deps.db.transaction(async (tx) => {
    const [row] = await tx
      .insert(deployments)
      .values({ ...told, environment: told.environment ?? "", receivedAt: deps.clock.now() })
      .onConflictDoUpdate({
        target: [deployments.repo, deployments.commit, deployments.environment, deployments.deployedAt],
        set: { status: told.status },
        setWhere: ne(deployments.status, told.status),
      })
      .returning({ id: deployments.id });
    if (row !== undefined) await deps.queue.send(tx, "deployment.match", { deployment: row.id });
    return { fresh: row !== undefined };
  });
}

const SUCCESS = new Set(["success", "succeeded", "deployed", "active"]);

/** Marks the merged findings whose merge commit a deployment contains; by ancestry, never by project alone. */
export async function matchDeployment(deps: Deps, id: number): Promise<void> {
  const [row] = await deps.db.select().from(deployments).where(eq(deployments.id, id));
  if (row === undefined || !SUCCESS.has(row.status.toLowerCase())) return;
  for (const finding of await findingsIn(deps.db, ["merged"])) {
    if (finding.repo !== row.repo || finding.mergeCommit === null) continue;
    const contained = await containsCommit(
      deps,
      finding.repo,
      Sha.parse(finding.mergeCommit),
      Sha.parse(row.commit),
    );
    if (contained) await deps.db.transaction((tx) => markDeployed(deps, tx, finding.id, row));
  }
}

async function markDeployed(
  deps: Deps,
  tx: Db,
  finding: Parameters<typeof enqueueNote>[2]["finding"],
  row: typeof deployments.$inferSelect,
): Promise<void> {
  const changed = await changeState(deps, tx, {
    finding,
    from: ["merged"],
    to: "deployed",
    actor: bot,
    why: "a deployment contains the fix",
    detail: { commit: row.commit, environment: row.environment },
    facts: { deployedAt: row.deployedAt },
  });
  if (changed === null) return;
  const where = row.environment ? ` to *${escapeSlack(row.environment)}*` : "";
  await enqueueNote(tx, deps.clock, {
    finding,
    key: `deployed:F${finding}:${row.id}`,
    text: `:rocket: Deployed${where} with \`${row.commit.slice(0, 10)}\`.`,
  });
  await deps.queue.send(tx, "hold.check", { finding }, { key: String(finding) });
}
