import { parse } from "yaml";
import { z } from "zod";
import type { RepoConfig } from "../../config/index.ts";
import type { Login } from "../../kernel/ids.ts";
import { type Forge, type Permission, permits } from "../../ports/forge.ts";

const Named = z.looseObject({
  approvers: z.array(z.string()).nullish(),
  reviewers: z.array(z.string()).nullish(),
});
/** As Kubernetes and TiKV have it: names at the top, or by patterns of paths. */
const Owners = Named.extend({ filters: z.record(z.string(), Named).nullish() });
/** The pattern that stands for every file. One for some files names people for those alone: here it gives no right. */
const EVERY_FILE = ".*";
const Aliases = z.looseObject({ aliases: z.record(z.string(), z.array(z.string())).default({}) });

/** Whether the repository's settings name this person as one who may approve. Logins are compared without case. */
export async function mayCommit(
  forge: Pick<Forge, "repository" | "file">,
  settings: RepoConfig,
  login: Login,
  permission: Permission,
): Promise<boolean> {
  const { committers } = settings;
  if ("permission" in committers) return permits(permission, committers.permission);
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
  const read = async (name: string): Promise<unknown> => {
    const text = await forge.file(settings.write, name, defaultBranch);
    return text === null ? {} : parse(text);
  };
  const owners = Owners.safeParse(await read(path));
  const aliases = Aliases.safeParse(await read("OWNERS_ALIASES"));
  if (!owners.success) return [];
  const known = Object.fromEntries(
    Object.entries(aliases.success ? aliases.data.aliases : {}).map(([name, people]) => [
      name.toLowerCase(),
      people,
    ]),
  );
  const groups = [owners.data, owners.data.filters?.[EVERY_FILE]];
  const names = groups.flatMap((group) => [...(group?.approvers ?? []), ...(group?.reviewers ?? [])]);
  return names.flatMap((name) => known[name.toLowerCase()] ?? [name]);
}
