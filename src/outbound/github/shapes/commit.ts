import { z } from "zod";
import { Sha } from "../../../kernel/ids.ts";
import type { ForgeCommit } from "../../../ports/forge.ts";
import { When } from "./run.ts";

/** A commit as lists hold it. */
export const Commit = z
  .object({
    sha: Sha,
    author: z.object({ login: z.string() }).nullish().catch(null),
    commit: z.object({
      message: z.string(),
      author: z.object({ name: z.string().optional(), date: When.optional() }).nullish(),
    }),
  })
  .transform(
    ({ sha, author, commit }): ForgeCommit => ({
      sha,
      author: author?.login ?? commit.author?.name ?? "somebody",
      at: commit.author?.date ?? new Date(0),
      title: commit.message.split("\n", 1)[0] ?? "",
    }),
  );
