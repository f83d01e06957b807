import { parse } from "yaml";
import { z } from "zod";
import type { RepoConfig } from "../../config/index.ts";
import type { Login } from "../../kernel/ids.ts";
import { readOwners } from "../../kernel/owners-file.ts";
import { type Forge, type Permission, permits } from "../../ports/forge.ts";

const Aliases = z.looseObject({ aliases: z.record(z.string(), z.array(z.string())).default({}) });

/**
 * Whether the repository's settings name this person as one who may approve. Logins are compared without case. The
 * forge's right is asked for only where it decides: a token that may not ask does well with a list of names.
 */
export async function mayCommit(
  forge: Pick<Forge, "repository" | "file">,
  settings: RepoConfig,
  login: Login,
  permission: () => Promise<Permission>,
): Promise<boolean> {
  const { committers } = settings;
  if ("permission" in committers) return permits(await permission(), committers.permission);
  const names = "list" in committers ? committers.list : await ownersOf(forge, settings, committers.owners);
  return names.some((name) => name.toLowerCase() === login.toLowerCase());
}

/** Approvers and reviewers of an OWNERS file at the default branch, aliases resolved. */
async function ownersOf(
  forge: Pick<Forge, "repository" | "file">,
  settings: RepoConfig,
  path: string,
): Promise<string[]> {
  const { defaultBranch } = await forge.repository(settings.write);
  const read = (name: string) => forge.file(settings.write, name, defaultBranch);
  const { approvers, reviewers } = readOwners((await read(path)) ?? "");
  const aliases = Aliases.safeParse(parse((await read("OWNERS_ALIASES")) ?? "{}"));
  const known = Object.fromEntries(
    Object.entries(aliases.success ? aliases.data.aliases : {}).map(([name, people]) => [
      name.toLowerCase(),
      people,
    ]),
  );
  return [...approvers, ...reviewers].flatMap((name) => known[name.toLowerCase()] ?? [name]);
}
