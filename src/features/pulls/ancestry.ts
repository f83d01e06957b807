import { and, eq } from "drizzle-orm";
import { ancestry } from "../../../db/schema.ts";
import type { RepoName, Sha } from "../../kernel/ids.ts";
import type { Context } from "../context.ts";

/** Whether `sha` contains `ancestor`. Asked of the forge once: between two commits the answer never changes. */
export async function containsCommit(
  deps: Pick<Context, "db" | "forge">,
  repo: RepoName,
  ancestor: Sha,
  sha: Sha,
): Promise<boolean> {
  if (ancestor === sha) return true;
  const [known] = await deps.db
    .select({ contained: ancestry.contained })
    .from(ancestry)
    .where(and(eq(ancestry.repo, repo), eq(ancestry.ancestor, ancestor), eq(ancestry.sha, sha)));
  if (known !== undefined) return known.contained;
  const contained = await deps.forge.contains(repo, ancestor, sha);
  await deps.db.insert(ancestry).values({ repo, ancestor, sha, contained }).onConflictDoNothing();
  return contained;
}
