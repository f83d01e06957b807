import { type Config, forgeOf, type RepoConfig } from "../config/index.ts";
import { UserError } from "../kernel/errors.ts";
import type { RepoName } from "../kernel/ids.ts";
import type { Outside } from "../outside.ts";
import { type Permission, permits } from "../ports/forge.ts";
import type { Check } from "./doctor-check.ts";

/** GitHub tells nobody's right to those who have less than the write role. */
const ROLE = "The account needs the write role: the repository's Settings, Collaborators.";

/** What of a repository's forge has to be right: who we are, what we may do, and that checks can be read. */
export function forgeChecks(config: Config, repo: RepoConfig, { forge }: Outside): Check[] {
  const { source, write, push } = repo;
  const onGitea = forgeOf(config, repo) === "gitea";
  const advice = onGitea
    ? "Look at GITEA_URL and GITEA_TOKEN; docs/gitea.md names what the token may do."
    : config.github === null
      ? "Look at GITHUB_APP_ID, GITHUB_APP_PRIVATE_KEY and GITHUB_API_URL, and whether the App is installed on the repository."
      : "Look at GITHUB_TOKEN (or GITHUB_READ_TOKEN, GITHUB_ISSUE_TOKEN, GITHUB_CODE_TOKEN), at GITHUB_API_URL and at the repository's name; README, step 3, has the permissions.";
  const rightOn = async (place: RepoName, need: Permission) => {
    const me = await forge.whoAmI(place);
    const right = await forge.permission(place, me);
    // an App has permissions of its own, not a role
    if (!me.endsWith("[bot]") && !permits(right, need))
      throw new UserError(`${me} has the right "${right}" on ${place}, and needs ${need}. ${ROLE}`);
    return right;
  };
  return [
    {
      name: `forge ${source}`,
      advice,
      async run() {
        const me = await forge.whoAmI(write);
        const { defaultBranch } = await forge.repository(source);
        return `writes on ${forge.name(write)} as ${me}, default branch ${defaultBranch}`;
      },
    },
    {
      name: `rights ${source}`,
      advice: `${ROLE} Else: ${advice}`,
      async run() {
        const pushes = `own right on ${push}: ${await rightOn(push, "write")}`;
        // without the write role nobody is told what others may do; a list of names needs none
        if (push === write || !("permission" in repo.committers)) return pushes;
        return `${pushes}; on ${write}: ${await rightOn(write, "write")}`;
      },
    },
    {
      name: `checks ${source}`,
      advice,
      async run() {
        const { defaultBranch } = await forge.repository(write);
        return `${(await forge.checks(write, defaultBranch)).length} of ${write}'s ${defaultBranch} read`;
      },
    },
  ];
}
