import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Sha } from "../../../kernel/ids.ts";
import type { SandboxResult } from "../../../ports/sandbox.ts";
import { checkAlive, type FixRun, msLeft, SYSTEM_RUNTIME, TaskEnd } from "./context.ts";
import { parseDiff } from "./gates/index.ts";
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

/**
 * Clones the code twice over: one tree to change and one to run. With the model as fixer nothing ever runs in the
 * tree that is changed from outside the sandbox, so no test can put a link where the next edit goes.
 */
export async function prepareTrees(run: FixRun): Promise<Trees> {
  const { input, deps } = run;
  const tree = (name: string): Tree => ({
    dir: join(run.scratch, name),
    cache: join(run.scratch, `${name}-cache`),
  });
  const [edit, clean] = [tree("edit"), tree("clean")];
  await mkdir(join(run.scratch, "downloads"), { recursive: true });
  await mkdir(edit.cache, { recursive: true });
  const ref = input.base === null ? {} : { ref: input.base };
  const checkout =
    "localDir" in input.source
      ? await deps.git.checkoutLocal({ source: input.source.localDir, ...ref, dir: edit.dir })
      : await deps.git.checkout({
          cloneUrl: input.source.cloneUrl,
          ref: input.base ?? "HEAD",
          dir: edit.dir,
          signal: run.signal,
        });
  if (input.resumePatch) {
    const author = { name: "flaky-test-cleaner", email: "flaky-test-cleaner@localhost" };
    await deps.git.commitPatch({
      dir: edit.dir,
      patch: input.resumePatch,
      message: "Change so far\n",
      author,
      at: deps.clock.now(),
    });
  }
  const prepared = { base: checkout.head, edit, clean };
  if (input.fixer.kind === "command") {
    await setup(run, edit);
    const setupPatch = subtractPatch(await deps.git.diff(edit.dir, checkout.head), input.resumePatch ?? "");
    await copyTree(run, edit, clean);
    return { ...prepared, setupPatch };
  }
  await copyTree(run, edit, clean);
  await setup(run, clean);
  return { ...prepared, setupPatch: "" };
}

async function setup(run: FixRun, tree: Tree): Promise<void> {
  const line = run.input.toolchain.setup;
  if (line === undefined) return;
  const result = await runLine(run, tree, line, valuesOfAll(null), { network: true });
  if (result.exit === 0) return;
  throw new TaskEnd("failed", "setup_failed", `set-up failed: ${result.output.trim().slice(-1500)}`);
}

/** Runs a shell line in a tree, inside the sandbox; the network only where asked for. Ends the task when it is over. */
export async function runLine(
  run: FixRun,
  tree: Tree,
  line: string,
  values: LineValues,
  options: { network?: boolean; timeoutMs?: number; env?: Record<string, string>; readable?: string[] } = {},
): Promise<SandboxResult> {
  checkAlive(run);
  const filled = fillLine(line, values);
  const result = await inSandbox(run, tree, ["sh", "-c", filled.script], {
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
  options: { network?: boolean; timeoutMs?: number; env?: Record<string, string>; readable?: string[] },
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
    signal: run.signal,
  });
}

/** Downloads are shared and read-only after set-up; what builds keep belongs to one tree. */
function environment(run: FixRun, tree: Tree, downloads: string, network: boolean): Record<string, string> {
  return {
    PATH: (run.deps.runtime ?? SYSTEM_RUNTIME).path,
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
  for (const [source, target] of [
    [from.dir, to.dir],
    [from.cache, to.cache],
  ] as const) {
    await mkdir(target, { recursive: true });
    const argv = ["cp", "-a", `${source}/.`, "."];
    const place = { dir: target, cache: target };
    const result = await inSandbox(run, place, argv, { readable: [source], timeoutMs: COPY_MS });
    checkAlive(run);
    if (result.exit !== 0)
      throw new TaskEnd("failed", "copy_failed", `copying failed: ${result.output.slice(-500)}`);
  }
}

/** A fresh copy of the clean tree. */
export async function freshTree(run: FixRun, trees: Trees, name: string): Promise<Tree> {
  const tree: Tree = { dir: join(run.scratch, name), cache: join(run.scratch, `${name}-cache`) };
  await copyTree(run, trees.clean, tree);
  return tree;
}

const SYNC =
  'from=$1; shift; for path in "$@"; do rm -rf -- "./$path"; if [ -e "$from/$path" ]; then mkdir -p -- "$(dirname -- "./$path")" && cp -a -- "$from/$path" "./$path" || exit 1; fi; done';

/** Brings the named files of `to` to what they are in the tree that is changed, inside the sandbox. */
export async function syncFiles(
  run: FixRun,
  trees: Trees,
  to: Tree,
  paths: readonly string[],
): Promise<void> {
  if (paths.length === 0) return;
  const argv = ["sh", "-c", SYNC, "sh", trees.edit.dir, ...paths];
  const result = await inSandbox(run, to, argv, { readable: [trees.edit.dir], timeoutMs: COPY_MS });
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
