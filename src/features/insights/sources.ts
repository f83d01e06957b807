import { and, eq, inArray, notInArray, type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { type Db, rows } from "../../../db/client.ts";
import { findings } from "../../../db/schema.ts";
import type { RepoName } from "../../kernel/ids.ts";

/** The ways by which findings come in, as people call them. */
export const SOURCES = {
  actions: "GitHub Actions",
  gitea: "Gitea",
  prow: "Prow",
  reports: "Pushed reports",
  errors: "Runtime errors",
} as const;
export type Source = keyof typeof SOURCES;
// the object's own keys
export const SOURCE_NAMES = Object.keys(SOURCES) as [Source, ...Source[]];

/** The findings that one way brought, if only some of their failures; `gitea` are the repositories that live there. */
export function cameBy(source: Source, gitea: readonly RepoName[]): SQL | undefined {
  switch (source) {
    case "actions":
      return and(
        sql`${findings.byForge}`,
        gitea.length === 0 ? undefined : notInArray(findings.repo, [...gitea]),
      );
    case "gitea":
      return and(sql`${findings.byForge}`, inArray(findings.repo, [...gitea]));
    case "prow":
      return sql`${findings.byProw}`;
    case "reports":
      return sql`${findings.byReport}`;
    case "errors":
      return eq(findings.kind, "runtime_error");
  }
}

/** The ways by which anything came yet. */
export async function sourcesSeen(db: Db, gitea: readonly RepoName[]): Promise<Source[]> {
  const any = (source: Source) =>
    sql`exists (select 1 from ${findings} where ${cameBy(source, gitea)}) as ${sql.identifier(source)}`;
  const [row] = await rows(db, sql`select ${sql.join(SOURCE_NAMES.map(any), sql`, `)}`);
  const seen = z.record(z.string(), z.boolean()).parse(row);
  return SOURCE_NAMES.filter((source) => seen[source]);
}
