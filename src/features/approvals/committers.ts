import { parse } from "yaml";
import { z } from "zod";
import type { RepoConfig } from "../../config/index.ts";
import { errorText, ForbiddenError } from "../../kernel/errors.ts";
import type { Login } from "../../kernel/ids.ts";
import { Names, readOwners } from "../../kernel/owners-file.ts";
import { firstLine } from "../../kernel/text/clamp.ts";
import { type Forge, type Permission, permits } from "../../ports/forge.ts";

const Aliases = z.looseObject({ aliases: z.record(z.string(), Names).default({}) });

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
  const text = await read(path);
  const { approvers, reviewers } = understood(path, () => readOwners(text ?? ""));
  const aliased = await read("OWNERS_ALIASES");
  const aliases = Aliases.safeParse(understood("OWNERS_ALIASES", () => parse(aliased ?? "{}")));
  const known = Object.fromEntries(
    Object.entries(aliases.success ? aliases.data.aliases : {}).map(([name, people]) => [
      name.toLowerCase(),
      people,
    ]),
  );
  return [...approvers, ...reviewers].flatMap((name) => known[name.toLowerCase()] ?? [name]);
}

/** @throws ForbiddenError where a file is no YAML: then nobody is named, and that can be mended. */
function understood<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new ForbiddenError(
      `I cannot read who may approve: ${path} is no YAML (${firstLine(errorText(error), 200)}). Somebody has to mend it on the default branch.`,
    );
  }
}
