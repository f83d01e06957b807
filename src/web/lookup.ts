import { repoConfig } from "../config/index.ts";
import type { Finding } from "../features/findings/model.ts";
import { parseFindingRef, resolveFinding } from "../features/findings/resolve.ts";
import { RepoName } from "../kernel/ids.ts";
import type { ReadDeps } from "./deps.ts";

/**
 * The finding that a path or a field names, `12`, `#12`, `F12` or an address, in one repository or in all.
 * @returns null when there is none.
 * @throws UserError when several repositories have the number.
 */
export async function lookUp(
  deps: Pick<ReadDeps, "db" | "config">,
  text: string,
  repo: string | undefined,
): Promise<Finding | null> {
  const ref = parseFindingRef(text);
  if (ref === null) return null;
  if (repo === undefined || repo === "") return resolveFinding(deps.db, ref, []);
  const named = RepoName.safeParse(repo);
  if (!named.success) return null;
  const known = repoConfig(deps.config, named.data);
  const found = await resolveFinding(
    deps.db,
    ref,
    known === undefined ? [named.data] : [known.source, known.write],
  );
  // `F12` names its finding alone; with a repository it has to be that one's
  return found === null || [named.data, known?.source, known?.write].includes(found.repo) ? found : null;
}
