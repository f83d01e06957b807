import { readdirSync } from "node:fs";
import { basename, dirname, join, relative } from "node:path";
import { passedOn, testEnvironment } from "./machine.ts";
import type { Step } from "./step.ts";

const MINUTE = 60_000;

/**
 * Folders that take long are split into steps of that many files, which begin first, in this order. Files that share a
 * process load the product once and meet code that is compiled already: a third of their time is saved.
 */
const SPLIT: Record<string, number> = {
  "test/fault": 1,
  "test/flow": 4,
  "test/service": 2,
  "test/unit/fixes": 3,
};

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

/** All that is checked without running a test. */
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
    check("types", ["node_modules/typescript/bin/tsc", "--noEmit"]),
    testStep(root, "structure", ["test/structure"]),
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
  const slow = Object.entries(SPLIT).flatMap(([path, size]) =>
    chunks(
      files.filter((file) => file.startsWith(`${path}/`)),
      size,
    ),
  );
  const rest = Map.groupBy(
    files.filter((file) => !slow.flat().includes(file)),
    (file) => dirname(file),
  );
  return [
    ...slow.map((paths) => testStep(root, stepName(paths), paths)),
    ...[...rest].map(([folder, paths]) => testStep(root, folder.replace(/^test\//, ""), paths)),
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
  limitMs: 10 * MINUTE,
});
