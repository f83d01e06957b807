import type { TaskRemote } from "../commands/cli/task-publish.ts";
import { webUrlOf } from "../config/env.ts";
import { UserError } from "../kernel/errors.ts";
import { RepoName } from "../kernel/ids.ts";
import { silentLog } from "../kernel/log.ts";
import { originOf } from "../outbound/git/index.ts";
import { createGitHub } from "../outbound/github/index.ts";
import type { Io } from "./io.ts";

const API = "https://api.github.com";

/** Where `task run` publishes to: the folder's origin, and GitHub by the token where a pull request is wanted. */
export async function taskRemote(repoDir: string, pull: boolean, io: Io): Promise<TaskRemote> {
  const origin = await originOf(repoDir);
  if (origin === null) {
    throw new UserError(
      `${repoDir} has no remote "origin" to publish to; \`publish: none\` leaves the branch there`,
    );
  }
  if (origin.startsWith("/") || origin.startsWith("file:")) {
    if (pull)
      throw new UserError(`origin is ${origin}, where there are no pull requests: use \`publish: push\``);
    return { pushUrl: origin, openPull: null };
  }
  const apiUrl = io.env.GITHUB_API_URL || API;
  const webUrl = io.env.GITHUB_WEB_URL || webUrlOf(apiUrl);
  const repo = repoOf(origin, webUrl);
  if (repo === null) throw new UserError(`origin is ${origin}, which is not a repository of ${webUrl}`);
  const token = io.env.GITHUB_CODE_TOKEN || io.env.GITHUB_TOKEN;
  if (!token) {
    throw new UserError(
      "GITHUB_TOKEN (or GITHUB_CODE_TOKEN) is not set: it pushes the branch and opens the pull request. `publish: none` needs none",
    );
  }
  const tokens = {
    read: io.env.GITHUB_READ_TOKEN || token,
    issue: io.env.GITHUB_ISSUE_TOKEN || token,
    code: token,
  };
  const { forge } = createGitHub({ apiUrl, clock: io.clock, log: silentLog, tokens });
  const pushUrl = await forge.gitUrl(repo, "code");
  if (!pull) return { pushUrl, openPull: null };
  return {
    pushUrl,
    async openPull({ title, body, branch, labels, draft }) {
      const { defaultBranch: base } = await forge.repository(repo);
      const { number, url } = await forge.createPull(repo, { title, body, head: branch, base, draft });
      await forge.addLabels(repo, number, labels);
      return url;
    },
  };
}

/** `owner/name` of an address on that host, in any of git's ways to write it. */
export function repoOf(origin: string, webUrl: string): RepoName | null {
  const ssh = /^(?:ssh:\/\/)?(?:[^@/]+@)?([^:/]+)(?::\d+\/|[:/])(.+)$/.exec(origin);
  const url = URL.canParse(origin) ? new URL(origin) : null;
  const web = new URL(webUrl);
  const isWeb = url !== null && ["http:", "https:"].includes(url.protocol);
  const host = isWeb ? url.host : ssh?.[1];
  const path = isWeb ? url.pathname : ssh?.[2];
  if (host !== (isWeb ? web.host : web.hostname) || path === undefined) return null;
  const name = RepoName.safeParse(
    path
      .replace(/^\/+/, "")
      .replace(/\.git$/, "")
      .replace(/\/+$/, ""),
  );
  return name.success ? name.data : null;
}
