import { readdirSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { passedOn, testEnvironment } from "./machine.ts";
import type { Step } from "./step.ts";

const MINUTE = 60_000;

/**
 * Files that share a process load the product once and meet code that is compiled already: one process of all flows
 * needs a third less processor time than five. Each entry is cut into so many steps of about as many files, which begin first,
 * in this order; what no entry names is one step at the end.
 */
const GROUPS: readonly { folders: readonly string[]; steps: number }[] = [
  { folders: ["test/flow"], steps: 2 },
  { folders: ["test/fault"], steps: 1 },
  { folders: ["test/service", "test/browser"], steps: 1 },
  { folders: ["test/unit/scans", "test/unit/findings", "test/unit/platform"], steps: 1 },
  { folders: ["test/unit/fixes"], steps: 3 },
  { folders: ["test/unit/playground-model", "test/unit/playground-github", "test/unit/threads"], steps: 1 },
];

/** A program of node_modules, run by this very Bun: neither `bun` nor `node` need be on the PATH. */
const tool = (...argv: string[]) => [process.execPath, "--no-env-file", ...argv];

/** Installs what bun.lock names, and nothing else. */
export const install = (root: string): Step => ({
  name: "install",
  argv: [process.execPath, "install", "--frozen-lockfile", "--no-progress"],
  cwd: root,
  // registries, proxies and caches are the machine's
  env: { ...passedOn(() => true) },
  counts: "check",
  limitMs: 10 * MINUTE,
  clean: (output) => output.replace(/https?:\/\/[^\s"')]+/g, "<address>"),
});

/** All that is checked without a test of its own. */
export function checks(root: string): Step[] {
  const biome = "node_modules/@biomejs/biome/bin/biome";
  const check = (name: string, argv: string[]): Step => ({
    name,
    argv: tool(...argv),
    cwd: root,
    env: testEnvironment(),
    counts: "check",
    limitMs: 5 * MINUTE,
  });
  return [
    check("format", [biome, "format", "--max-diagnostics=50", "."]),
    check("lint", [biome, "check", "--formatter-enabled=false", "--max-diagnostics=50", "."]),
    check("types", ["node_modules/typescript/bin/tsc", "--noEmit", "--singleThreaded"]),
    testStep(root, "structure", ["test/structure"]),
    // what a newcomer runs first
    check("demo", ["src/main.ts", "demo", "--exit"]),
  ];
}

/** Test steps, those that take longest first: one for each folder, or for each file of a slow one. */
export function testSteps(root: string, folders: string[]): Step[] {
  const wanted = folders.map((path) => path.replace(/\/$/, ""));
  const files = testFiles(root).filter((file) =>
    wanted.length === 0
      ? !file.startsWith("test/structure/")
      : wanted.some((path) => file === path || file.startsWith(`${path}/`)),
  );
  const slow = GROUPS.flatMap(({ folders: named, steps }) => {
    const paths = files.filter((file) => named.some((folder) => file.startsWith(`${folder}/`)));
    return chunks(paths, Math.max(1, Math.ceil(paths.length / steps)));
  });
  const rest = files.filter((file) => !slow.flat().includes(file));
  return [
    ...slow.map((paths) => testStep(root, stepName(paths), paths)),
    ...(rest.length === 0 ? [] : [testStep(root, wanted.length === 0 ? "the rest" : wanted.join(" "), rest)]),
  ];
}

const chunks = (files: string[], size: number): string[][] =>
  Array.from({ length: Math.ceil(files.length / size) }, (_, at) => files.slice(at * size, (at + 1) * size));

/** `flow/approvals … discuss`: the first and the last of its files. */
function stepName(paths: string[]): string {
  const names = paths.map((path) => path.replace(/^test\//, "").replace(/\.test\.tsx?$/, ""));
  const last = names.length > 1 ? ` … ${basename(names.at(-1) ?? "")}` : "";
  return `${names[0]}${last}`;
}

function testFiles(root: string): string[] {
  return readdirSync(join(root, "test"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.test\.tsx?$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

const testStep = (root: string, name: string, paths: string[]): Step => ({
  name,
  // a time limit in bunfig.toml has no effect
  argv: tool("test", "--timeout", "60000", ...paths.map((path) => `./${path}`)),
  cwd: root,
  env: testEnvironment(),
  counts: "tests",
  limitMs: 15 * MINUTE,
});
