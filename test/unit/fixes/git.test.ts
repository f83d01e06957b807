import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { RefusedError, TransientError } from "../../../src/kernel/errors.ts";
import { Sha } from "../../../src/kernel/ids.ts";
import { createGit, diffOfCommit } from "../../../src/outbound/git/index.ts";
import { Mirrors } from "../../../src/outbound/git/mirror.ts";
import { type Scratch, scratch, sh } from "./world.ts";

// Many real runs of a test, on a machine that may be busy.
setDefaultTimeout(240_000);

const gitFor = (world: Scratch) => createGit({ mirrorsDir: join(world.dir, "mirrors") });
const author = { name: "Bot", email: "bot@example.org" };

test("a clone has the commit, and neither remote, hook nor address", async () => {
  await using world = await scratch();
  await writeFile(join(world.repo, ".git/hooks/post-checkout"), "#!/bin/sh\ntouch hooked\n", { mode: 0o755 });
  const dir = join(world.dir, "clone");
  const { head } = await gitFor(world).checkout({ cloneUrl: world.repo, ref: "main", dir });
  expect(head).toBe(Sha.parse(await sh(world.repo, "git", "rev-parse", "main")));
  expect(await sh(dir, "git", "remote")).toBe("");
  expect(existsSync(join(dir, "hooked"))).toBe(false);
  expect(await readFile(join(dir, ".git/config"), "utf8")).not.toContain(world.repo);
  await sh(world.repo, "git", "commit", "--allow-empty", "-qm", "Next");
  const next = await gitFor(world).checkout({
    cloneUrl: world.repo,
    ref: "main",
    dir: join(world.dir, "next"),
  });
  expect(next.head).not.toBe(head);
});

test("a change and a commit come out the same each time", async () => {
  await using world = await scratch();
  const git = gitFor(world);
  const commit = async (name: string) => {
    const dir = join(world.dir, name);
    const { head } = await git.checkoutLocal({ source: world.repo, dir });
    await writeFile(join(dir, "test/new.test.ts"), "new\n");
    const patch = await git.diff(dir, head);
    const fresh = join(world.dir, `${name}-fresh`);
    await git.checkoutLocal({ source: world.repo, dir: fresh });
    const at = new Date("2026-01-02T03:04:05Z");
    const sha = await git.commitPatch({ dir: fresh, patch, message: "Add\n", author, at });
    return { sha, dir: fresh, patch };
  };
  const [one, two] = [await commit("one"), await commit("two")];
  expect(one.sha).toBe(two.sha);
  expect(await diffOfCommit(one.dir, one.sha)).toBe(one.patch);
});

test("a push goes over the expected commit only, and a repeat is no error", async () => {
  await using world = await scratch();
  const git = gitFor(world);
  const dir = join(world.dir, "clone");
  const { head } = await git.checkoutLocal({ source: world.repo, dir });
  const push = (sha: Sha, expect: Sha | null) =>
    git.push({ dir, pushUrl: world.repo, branch: "ai/flaky/x", sha, expect });
  await push(head, null);
  await push(head, null);
  await sh(dir, "git", "commit", "--allow-empty", "-qm", "Next");
  const next = Sha.parse(await sh(dir, "git", "rev-parse", "HEAD"));
  await expect(push(next, null)).rejects.toThrow(`branch ai/flaky/x is at ${head}, not at nothing`);
  await push(next, head);
  expect(await git.remoteHead({ url: world.repo, branch: "ai/flaky/x" })).toBe(next);
  expect(await git.remoteHead({ url: world.repo, branch: "nothing" })).toBeNull();
});

test("addresses, refs and branches that git could misread are refused", async () => {
  await using world = await scratch();
  const git = gitFor(world);
  const dir = join(world.dir, "clone");
  for (const cloneUrl of ["ext::sh -c id", "ssh://x/y", "git://x/y", "-oProxyCommand=id", "../repo"]) {
    await expect(git.checkout({ cloneUrl, ref: "main", dir })).rejects.toBeInstanceOf(RefusedError);
  }
  for (const ref of ["--upload-pack=id", "a..b", "main^{/x}", "no-such-branch"]) {
    await expect(git.checkout({ cloneUrl: world.repo, ref, dir })).rejects.toBeInstanceOf(RefusedError);
  }
  await expect(git.remoteHead({ url: world.repo, branch: "--x" })).rejects.toBeInstanceOf(RefusedError);
});

test("a credential goes into the header, never into an error or a file", async () => {
  await using world = await scratch();
  const seen: (string | null)[] = [];
  const answer = (request: Request) => {
    seen.push(request.headers.get("authorization"));
    return new Response("no", { status: seen.length > 1 ? 503 : 403 });
  };
  await using server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: answer });
  const cloneUrl = `http://bot:s3cretpassword@127.0.0.1:${server.port}/o/r.git`;
  const clone = () => gitFor(world).checkout({ cloneUrl, ref: "main", dir: join(world.dir, "clone") });
  const refused = await clone().catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(RefusedError);
  expect(String(refused)).not.toContain("s3cret");
  expect(seen[0]).toBe(`Basic ${btoa("bot:s3cretpassword")}`);
  expect(await clone().catch((error: unknown) => error)).toBeInstanceOf(TransientError);
  expect(await sh(world.dir, "sh", "-c", "grep -rl s3cret mirrors || echo none")).toBe("none");
});

test("mirrors that were not used for a day make room for a new one", async () => {
  await using world = await scratch();
  const mirrors = new Mirrors(join(world.dir, "few"), 2);
  const copy = async (name: string) => {
    await sh(world.dir, "git", "clone", "-q", "--bare", "repo", name);
    return join(world.dir, name);
  };
  const [one, two, three] = [await copy("one.git"), await copy("two.git"), await copy("three.git")];
  const first = await mirrors.at(one, "main");
  const second = await mirrors.at(two, "main");
  await sh(world.dir, "touch", "-d", "3 days ago", join(first.dir, "last-used"));
  const third = await mirrors.at(three, "main");
  expect([first, second, third].map(({ dir }) => existsSync(dir))).toEqual([false, true, true]);
  // neither of the two is a day old
  await mirrors.at(one, "main");
  expect([first, second, third].map(({ dir }) => existsSync(dir))).toEqual([true, true, true]);
});

test("two commits conflict where they change the same lines, and only there", async () => {
  await using world = await scratch();
  const on = async (branch: string, file: string, text: string) => {
    await sh(world.repo, "git", "checkout", "-q", "-b", branch, "main");
    await writeFile(join(world.repo, file), text);
    await sh(world.repo, "git", "add", "--", file);
    await sh(world.repo, "git", "commit", "-qm", branch);
    return Sha.parse(await sh(world.repo, "git", "rev-parse", "HEAD"));
  };
  const one = await on("one", "README.md", "one\n");
  const other = await on("other", "README.md", "other\n");
  const beside = await on("beside", "OTHER.md", "other\n");
  const git = gitFor(world);
  expect(await git.conflicts({ url: world.repo, one, other })).toBe(true);
  expect(await git.conflicts({ url: world.repo, one, other: beside })).toBe(false);
  expect(await git.conflicts({ url: world.repo, one, other: one })).toBe(false);
  const gone = Sha.parse("f".repeat(40));
  await expect(git.conflicts({ url: world.repo, one, other: gone })).rejects.toThrow();
});

test("a branch is read as what it changed since it left the base, and taken away alone", async () => {
  await using world = await scratch();
  const git = gitFor(world);
  const url = world.repo;
  await sh(url, "git", "checkout", "-q", "-b", "ai/node/f1-1", "main");
  await writeFile(join(url, "NEW.md"), "new\n");
  await sh(url, "git", "add", "NEW.md");
  await sh(url, "git", "commit", "-qm", "Made elsewhere");
  await sh(url, "git", "checkout", "-q", "main");
  await writeFile(join(url, "LATER.md"), "later\n");
  await sh(url, "git", "add", "LATER.md");
  await sh(url, "git", "commit", "-qm", "Main moves on");
  const patch = (branch: string) => git.branchPatch({ url, base: "main", branch });
  expect(await patch("ai/node/f1-1")).toMatch(/^diff --git a\/NEW\.md b\/NEW\.md\n(?!.*LATER)/s);
  expect(await patch("main")).toBe("");
  expect(await patch("ai/node/f1-2")).toBeNull();
  await expect(patch("--upload-pack=x")).rejects.toThrow("not a branch name");
  const branches = () => sh(url, "git", "branch", "--format=%(refname:short)");
  for (const branch of ["ai/node/f1-2", "ai/node/f1-1", "ai/node/f1-1"])
    await git.deleteBranch({ url, branch });
  expect(await branches()).toBe("main");
});
