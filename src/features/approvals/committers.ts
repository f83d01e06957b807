import { parse } from "yaml";
import { z } from "zod";
import type { RepoConfig } from "../../config/index.ts";
import type { Login } from "../../kernel/ids.ts";
import { type Forge, type Permission, permits } from "../../ports/forge.ts";

const Owners = z.looseObject({
  approvers: z.array(z.string()).default([]),
  reviewers: z.array(z.string()).default([]),
});
const Aliases = z.looseObject({ aliases: z.record(z.string(), z.array(z.string())).default({}) });

/** Whether the repository's settings name this person as one who may approve. Logins are compared without case. */
export async function mayCommit(
  forge: Forge,
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
async function ownersOf(forge: Forge, settings: RepoConfig, path: string): Promise<string[]> {
  const { defaultBranch } = await forge.repository(settings.write);
  const read = async (name: string): Promise<unknown> => {
    const text = await forge.file(settings.write, name, defaultBranch);
    return text === null ? {} : parse(text);
  };
  const owners = Owners.safeParse(await read(path));
  const aliases = Aliases.safeParse(await read("OWNERS_ALIASES"));
  if (!owners.success) return [];
  const known = aliases.success ? aliases.data.aliases : {};
  return [...owners.data.approvers, ...owners.data.reviewers].flatMap((name) => known[name] ?? [name]);
}
