import { createHash } from "node:crypto";
import { z } from "zod";
import type { IssueNumber, PullNumber, RepoName } from "../../kernel/ids.ts";
import type { Forge, ForgeComment } from "../../ports/forge.ts";

/** A short stand-in for an outbox key, since keys may hold what is nobody's business on the forge. */
const digest = (key: string) => createHash("sha256").update(key).digest("hex").slice(0, 20);

/** The mark that tells our own writing apart and lets an interrupted send be found again. */
export const mark = (key: string): string => `<!-- flaky:key ${digest(key)} -->`;

/** Text with the mark of its outbox key below it. */
export const withMark = (body: string, key: string): string => `${body}\n\n${mark(key)}`;

/** True when a text carries a mark of ours (which others may have copied: only with our login or id it is proof). */
export const hasMark = (body: string): boolean =>
  /<!-- flaky:(key [0-9a-f]{20}|begin [A-Za-z ]+) -->/.test(body);

/** True when a text carries the key of a write of ours: a comment of ours, or somebody's copy of one. */
export const hasKey = (body: string): boolean => /<!-- flaky:key [0-9a-f]{20} -->/.test(body);

/** Finds the comment that an interrupted send left, by its mark and our own login. */
export async function findComment(
  forge: Forge,
  repo: RepoName,
  number: IssueNumber | PullNumber,
  key: string,
  since: Date,
): Promise<ForgeComment | null> {
  const me = await forge.whoAmI(repo);
  const early = new Date(since.getTime() - 60_000);
  const comments = await forge.comments(repo, number, early);
  return comments.find((comment) => comment.author === me && comment.body.includes(mark(key))) ?? null;
}

/** Where a comment goes, as outbox payloads carry it. */
export const CommentPlace = z.object({ repo: z.string(), number: z.int() });
