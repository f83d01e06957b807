import { expect, test } from "bun:test";
import { fingerprintOf, platformBucket } from "../../../src/features/failures/fingerprint.ts";
import { genericSignature, normalise, signatureOf } from "../../../src/features/failures/normalise.ts";

const alike: [string, string, string][] = [
  ["line numbers", "client_test.go:514: not leader", "client_test.go:513: not leader"],
  [
    "checkout roots",
    "/home/runner/work/pd/pd/tests/a.go:1 bad",
    "/home/prow/go/src/github.com/tikv/pd/tests/a.go:9 bad",
  ],
  ["addresses", "GetServer(0xc0009d6700)", "GetServer(0x0)"],
  ["ports", "dial tcp 127.0.0.1:36241: refused", "dial tcp 127.0.0.1:40001: refused"],
  ["durations", "timed out after 1m3.5s, took 12 ms", "timed out after 59s, took 900 ms"],
  ["times", "[2025/04/23 04:22:27.569 +00:00] lost", "[2026/01/01 00:00:00.001 +00:00] lost"],
  ["uuids", "job 5e2d41a0-1b1c-4a5e-9d1a-0123456789ab", "job 00000000-1b1c-4a5e-9d1a-fedcba987654"],
  ["sets of numbers", "[]uint32{0x1, 0x2f} differs", "[]uint32{0x9} differs"],
  ["lists of numbers", "items [1 2 3] missing", "items [7 8 9 10] missing"],
  ["temporary paths", "open /tmp/TestA123/001/db: no", "open /tmp/TestA999/002/x: no"],
  ["ids", "region 123456 has no leader", "region 98765 has no leader"],
  ["commits", "at 4f9ce0c9a1b2c3d4e5f6 bad", "at aaaabbbbccccdddd1111 bad"],
];
for (const [what, one, other] of alike) {
  test(`${what} do not tell failures apart`, () => expect(normalise(one)).toBe(normalise(other)));
}

test("what was expected and what came does tell them apart", () => {
  expect(normalise("expected: 404 actual: 200")).not.toBe(normalise("expected: 200 actual: 404"));
  expect(normalise("should have 2 item(s), but has 0")).not.toBe(normalise("Condition never satisfied"));
});

test("a signature is the message without its stack", () => {
  const message = "TypeError: boom\n    at run (/x/a.js:1:2)\n    at main (/x/b.js:3:4)";
  expect(signatureOf(message)).toBe("TypeError: boom");
});

test("signatures that say nothing are known as such", () => {
  const generic = [
    "Condition never satisfied",
    "context deadline exceeded",
    "race detected during execution of test",
    "exit status 1",
    "",
  ];
  expect(generic.filter((one) => !genericSignature(one))).toEqual([]);
  expect(genericSignature('Error "not leader" does not contain "canceled"')).toBe(false);
});

test("every part counts, and parts cannot run into each other", () => {
  const parts = { repo: "a/b", test: "TestA", signature: "bad", framework: "go-test" };
  const prints = [
    parts,
    { ...parts, repo: "a/c" },
    { ...parts, test: "TestAb", signature: "ad" },
    { ...parts, signature: "worse" },
    { ...parts, framework: "gocheck" },
    { ...parts, platform: "windows" },
  ].map(fingerprintOf);
  expect(new Set(prints).size).toBe(prints.length);
  expect(fingerprintOf({ ...parts })).toBe(fingerprintOf(parts));
});

test("the platform counts only for crashes", () => {
  expect(platformBucket("Windows-2022", "crash")).toBe("windows");
  expect(platformBucket("macos-14", "crash")).toBe("macos");
  expect(platformBucket("ubuntu-latest", "crash")).toBe("linux");
  expect(platformBucket("ubuntu-latest", "assert")).toBeUndefined();
});
