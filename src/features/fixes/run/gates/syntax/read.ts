import type { DiffFile } from "../diff.ts";
import { sidesOf } from "../sides.ts";
import type { Fact } from "./fact.ts";
import { aliasesOf } from "./hidden.ts";
import { isTestPath, specOf } from "./index.ts";
import type { Spec } from "./spec.ts";
import { parse, type Syntax, within } from "./tree.ts";
import { factsOf, knownAmounts } from "./walk.ts";

/** What a file's code does before and after a change, as far as the change concerns it. */
export interface FileFacts {
  path: string;
  spec: Spec;
  test: boolean;
  before: Fact[];
  after: Fact[];
  /** Lines of each side that hold code which no runner ships: tests beside the product's code, in Rust. */
  testLines: { before: [number, number][]; after: [number, number][] };
  /** Every name that stands in the new file, to tell a helper from a stranger. */
  source: string;
}

/** Folders whose files no runner looks into. */
const ASIDE =
  /(?:^|\/)(?:_\w*|disabled|quarantined?|skipped|ignored|attic|broken|graveyard|testdata|archived?|parked)\//i;

interface Side {
  root: Syntax;
  source: string;
  units: { nodes: Syntax[]; text: string }[];
}

/** Reads both sides of a changed file; null where its language is not read. Only units that differ are looked into. */
export async function readFile(file: DiffFile): Promise<FileFacts | null> {
  const spec = specOf(file.path);
  if (spec === null || file.binary) return null;
  const sides = sidesOf(file);
  const grammar = spec.grammar(file.path);
  const [before, after] = [
    await sideOf(sides.before, grammar, spec),
    await sideOf(sides.after, grammar, spec),
  ];
  const test = isTestPath(file.path);
  const facts = (side: Side | null, other: Side | null): Fact[] => {
    if (side === null) return [];
    const same = countOf(other?.units.map((unit) => unit.text) ?? []);
    const units = side.units.filter((unit) => {
      const left = same.get(unit.text) ?? 0;
      same.set(unit.text, left - 1);
      return left <= 0;
    });
    const runs = spec.runnerFile.test(file.path) && !ASIDE.test(file.path);
    const known = knownAmounts(side.root, side.source);
    const nodes = units.map((unit) => unit.nodes);
    const { source } = side;
    const aliases = aliasesOf(source);
    return factsOf({ spec, source, path: file.path, known, aliases, runs }, nodes, test);
  };
  const lines = (side: Side | null) => (side === null || spec.name !== "rust" ? [] : rustTestLines(side));
  return {
    path: file.path,
    spec,
    test,
    before: facts(before, after),
    after: facts(after, before),
    testLines: { before: lines(before), after: lines(after) },
    source: sides.after ?? "",
  };
}

async function sideOf(
  source: string | null,
  grammar: Parameters<typeof parse>[1],
  spec: Spec,
): Promise<Side | null> {
  if (source === null) return null;
  const root = await parse(grammar === "rust" ? openMacros(source) : source, grammar);
  if (root === null) return null;
  return { root, source, units: unitsOf(root, source, spec) };
}

/** Macros that take expressions are read as calls: a macro's arguments are mere tokens. Offsets stay as they are. */
const openMacros = (source: string): string =>
  source
    .replace(/\bproptest!(?=\s*\{)/g, "mod propt")
    .replace(
      /\b((?:debug_|prop_)?assert\w*|println|eprintln|dbg|panic|ensure|bail|unreachable|join|try_join|format|write|info|warn|error|debug)!(?=\s*\()/g,
      "$1_",
    );

/** The file's outermost parts, each with the comments and attributes above it. */
function unitsOf(root: Syntax, source: string, spec: Spec): Side["units"] {
  const units: Side["units"] = [];
  let nodes: Syntax[] = [];
  for (const node of root.children) {
    nodes.push(node);
    if (spec.nodes.comments.has(node.type) || node.type === "attribute_item") continue;
    units.push({ nodes, text: source.slice(nodes[0]?.start ?? node.start, node.end) });
    nodes = [];
  }
  if (nodes.length > 0) units.push({ nodes, text: source.slice(nodes[0]?.start, nodes.at(-1)?.end) });
  return units;
}

function rustTestLines({ root, source, units }: Side): [number, number][] {
  const found: [number, number][] = units
    .filter((unit) =>
      /#\[cfg\((?:.*\b)?test\b|#\[(?:\w+::)?test\b/.test(
        unit.nodes
          .slice(0, -1)
          .map((node) => source.slice(node.start, node.end))
          .join("\n"),
      ),
    )
    .map((unit) => [unit.nodes[0]?.line ?? 0, unit.nodes.at(-1)?.lastLine ?? 0]);
  for (const node of within(root)) {
    if (node.type === "mod_item" && /^mod\s+tests?\b/.test(source.slice(node.start, node.start + 20)))
      found.push([node.line, node.lastLine]);
  }
  return found;
}

function countOf(texts: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}
