import type { GrammarName, Syntax } from "./tree.ts";

/**
 * Names of calls by what they do. Tried on a call's chain without arguments: `expect().resolves.toBe`,
 * `time.Sleep`, `s.T().Skip`, `thread::sleep`.
 */
export interface Words {
  skip: RegExp;
  /** Leaves inputs of a generated test out. */
  narrows: RegExp;
  sleep: RegExp;
  /** Lets others run once: a guess at an order, like a sleep. */
  yields: RegExp;
  /** Waits until something holds or arrives. */
  wait: RegExp;
  /** Fails the test, at once or when a comparison does not hold. */
  assertion: RegExp;
  /** Fails the test with a message, whatever was compared before. */
  fails: RegExp;
  log: RegExp;
  seed: RegExp;
  mock: RegExp;
  exit: RegExp;
  parallel: RegExp;
  serial: RegExp;
  retry: RegExp;
  /** Reads the environment. */
  env: RegExp;
  /** A check that runs beside the assertions: leaks, failpoints, counted assertions. */
  watch: RegExp;
}

/** How a language's tree spells the things that all languages have. */
export interface Nodes {
  calls: ReadonlySet<string>;
  /** Declarations of types that have methods. */
  types: ReadonlySet<string>;
  functions: ReadonlySet<string>;
  lambdas: ReadonlySet<string>;
  loops: ReadonlySet<string>;
  branches: ReadonlySet<string>;
  handlers: ReadonlySet<string>;
  returns: ReadonlySet<string>;
  comments: ReadonlySet<string>;
  strings: ReadonlySet<string>;
}

/** A test, or a group of tests, that a node declares. */
export interface TestDeclared {
  name: string;
  group: boolean;
  /** Words that switch it off or change how it runs: `.skip`, annotations, attributes. */
  marks: { text: string; line: number }[];
  /** Without a body it says nothing. */
  body: Syntax | null;
}

export interface Spec {
  name: "go" | "javascript" | "python" | "java" | "rust";
  extensions: readonly string[];
  grammar: (path: string) => GrammarName;
  /** Files that hold tests or what only tests use. */
  testFile: RegExp;
  /** Files in which a runner looks for tests. */
  runnerFile: RegExp;
  nodes: Nodes;
  words: Words;
  /** The test that a node declares; `before` are the nodes just before it on its level (attributes). */
  test: (node: Syntax, source: string, before: readonly Syntax[]) => TestDeclared | null;
  /** Marks that switch a test off. */
  skipMark: RegExp;
  retryMark: RegExp;
  serialMark: RegExp;
  /** Comments and attributes that silence a checker. */
  suppression: RegExp;
}

export const setOf = (...names: string[]): ReadonlySet<string> => new Set(names);
export const textOf = (node: Syntax | undefined, source: string): string =>
  node === undefined ? "" : source.slice(node.start, node.end);
