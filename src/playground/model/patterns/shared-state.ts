import type { Edit, Pattern } from "./pattern.ts";

const IMPORT = /^import \{ (describe, .+) \} from "bun:test";$/m;
const DESCRIBE = /^describe\(.+, \(\) => \{$/m;

function editsOf(file: string): Edit[] | null {
  const head = IMPORT.exec(file);
  const describe = DESCRIBE.exec(file)?.[0];
  const known = /import \{[^}]*\bresetCatalog\b/.test(file) && !file.includes("beforeEach");
  if (!head || describe === undefined || !known) return null;
  return [
    { old: head[0], new: `import { beforeEach, ${head[1]} } from "bun:test";` },
    { old: describe, new: `${describe}\n  beforeEach(resetCatalog);\n` },
  ];
}

/** A test that reads module state which another test changed. */
export const sharedState: Pattern = {
  kind: "shared state",
  shows: (code) => /expect\(priceOf\(/.test(code) && !/resetCatalog|startSale\(/.test(code),
  helper: "resetCatalog",
  edits: editsOf,
  remedy: /beforeEach\(resetCatalog\);/,
  why: "resetCatalog() ends any sale: the catalog is one for the whole process.",
  cause:
    "State shared between tests. The sale is a variable of the module `src/catalog.ts`; the test of the harvest sale starts one and leaves it on. Tests run in a random order: when this test comes after that one, and none that resets the catalog ran in between, it sees the price with the sale taken off.",
  reproduce:
    "Run `bun test test/catalog.test.ts` with the seed that the failing log prints (`--seed=N`); without a seed about a third of the orders fail. Run alone, the test never fails.",
  fix: "Give each test a clean catalog: `beforeEach(resetCatalog);` in the `describe` block. `resetCatalog` is imported there already.",
  risks:
    "None for the product: only the test changes. A test that leaned on a sale left by another would fail now; there is none.",
  interleaving:
    "the order of tests is random. When the harvest sale's test ran before and nothing reset the catalog in between, the sale it left is still on, and the price read here is lower by it.",
  now: "`resetCatalog` runs before every test, so each begins with list prices, in any order. A sale is meant to last until it is ended, so the product is not at fault.",
};
