import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RefusedError } from "../../kernel/errors.ts";
import { Sha } from "../../kernel/ids.ts";
import type { Git } from "../../ports/git.ts";
import { git } from "./command.ts";
import { parseRemote } from "./remote.ts";

const BRANCH = /^[A-Za-z0-9_][A-Za-z0-9_./+-]{0,200}$/;

/**
 * Into a folder of this machine git starts the receiving side itself, in that folder, without our settings: what its own
 * say would run, its hooks too.
 */
const RECEIVE = `--receive-pack=git ${[
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "core.alternateRefsCommand=true",
  "receive.autogc=false",
  "gc.auto=0",
]
  .map((setting) => `-c ${setting}`)
  .join(" ")} receive-pack`;

/** The branch's commit at the remote, or null when there is no such branch. */
export async function remoteHead(options: { url: string; branch: string }): Promise<Sha | null> {
  const remote = parseRemote(options.url);
  const ref = `refs/heads/${checked(options.branch)}`;
  const out = await git({ args: ["ls-remote", remote.url, ref], cwd: "/" }, remote.settings);
  const line = out.split("\n").find((each) => each.endsWith(`\t${ref}`));
  return line === undefined ? null : Sha.parse(line.slice(0, 40));
}

/** Pushes one commit over the expected one. A branch that holds the commit already is left as it is. */
export async function push(options: Parameters<Git["push"]>[0]): Promise<void> {
  const remote = parseRemote(options.pushUrl);
  const branch = checked(options.branch);
  const there = await remoteHead({ url: options.pushUrl, branch });
  if (there === options.sha) return;
  if (there !== options.expect) {
    throw new RefusedError(
      `branch ${branch} is at ${there ?? "nothing"}, not at ${options.expect ?? "nothing"}`,
    );
  }
  const ref = `refs/heads/${branch}`;
  const lease = `--force-with-lease=${ref}:${options.expect ?? ""}`;
  await git(
    {
      args: [
        ...["push", "--quiet", "--no-verify", "--no-signed", lease],
        ...(/^(?:\/|file:)/.test(remote.url) ? [RECEIVE] : []),
        ...[remote.url, `${options.sha}:${ref}`],
      ],
      cwd: options.dir,
    },
    remote.settings,
  );
}

/** Takes a branch away where it is as it was when it was looked at. */
export async function deleteBranch(options: { url: string; branch: string }): Promise<void> {
  const there = await remoteHead(options);
  if (there === null) return;
  const remote = parseRemote(options.url);
  const ref = `refs/heads/${checked(options.branch)}`;
  const lease = `--force-with-lease=${ref}:${there}`;
  const args = ["push", "--quiet", "--no-verify", "--no-signed", lease, remote.url, `:${ref}`];
  // a push needs a repository to run in, and takes nothing from it here
  const dir = await mkdtemp(join(tmpdir(), "flaky-drop-"));
  try {
    await git({ args: ["init", "--quiet", "--bare", "--template=", dir], cwd: dir });
    await git({ args, cwd: dir }, remote.settings);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

function checked(branch: string): string {
  if (!BRANCH.test(branch) || branch.includes("..") || branch.endsWith(".lock") || branch.endsWith("/")) {
    throw new RefusedError(`not a branch name: ${branch.slice(0, 80)}`);
  }
  return branch;
}
