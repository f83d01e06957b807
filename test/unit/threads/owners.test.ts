import { expect, test } from "bun:test";
import { codeOwners, ownersOf, pathOf } from "../../../src/features/threads/owners.ts";
import { sample } from "../findings/sample.ts";

const FILE = [
  "# all",
  "* @acme/all",
  "*.go @go-people # their language",
  "/server/ @acme/server",
  "docs/* @writer",
  "/pkg/**/raft_*.go @alice bob@example.com",
  "generated",
  "/client/client_test.go",
].join("\n");

test.each([
  ["README.md", ["acme/all"]],
  ["tools/x.go", ["go-people"]],
  ["server/cluster/cluster_test.go", ["acme/server"]],
  ["other/server/x.ts", ["acme/all"]],
  ["docs/a.md", ["writer"]],
  ["docs/deep/a.md", ["acme/all"]],
  ["pkg/a/b/raft_test.go", ["alice", "bob@example.com"]],
  ["pkg/raft_test.go", ["alice", "bob@example.com"]],
  ["src/generated/x.ts", []],
  ["client/client_test.go", []],
  ["", ["acme/all"]],
])("by CODEOWNERS %j belongs to %j", (path, owners) => {
  expect(codeOwners(FILE, path)).toEqual(owners);
});

test("a file made to hold it up does not", () => {
  const began = performance.now();
  const evil = [`${"*a".repeat(900)}z`, "*a*a*a*a*a*a*a*z", `${"**/".repeat(300)}z`, `/${"?".repeat(199)}z`];
  const path = `${"a".repeat(400)}/${"a/".repeat(50)}c`;
  expect(codeOwners(evil.map((pattern) => `${pattern} @x`).join("\n"), path)).toEqual([]);
  expect(codeOwners("/ @x\n".repeat(100_000), path)).toEqual([]);
  expect(performance.now() - began).toBeLessThan(5000);
});

test.each([
  [
    { package: "github.com/acme/shop/server/cluster", file: "cluster_test.go" },
    "server/cluster/cluster_test.go",
  ],
  [{ package: "github.com/acme/shop", file: "main_test.go:12" }, "main_test.go"],
  [{ package: "github.com/other/shop/a", file: "x_test.go" }, "x_test.go"],
  [{ package: null, file: "./test/a.test.ts:3:4" }, "test/a.test.ts"],
  [{ package: "github.com/acme/shop/a", file: null }, "a"],
  [{ package: null, file: null }, null],
])("the file of %j is %j", (place, path) => {
  expect(pathOf(sample(place))).toBe(path);
});

const forge = (files: Record<string, string>) => ({
  repository: async () => ({ defaultBranch: "main", cloneUrl: "", url: "", visibility: "public" as const }),
  file: async (_: string, path: string) => files[path] ?? null,
});
const finding = sample({ package: "github.com/acme/shop/server/cluster", file: "cluster_test.go" });

test("the nearest OWNERS counts where there is no CODEOWNERS, approvers before reviewers", async () => {
  const root = "approvers: [root]";
  const filtered =
    'filters:\n  ".*":\n    approvers: [sig-all]\n    reviewers: [rev]\n  "x$": {approvers: [nobody]}';
  expect(await ownersOf(forge({ OWNERS: root }), finding)).toEqual(["root"]);
  expect(await ownersOf(forge({ OWNERS: root, "server/OWNERS": "reviewers: [rev]" }), finding)).toEqual([
    "rev",
  ]);
  expect(await ownersOf(forge({ OWNERS: root, "server/cluster/OWNERS": "a: [" }), finding)).toEqual(["root"]);
  expect(await ownersOf(forge({ OWNERS: filtered }), finding)).toEqual(["sig-all"]);
  expect(await ownersOf(forge({ CODEOWNERS: "* @a", OWNERS: root }), finding)).toEqual(["a"]);
  expect(await ownersOf(forge({}), finding)).toEqual([]);
});
