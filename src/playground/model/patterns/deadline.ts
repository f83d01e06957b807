import type { Pattern } from "./pattern.ts";

const WAIT = /^( *)await Bun\.sleep\(\d+\);\n *expect\((.+)\)\.to\w+\(.*\);$/m;

/** A test that gives an answer of random latency a fixed time. */
export const deadline: Pattern = {
  kind: "deadline",
  shows: (code) => /await Bun\.sleep\(\d+\)/.test(code) && /\.hourOf\(/.test(code),
  helper: "until",
  edits(file, body) {
    const [old, indent = "", read] = WAIT.exec(body) ?? [];
    const known = /import \{[^}]*\buntil\b/.test(file);
    if (old === undefined || read === undefined || !known || file.split(old).length !== 2) return null;
    const assertion = old.slice(old.indexOf("\n") + 1);
    return [{ old, new: `${indent}await until(() => ${read} !== undefined);\n${assertion}` }];
  },
  remedy: /await until\(/,
  why: "until() waits for the carrier's answer, not for a time: it comes when it comes.",
  cause:
    "A deadline. The test gives the carrier a fixed time and then asserts that its answer is there. The answer takes a random time, now and then longer than that; then no hour is noted yet and the test reads `undefined`.",
  reproduce:
    "Run `bun test test/pickup.test.ts` some 20 times; about a third fail. A shorter sleep makes more of them fail.",
  fix: "Wait for the answer in place of a time: `await until(() => desk.hourOf(…) !== undefined);`. The helper is in `test/support/until.ts` and imported already; it gives up after two seconds.",
  risks:
    "None for the product: only the test changes. Should the carrier never answer, the test fails after two seconds rather than at once. A longer sleep would only make it rarer.",
  interleaving:
    "the carrier answers after a random time. When that is longer than the sleep, the assertion runs before the answer is noted and reads `undefined`.",
  now: "`until` looks until the hour is noted, so the assertion always runs after the answer, however long it took, and it still checks which hour it is. The desk promises no time, so the product is not at fault.",
};
