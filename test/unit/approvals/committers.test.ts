import { expect, test } from "bun:test";
import { ConfigFile } from "../../../src/config/file.ts";
import { mayCommit } from "../../../src/features/approvals/committers.ts";
import { Login } from "../../../src/kernel/ids.ts";
import type { Permission } from "../../../src/ports/forge.ts";

const OWNERS = `
approvers:
  - Ann
  - sig-core
reviewers: [ben]
filters:
  ".*":
    approvers: [cleo]
  "(OWNERS|OWNERS_ALIASES)$":
    approvers: [dora]
`;
const ALIASES = "aliases:\n  SIG-core:\n    - eve\n";

const files: Record<string, string> = { OWNERS, OWNERS_ALIASES: ALIASES, BROKEN: "approvers: 7" };
const forge = {
  repository: async () => ({ defaultBranch: "main", cloneUrl: "", url: "", visibility: "public" as const }),
  file: async (_: string, path: string) => files[path] ?? null,
};

function may(committers: object, login: string, permission: Permission = "none") {
  const [repo] = ConfigFile.parse({ repos: [{ source: "acme/shop", channel: "#ci", committers }] }).repos;
  if (repo === undefined) throw new Error("no repository");
  return mayCommit(forge, repo, Login.parse(login), permission);
}

for (const [login, expected] of [
  ["ann", true],
  ["Ben", true],
  ["cleo", true],
  ["eve", true],
  ["sig-core", false],
  ["dora", false],
  ["frank", false],
] as const) {
  test(`OWNERS: ${login} ${expected ? "may" : "may not"} approve`, async () => {
    expect(await may({ owners: "OWNERS" }, login)).toBe(expected);
  });
}

test("nobody may where OWNERS is missing or not understood, whatever GitHub's right", async () => {
  expect(await may({ owners: "NOWHERE" }, "ann", "admin")).toBe(false);
  expect(await may({ owners: "BROKEN" }, "ann", "admin")).toBe(false);
});

test("by list without case, by permission upwards", async () => {
  expect(await may({ list: ["Ann"] }, "ann")).toBe(true);
  expect(await may({ list: ["Ann"] }, "ben", "admin")).toBe(false);
  expect(await may({ permission: "write" }, "ben", "maintain")).toBe(true);
  expect(await may({ permission: "write" }, "ben", "triage")).toBe(false);
});
