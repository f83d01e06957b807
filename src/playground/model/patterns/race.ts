import type { Pattern } from "./pattern.ts";

const WAIT = /^( *)const (\w+) = \[(.+)\];\n *await Promise\.all\(\2\);$/m;
const PUSH = /(\w+)\.push\((?:[^()]|\([^()]*\))*\)/g;

/** A test that waits for some of the work and asserts on the rest. */
export const race: Pattern = {
  kind: "race",
  shows: (code) => /await Promise\.all\(/.test(code) && /\.status\(/.test(code),
  helper: "drained",
  edits(file, body) {
    const match = WAIT.exec(body);
    const [old, indent = "", , list = ""] = match ?? [];
    const pushes = [...list.matchAll(PUSH)];
    const queue = pushes[0]?.[1];
    if (old === undefined || queue === undefined || file.split(old).length !== 2) return null;
    const lines = [...pushes.map(([push]) => `${push};`), `await ${queue}.drained();`];
    return [{ old, new: lines.map((line) => `${indent}${line}`).join("\n") }];
  },
  remedy: /await \w+\.drained\(\);/,
  why: "drained() resolves when the last packer is done; orders end in any order.",
  cause:
    "A race. The test waits for the two later orders only and then asserts on the first, whose packing nothing waits for. Orders begin in the order they came, but three packers work side by side and each takes a random time, so the first may well end last; then its status is still `packing`.",
  reproduce:
    "Run `bun test test/queue.test.ts` some 20 times; about a third fail. Making `packByHand` slower for the first order makes every run fail.",
  fix: "Wait for the queue as a whole: `await queue.drained();` in place of `await Promise.all(later);`. The helper is in `src/queue.ts` already and another test of the file uses it.",
  risks:
    "None for the product: only the test changes. A queue that never drains would now show as a timeout rather than as a failed assertion.",
  interleaving:
    "the three orders are packed at the same time, each for a random time. When `A-2` and `A-3` end first, `Promise.all` resolves while `A-1` is still `packing`, and the assertion reads that.",
  now: "`drained()` resolves only when no packer is busy, so at the assertion `A-1` has been packed, whichever order ended last. The queue does what it says (orders end in any order), so the product is not at fault.",
};
