import { expect, setDefaultTimeout, test } from "bun:test";
import { chmod, cp, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { taskRun } from "../../../src/commands/cli/task-run.ts";
import { diffOfCommit, diffOfPatch, diffOfWorkTree, history } from "../../../src/outbound/git/index.ts";
import { createNoSandbox } from "../../../src/outbound/sandbox/index.ts";
import { depsFor, finish, type Scratch, ScriptedModel, scratch, sh } from "./world.ts";

setDefaultTimeout(120_000);

const HOOKS = [
  ...["pre-commit", "commit-msg", "post-commit", "post-checkout", "post-index-change", "pre-push"],
  ...["pre-receive", "update", "post-receive", "post-update", "reference-transaction", "proc-receive"],
  ...["push-to-checkout", "fsmonitor-watchman", "pre-auto-gc", "applypatch-msg", "post-merge"],
];

/** A folder whose own git settings have every program run that settings can name; each leaves its name. */
async function booby(world: Scratch): Promise<() => Promise<string[]>> {
  const owned = join(world.dir, "owned");
  await mkdir(owned);
  const leaves = (name: string) => `touch ${owned}/${name}; exit 0`;
  for (const folder of [join(world.repo, ".git/hooks"), join(world.dir, "hooks")]) {
    await mkdir(folder, { recursive: true });
    for (const hook of HOOKS) {
      await writeFile(join(folder, hook), `#!/bin/sh\n${leaves(`hook-${hook}`)}\n`);
      await chmod(join(folder, hook), 0o755);
    }
  }
  await writeFile(join(world.repo, ".gitattributes"), "* filter=trap diff=trap\n");
  await sh(world.repo, "git", "-c", "core.hooksPath=/dev/null", "add", "-A");
  await sh(world.repo, "git", "-c", "core.hooksPath=/dev/null", "commit", "-qm", "Attributes");
  const settings = `
[core]
	fsmonitor = ${leaves("fsmonitor")}
	hooksPath = ${join(world.dir, "hooks")}
	sshCommand = ${leaves("ssh")}
	gitProxy = ${leaves("proxy")}
	editor = ${leaves("editor")}
	pager = ${leaves("pager")}
	askPass = ${leaves("askpass")}
	alternateRefsCommand = ${leaves("alternates")}
[filter "trap"]
	clean = touch ${owned}/clean && cat
	smudge = touch ${owned}/smudge && cat
[diff]
	external = ${leaves("external")}
[diff "trap"]
	command = ${leaves("diff-command")}
	textconv = touch ${owned}/textconv; cat
[merge "trap"]
	driver = ${leaves("merge")}
[commit]
	gpgSign = true
[gpg]
	program = ${leaves("gpg")}
[credential]
	helper = "!${leaves("credential")}"
[uploadpack]
	packObjectsHook = ${leaves("pack-objects")}
`;
  await writeFile(join(world.repo, ".git/config"), `[core]\n\tbare = false\n${settings}`);
  return async () => await readdir(owned);
}

test("settings and hooks of the folder that is looked at are never run", async () => {
  await using world = await scratch({ "test/more.test.ts": "// more\n" });
  const owned = await booby(world);
  await writeFile(join(world.repo, "test/more.test.ts"), "// more and more\n");
  // a repository within it has settings of its own
  await mkdir(join(world.repo, "inner"));
  await sh(join(world.repo, "inner"), "git", "init", "-q");
  await writeFile(join(world.repo, "inner/file"), "x\n");
  await cp(join(world.repo, ".git/config"), join(world.repo, "inner/.git/config"));
  expect(await diffOfWorkTree(world.repo)).toContain("+// more and more");
  const head =
    "diff --git a/test/more.test.ts b/test/more.test.ts\n--- a/test/more.test.ts\n+++ b/test/more.test.ts\n";
  expect(await diffOfPatch(world.repo, `${head}@@ -1 +1 @@\n-// more\n+// other\n`)).toContain("+// other");
  await diffOfCommit(world.repo, "HEAD");
  await history(world.repo);
  expect(await owned()).toEqual([]);
});

test("nor when a task starts from it and leaves its branch there", async () => {
  await using world = await scratch();
  const owned = await booby(world);
  const task = {
    id: "quiet",
    objective: "Add a test.",
    fixer: { kind: "command", command: ["sh", "-c", "echo true > test/new.test.sh"] },
    publish: "none",
  };
  await writeFile(join(world.dir, "quiet.yaml"), JSON.stringify(task));
  const { artifactsDir, ...deps } = depsFor(world, new ScriptedModel(finish), {
    sandbox: createNoSandbox({ prlimit: false }),
  });
  const said: string[] = [];
  const code = await taskRun(["quiet.yaml", "--repo-dir", "repo", "--artifacts", artifactsDir], {
    ...deps,
    cwd: world.dir,
    out: (line) => said.push(line),
    err: (line) => said.push(line),
    remoteOf: async () => ({ pushUrl: world.repo, openPull: null }),
  });
  expect([code, said.filter((line) => line.includes("failed"))]).toEqual([0, []]);
  expect(await owned()).toEqual([]);
});
