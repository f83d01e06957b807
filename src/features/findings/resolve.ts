import { and, eq, inArray, type SQL } from "drizzle-orm";
import type { AnyPgColumn } from "drizzle-orm/pg-core";
import type { Db } from "../../../db/client.ts";
import { findings, issues, pulls } from "../../../db/schema.ts";
import { UserError } from "../../kernel/errors.ts";
import { FindingId, IssueNumber, RepoName } from "../../kernel/ids.ts";
import { type Finding, toFinding } from "./model.ts";
import { findingById } from "./store.ts";

/** How people name a finding: its own number, or that of its issue or pull request. */
export type FindingRef =
  | { kind: "finding"; id: FindingId }
  | { kind: "number"; number: IssueNumber; repo?: RepoName };

const OWN = /^f(\d{1,9})$/i;
const NUMBER = /^(?:([\w.-]+\/[\w.-]+))?#?(\d{1,9})$/;
const URL_PATH = /^\/([\w.-]+\/[\w.-]+)\/(?:issues|pull|pulls)\/(\d{1,9})(?:\/.*)?$/;

/**
 * Reads `F12`, `12`, `#12`, `o/r#12` or the address of an issue or pull request.
 * @returns null for anything else.
 */
export function parseFindingRef(text: string): FindingRef | null {
  const word = text.trim().replace(/^<([^|>]*)(?:\|[^>]*)?>$/, "$1");
  const own = OWN.exec(word);
  if (own !== null) {
    const id = FindingId.safeParse(Number(own[1]));
    return id.success ? { kind: "finding", id: id.data } : null;
  }
  if (/^https?:\/\//i.test(word)) return URL.canParse(word) ? byPath(new URL(word).pathname) : null;
  const [, repo, number] = NUMBER.exec(word) ?? [];
  if (repo !== undefined && !word.includes("#")) return null;
  return numberRef(number, repo);
}

function byPath(path: string): FindingRef | null {
  const [, repo, number] = URL_PATH.exec(path) ?? [];
  return numberRef(number, repo);
}

function numberRef(digits: string | undefined, repo: string | undefined): FindingRef | null {
  const number = IssueNumber.safeParse(Number(digits));
  if (!number.success) return null;
  if (repo === undefined) return { kind: "number", number: number.data };
  const name = RepoName.safeParse(repo);
  return name.success ? { kind: "number", number: number.data, repo: name.data } : null;
}

/**
 * The finding that `ref` means: a number is taken for an issue first, then for a pull request of ours.
 * @param repos where a number without a repository is looked for; empty for everywhere.
 * @returns null when there is none.
 * @throws UserError when the number means different findings in several repositories.
 */
export async function resolveFinding(
  db: Db,
  ref: FindingRef,
  repos: readonly RepoName[],
): Promise<Finding | null> {
  if (ref.kind === "finding") return findingById(db, ref.id);
  const among = ref.repo === undefined ? repos : [ref.repo];
  for (const find of [byIssue, byPull]) {
    const found = await find(db, ref.number, among);
    if (found.length > 1) throw new UserError(ambiguous(ref.number, found));
    if (found[0] !== undefined) return found[0];
  }
  return null;
}

/** The issue may live in another repository than the one that was scanned. */
async function byIssue(db: Db, number: number, repos: readonly RepoName[]): Promise<Finding[]> {
  const ids = db
    .select({ id: findings.id })
    .from(findings)
    .where(and(eq(findings.issueNumber, number), within(findings.repo, repos)))
    .union(
      db
        .select({ id: issues.findingId })
        .from(issues)
        .where(and(eq(issues.number, number), within(issues.repo, repos))),
    );
  const rows = await db.select().from(findings).where(inArray(findings.id, ids)).limit(3);
  return rows.map(toFinding);
}

async function byPull(db: Db, number: number, repos: readonly RepoName[]): Promise<Finding[]> {
  const ids = db
    .select({ id: findings.id })
    .from(findings)
    .where(and(eq(findings.pullNumber, number), within(findings.repo, repos)))
    .union(
      db
        .select({ id: pulls.findingId })
        .from(pulls)
        .where(and(eq(pulls.number, number), within(pulls.repo, repos))),
    );
  const rows = await db.select().from(findings).where(inArray(findings.id, ids)).limit(3);
  return rows.map(toFinding);
}

const within = (column: AnyPgColumn, repos: readonly RepoName[]): SQL | undefined =>
  repos.length === 0 ? undefined : inArray(column, [...repos]);

const ambiguous = (number: number, found: readonly Finding[]): string =>
  `#${number} is in several repositories: write ${found.map((one) => `${one.repo}#${number}`).join(" or ")}, or ${found
    .map((one) => `F${one.id}`)
    .join(" or ")}`;
