import { expect, test } from "bun:test";
import { assemble, FOLDER } from "../../../bench/search/assemble.ts";
import { OTHERS } from "../../../src/features/failures/extract/firsts.ts";
import { cleanLine, mayBePrefixed, withoutPrefix } from "../../../src/features/failures/extract/line.ts";
import { NEEDLES } from "../../../src/features/failures/extract/needles.ts";
import { FINGERPRINTS } from "../../../src/features/failures/extract/search/fingerprints.ts";
import { imageOf } from "../../../src/features/failures/extract/search/image.ts";
import { Search, WIDE } from "../../../src/features/failures/extract/search/search.ts";

const NEWLINE = 10;

/** Numbers that look random and are the same in each run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) % below;
  };
}

const pick = numbers(7);
/** Few letters, so that there is much to find, newlines, and bytes with all their bits. */
const LETTERS = [..."abAB- \n", "\u00ff"].map((letter) => letter.charCodeAt(0));
const bytesOf = (size: number): Buffer =>
  Buffer.from(Array.from({ length: size }, () => LETTERS[pick(LETTERS.length)] ?? 0));

/** Literals without a newline but at their end, as those of the rules are. */
function literals(): string[] {
  const some = new Set<string>();
  while (some.size < 40) {
    const text = bytesOf(5 + pick(5))
      .toString("latin1")
      .replace(/[\n\xff]/g, "b");
    some.add(pick(8) === 0 ? `${text}\n` : text);
  }
  return [...some];
}

/** What the search has to find: each literal at each place, by a look at every one of them. */
function found(bytes: Buffer, needles: readonly string[]): string[] {
  const hits: string[] = [];
  needles.forEach((needle, index) => {
    for (let at = bytes.indexOf(needle); at >= 0; at = bytes.indexOf(needle, at + 1))
      hits.push(`${at} ${index} ${bytes.subarray(0, at).filter((byte) => byte === NEWLINE).length}`);
  });
  return hits.sort();
}

/** Searches from one place to another, going on where it stopped, and tells the hits as `found` does. */
function searched(search: Search, from: number, to: number): { hits: string[]; lines: number } {
  const hits = new Set<string>();
  let lines = 0;
  for (let at = from; at < to; at = search.stopped) {
    search.search(at, to);
    for (let hit = 0; hit < search.count; hit++)
      hits.add(`${search.startOf(hit) - from} ${search.literalOf(hit)} ${lines + search.linesBefore(hit)}`);
    lines += search.lines;
  }
  return { hits: [...hits].sort(), lines };
}

test("the module that is loaded is what its text says", async () => {
  expect(
    Buffer.from(await assemble()).equals(Buffer.from(await Bun.file(`${FOLDER}/search.wasm`).bytes())),
  ).toBe(true);
});

test("each needle holds one of the chosen fingerprints; if not: bun bench/fingerprints.ts", () => {
  const known = FINGERPRINTS.flat();
  expect(NEEDLES.filter((needle) => !known.some((text) => needle.includes(text)))).toEqual([]);
});

test("finds what a search place by place finds, wherever the bytes begin and end", () => {
  for (let round = 0; round < 60; round++) {
    const needles = literals();
    const search = new Search(
      imageOf(needles, [needles.slice(0, 3).map((text) => text.slice(1, 5)), [], []]),
    );
    const bytes = bytesOf(1 + pick(3000));
    for (let planted = 0; planted < 20; planted++)
      bytes.write(needles[pick(needles.length)] ?? "", pick(bytes.length), "latin1");
    const from = round % 3 === 0 ? search.end - bytes.length : search.begin + pick(64);
    // what lies around must not count
    search.bytes.fill(needles[0] ?? "", search.begin, search.end, "latin1");
    search.bytes.set(bytes, from);
    const { hits, lines } = searched(search, from, from + bytes.length);
    expect(hits).toEqual(found(bytes, needles));
    expect(lines).toBe(bytes.filter((byte) => byte === NEWLINE).length);
  }
});

test("more hits than there is room for come in turns, and none writes where the bytes are", () => {
  const search = new Search(imageOf(["aaaaa", "aaaaaa", "aaaaaaa", "aaaaaaaa"]));
  search.bytes.fill("a", search.begin, search.begin + 9000);
  search.search(search.begin, search.begin + 9000);
  expect(search.stopped).toBeLessThan(search.begin + 9000);
  expect(search.count).toBeGreaterThan(1500);
  expect(search.bytes.subarray(search.begin, search.begin + 9000).every((byte) => byte === 97)).toBe(true);
});

test("lines are told by their ends, with whether they are ASCII", () => {
  const search = new Search(imageOf([]));
  const bytes = bytesOf(4000);
  search.bytes.set(bytes, search.begin);
  for (let round = 0; round < 500; round++) {
    const from = pick(bytes.length);
    const to = from + 1 + pick(bytes.length - from);
    const newline = bytes.indexOf(NEWLINE, from);
    const end = newline < 0 || newline > to ? to : newline;
    search.line(search.begin + from, search.begin + to);
    expect(search.lineEnd - search.begin).toBe(end);
    // beyond the end it may look at up to 15 bytes more: it is then read with more care than it needs
    if ((search.traits & WIDE) === 0)
      expect(bytes.subarray(from, end).some((byte) => byte > 127)).toBe(false);
    const start = search.lineStart(search.begin + to, search.begin + from);
    expect(start - search.begin).toBe(Math.max(from, bytes.lastIndexOf(NEWLINE, to - 1) + 1));
  }
});

/** Beginnings, and what may stand in a line, that are cleaned in ways of their own. */
const PIECES = (
  "2026-01-02T03:04:05.6789012Z |2026-01-02T03:04:05Z|[2026-01-02T03:04:05.678Z] |2026-01-02T03:04:05,678 |" +
  "2026-01-02T03:04:05+01:00 |2026-01-02T03:04:05.1Z 00O+|[task 2026-01-02T03:04:05.678Z] 03:04:05     INFO - |" +
  "[task 2026-01-02T03:04:05.678Z] |[vcs 2026-01-02T03:04:05.6Z] |03:04:05  |[03:04:05] |[   12.345678] |##[error]|" +
  "travis_time:end:1 |\u001b[31m|\u001b[0m|[31m|[0K|^[[1m|\\e[2m|\u001b]0;a\u0007|\u241b[1m|\u009b2J|a job\ta step\t|" +
  "\ufeff|\t|\r|\u0001|FAILED |ok | |  |[|]|#|t|12|✓ |\u00a0|é|name[3]|e[x]"
).split("|");

test("a line that is plain by its bytes reads as the rules of cleaning have it", () => {
  const search = new Search(imageOf([]));
  let plain = 0;
  for (let round = 0; round < 20_000; round++) {
    const raw = Array.from({ length: 1 + pick(5) }, () => PIECES[pick(PIECES.length)] ?? "").join("");
    const bytes = Buffer.from(raw);
    search.bytes.fill("\n", search.begin, search.begin + bytes.length + 40, "latin1");
    search.bytes.set(bytes, search.begin);
    search.line(search.begin, search.begin + bytes.length + 1);
    if (search.traits !== 0) continue;
    plain++;
    const text = search.bytes.toString("latin1", search.textStart, search.lineEnd);
    const cleaned = cleanLine(raw);
    expect([raw, withoutPrefix(text).trimEnd()]).toEqual([raw, cleaned]);
    if (!mayBePrefixed(search.bytes, search.textStart)) expect([raw, text.trimEnd()]).toEqual([raw, cleaned]);
  }
  expect(plain).toBeGreaterThan(2000);
});

test("what is found in texts that begin otherwise than it must is left out, and nothing else", () => {
  const search = new Search(imageOf(["<needle>"]));
  const kept = (bytes: Buffer, first: bigint, behindBlanks: bigint): boolean => {
    search.forget();
    search.learn(0, { first, behindBlanks });
    search.bytes.set(bytes, search.begin);
    search.search(search.begin, search.begin + bytes.length);
    expect(search.count === 1 || search.passed === search.begin + bytes.indexOf("<needle>")).toBe(true);
    return search.count === 1;
  };
  let told = 0;
  for (let round = 0; round < 20_000; round++) {
    const raw = Array.from({ length: 1 + pick(5) }, () => PIECES[pick(PIECES.length)] ?? "").join("");
    const bytes = Buffer.from(`${raw}<needle>${pick(2) === 0 ? "\n" : ""}`);
    const text = raw.includes("\r") ? "" : cleanLine(bytes.toString());
    const shown = text.replace(/^[ \t]+/, "");
    const bit = 1n << BigInt(Math.min(OTHERS, shown.charCodeAt(0) || 0));
    const own = shown === text ? kept(bytes, bit, 0n) : kept(bytes, 0n, bit);
    expect([raw, own]).toEqual([raw, true]);
    if (!kept(bytes, 0n, 0n)) told++;
  }
  expect(told).toBeGreaterThan(5000);
});

test("a needle too short to be told by four bytes and one more is refused", () => {
  expect(() => imageOf(["FAIL"])).toThrow("under 5 bytes");
});
