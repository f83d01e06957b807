import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Sha } from "../../../kernel/ids.ts";
import type { SandboxResult } from "../../../ports/sandbox.ts";
import { checkAlive, type FixRun, msLeft, SYSTEM_RUNTIME, TaskEnd } from "./context.ts";
import { parseDiff } from "./gates/index.ts";
import { isNetworkFault } from "./network.ts";
import { fillLine, type LineValues, valuesOfAll } from "./shell-line.ts";

/** A folder of code and what its builds keep between runs. */
export interface Tree {
  dir: string;
  cache: string;
}

export interface Trees {
  base: Sha;
  /** Where the fixer changes files. */
  edit: Tree;
  /** As set-up left it; copied for each series of runs, never run in itself. */
  clean: Tree;
  /** What set-up itself changed among tracked or unignored files of `edit`. */
  setupPatch: string;
}

const MAX_OUTPUT = 256 * 1024;
const COPY_MS = 300_000;

const treeOf = (run: FixRun, name: string): Tree => ({
  dir: join(run.scratch, name),
  cache: join(run.scratch, `${name}-cache`),
});

/**
 * Clones the code twice over: one tree to change and one to run. With the model as fixer nothing ever runs in the
 * tree that is changed from outside the sandbox, so no test can put a link where the next edit goes.
 */
export async function prepareTrees(run: FixRun): Promise<Trees> {
  const { input, deps } = run;
  const [edit, clean] = [treeOf(run, "edit"), treeOf(run, "clean")];
  await mkdir(join(run.scratch, "downloads"), { recursive: true });
  const base = await checkout(run, input.base, edit);
  if (input.resumePatch) await applyPatch(run, edit, input.resumePatch);
  const prepared = { base, edit, clean };
  if (input.fixer.kind === "command") {
    await setup(run, edit);
    const setupPatch = subtractPatch(await deps.git.diff(edit.dir, base), input.resumePatch ?? "");
    await copyTree(run, edit, clean);
    return { ...prepared, setupPatch };
  }
  await copyTree(run, edit, clean);
  await setup(run, clean);
  return { ...prepared, setupPatch: "" };
}

/** The same from another base, with `edit` as set-up leaves it and a patch on top; nobody edits there any more. */
export async function prepareFrom(run: FixRun, base: Sha, name: string, patch: string): Promise<Trees> {
  const [edit, clean] = [treeOf(run, name), treeOf(run, `${name}-clean`)];
  const plain = treeOf(run, `${name}-plain`);
  await checkout(run, base, clean);
  await checkout(run, base, plain);
  await applyPatch(run, plain, patch);
  await setup(run, clean);
  await copyTree(run, clean, edit);
  await syncFiles(run, plain, edit, pathsOf(patch));
  return { base, edit, clean, setupPatch: "" };
}

async function checkout(run: FixRun, ref: string | null, tree: Tree): Promise<Sha> {
  const { input, deps } = run;
  await mkdir(tree.cache, { recursive: true });
  const { dir } = tree;
  const done =
    "localDir" in input.source
      ? await deps.git.checkoutLocal({ source: input.source.localDir, ...(ref === null ? {} : { ref }), dir })
      : await deps.git.checkout({
          cloneUrl: input.source.cloneUrl,
          ref: ref ?? "HEAD",
          dir,
          signal: run.signal,
        });
  return done.head;
}

/** Only on a tree in which nothing of the target has run: git obeys what it finds there. */
export async function applyPatch(run: FixRun, tree: Tree, patch: string): Promise<void> {
  const author = { name: "flaky-test-cleaner", email: "flaky-test-cleaner@localhost" };
  const message = "Change so far\n";
  await run.deps.git.commitPatch({ dir: tree.dir, patch, message, author, at: run.deps.clock.now() });
}

const SETUP_TRIES = 3;
const SETUP_PAUSE_MS = 2000;

/** Set-up is the one thing that needs the network, and a fault of that alone is tried again. */
async function setup(run: FixRun, tree: Tree): Promise<void> {
  const line = run.input.toolchain.setup;
  if (line === undefined) return;
  for (let attempt = 1; ; attempt++) {
    const result = await runLine(run, tree, line, valuesOfAll(null), { network: true });
    if (result.exit === 0) return;
    const said = result.output.trim().slice(-1500);
    run.record.trace = result.output;
    if (!isNetworkFault(result.output)) throw new TaskEnd("failed", "setup_failed", `set-up failed: ${said}`);
    if (attempt === SETUP_TRIES)
      throw new TaskEnd(
        "failed",
        "network",
        `set-up failed ${attempt} times for want of the network: ${said}`,
      );
    run.record.notes.push(`Set-up was tried again: the network failed (try ${attempt}).`);
    await run.deps.clock.sleep(SETUP_PAUSE_MS * attempt, run.signal).catch(() => checkAlive(run));
  }
}

interface RunOptions {
  network?: boolean;
  timeoutMs?: number;
  env?: Record<string, string>;
  readable?: string[];
  cpus?: number;
}

/**
 * Runs a shell line in a tree, inside the sandbox; the network only where asked for. `wrap` is a script
 * around it: the line is its `"$@"`. Ends the task when it is over.
 */
export async function runLine(
  run: FixRun,
  tree: Tree,
  line: string,
  values: LineValues,
  options: RunOptions & { wrap?: string } = {},
): Promise<SandboxResult> {
  checkAlive(run);
  const filled = fillLine(line, values);
  const argv = [
    ...(options.wrap === undefined ? [] : ["sh", "-c", options.wrap, "sh"]),
    "sh",
    "-c",
    filled.script,
  ];
  const result = await inSandbox(run, tree, argv, {
    ...options,
    env: { ...filled.env, ...options.env },
  });
  checkAlive(run);
  return result;
}

/** Runs a program in a tree, inside the sandbox. */
export function inSandbox(
  run: FixRun,
  tree: Tree,
  argv: string[],
  options: RunOptions,
): Promise<SandboxResult> {
  const network = options.network ?? false;
  const downloads = join(run.scratch, "downloads");
  return run.deps.sandbox.run({
    argv,
    cwd: tree.dir,
    env: { ...environment(run, tree, downloads, network), ...options.env },
    timeoutMs: Math.max(1, Math.min(options.timeoutMs ?? Number.POSITIVE_INFINITY, msLeft(run))),
    network,
    maxOutputBytes: MAX_OUTPUT,
    readable: [
      ...(run.deps.runtime ?? SYSTEM_RUNTIME).readable,
      ...(options.readable ?? []),
      ...(network ? [] : [downloads]),
    ],
    writable: [tree.cache, ...(network ? [downloads] : [])],
    ...(options.cpus === undefined ? {} : { cpus: options.cpus }),
    signal: run.signal,
  });
}

/** Downloads are shared and read-only after set-up; what builds keep belongs to one tree. */
function environment(run: FixRun, tree: Tree, downloads: string, network: boolean): Record<string, string> {
  const { path, env } = run.deps.runtime ?? SYSTEM_RUNTIME;
  return {
    ...env,
    PATH: path,
    LANG: "C.UTF-8",
    CI: "true",
    XDG_CACHE_HOME: tree.cache,
    GOCACHE: join(tree.cache, "go-build"),
    GOMODCACHE: join(downloads, "go-mod"),
    GOTOOLCHAIN: "local",
    CARGO_HOME: join(downloads, "cargo"),
    BUN_INSTALL_CACHE_DIR: join(downloads, "bun"),
    npm_config_cache: join(downloads, "npm"),
    PIP_CACHE_DIR: join(downloads, "pip"),
    ...(network ? {} : { GOPROXY: "off" }),
  };
}

/** Copies a tree and its cache; done inside the sandbox, since a hostile tree is read. */
export async function copyTree(run: FixRun, from: Tree, to: Tree): Promise<void> {
  await mkdir(to.dir, { recursive: true });
  await mkdir(to.cache, { recursive: true });
  const argv = ["sh", "-c", 'cp -a "$1/." . && cp -a "$2/." "$3"', "sh", from.dir, from.cache, to.cache];
  const result = await inSandbox(run, to, argv, { readable: [from.dir, from.cache], timeoutMs: COPY_MS });
  checkAlive(run);
  if (result.exit !== 0)
    throw new TaskEnd("failed", "copy_failed", `copying failed: ${result.output.slice(-500)}`);
}

/** A fresh copy of the clean tree. */
export async function freshTree(run: FixRun, trees: Trees, name: string): Promise<Tree> {
  const tree: Tree = { dir: join(run.scratch, name), cache: join(run.scratch, `${name}-cache`) };
  await copyTree(run, trees.clean, tree);
  return tree;
}

const SYNC =
  'from=$1; shift; for path in "$@"; do rm -rf -- "./$path"; if [ -e "$from/$path" ]; then mkdir -p -- "$(dirname -- "./$path")" && cp -a -- "$from/$path" "./$path" || exit 1; fi; done';

/** Brings the named files of `to` to what they are in `from`, inside the sandbox. */
export async function syncFiles(run: FixRun, from: Tree, to: Tree, paths: readonly string[]): Promise<void> {
  if (paths.length === 0) return;
  const argv = ["sh", "-c", SYNC, "sh", from.dir, ...paths];
  const result = await inSandbox(run, to, argv, { readable: [from.dir], timeoutMs: COPY_MS });
  checkAlive(run);
  if (result.exit !== 0)
    throw new TaskEnd("failed", "copy_failed", `copying failed: ${result.output.slice(-500)}`);
}

/** The change so far against the base, without what set-up did by itself. */
export async function currentPatch(run: FixRun, trees: Trees): Promise<string> {
  return subtractPatch(await run.deps.git.diff(trees.edit.dir, trees.base), trees.setupPatch);
}

/** The same change with whole files around it, for the gates: they read syntax. */
export async function wholePatch(run: FixRun, trees: Trees, patch: string): Promise<string> {
  const paths = new Set(pathsOf(patch));
  const whole = parseDiff(await run.deps.git.diff(trees.edit.dir, trees.base, true));
  return whole.files
    .filter((file) => paths.has(file.path))
    .map((file) => file.raw)
    .join("");
}

/** Leaves out the files that `other` changes in just the same way. */
export function subtractPatch(patch: string, other: string): string {
  const known = new Set(parseDiff(other).files.map((file) => file.raw));
  return parseDiff(patch)
    .files.filter((file) => !known.has(file.raw))
    .map((file) => file.raw)
    .join("");
}

export const pathsOf = (patch: string): string[] => parseDiff(patch).files.map((file) => file.path);
