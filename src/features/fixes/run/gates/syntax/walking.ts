import { type Fact, type FactKind, oneLine, type Place, squeeze } from "./fact.ts";
import type { Spec } from "./spec.ts";
import type { Syntax } from "./tree.ts";

/** Where the walk stands. */
export interface Scope extends Place {
  test: string;
  fn: string;
  inTest: boolean;
  /** Cases of the `select` around, in Go. */
  selectCases: number;
}

/** What all visitors share. */
export interface Walk {
  spec: Spec;
  source: string;
  path: string;
  /** Named numbers and durations of the file. */
  known: ReadonlyMap<string, number>;
  /** What the file calls sleeping by. */
  aliases: ReadonlySet<string>;
  /** Whether a runner would find tests in this file. */
  runs: boolean;
  facts: Fact[];
  /** Looks at nodes of one level and all below them. */
  into: (walk: Walk, nodes: readonly Syntax[], scope: Scope) => void;
}

/** Writes a fact down. */
export function emit(walk: Walk, kind: FactKind, node: Syntax, scope: Scope, more: Partial<Fact>): void {
  const text = walk.source.slice(node.start, node.end);
  const { loop, guards, callback, tried } = scope;
  walk.facts.push({
    kind,
    line: node.line,
    lastLine: node.lastLine,
    text: kind === "test" ? "" : squeeze(text).slice(0, 400),
    shown: kind === "test" ? scope.test : oneLine(text),
    test: scope.test,
    fn: scope.fn,
    awaited: /(?:\bawait|\breturn)\s*\(?$/.test(walk.source.slice(Math.max(0, node.start - 12), node.start)),
    place: { loop, guards, callback, tried },
    inTest: scope.inTest,
    callee: "",
    key: "",
    value: null,
    strength: 3,
    args: [],
    group: false,
    empty: false,
    ...more,
  });
}
