import { parse } from "yaml";
import { z } from "zod";

/** Logins may be all digits, which YAML takes for a number; a key without a value names nobody. */
export const Names = z
  .array(z.union([z.string(), z.number().transform(String)]))
  .nullish()
  .transform((names) => names ?? []);
const Named = z.looseObject({ approvers: Names, reviewers: Names });
/** As Kubernetes and TiKV have it: names at the top, or by patterns of paths. */
const Owners = Named.extend({ filters: z.record(z.string(), Named).nullish() });
/** The pattern that stands for every file. What stands under another is for some files alone, and is left out. */
const EVERY_FILE = ".*";

/** Whom an OWNERS file names for every file, as they are written there; nobody where it is no such file. @throws when it is no YAML. */
export function readOwners(text: string): { approvers: string[]; reviewers: string[] } {
  const owners = Owners.safeParse(parse(text));
  const groups = owners.success ? [owners.data, owners.data.filters?.[EVERY_FILE]] : [];
  const of = (role: "approvers" | "reviewers") => groups.flatMap((group) => group?.[role] ?? []);
  return { approvers: of("approvers"), reviewers: of("reviewers") };
}
