import { describe, expect, test } from "bun:test";
import { ConfigFile } from "../../../src/config/file.ts";
import type { Config } from "../../../src/config/index.ts";
import { mayCommit } from "../../../src/features/approvals/committers.ts";
import {
  hasRight,
  mayAskForChange,
  requireRight,
  requireRightOf,
  standingOf,
} from "../../../src/features/approvals/rights.ts";
import type { Actor } from "../../../src/kernel/actor.ts";
import { systemClock } from "../../../src/kernel/clock.ts";
import { RefusedError } from "../../../src/kernel/errors.ts";
import { Login, RepoName } from "../../../src/kernel/ids.ts";
import type { Forge, Permission } from "../../../src/ports/forge.ts";

const OWNERS = `
approvers:
  - Ann
  - sig-core
  - 1234
reviewers: [ben, sig-empty]
emeritus_approvers: [gone]
options:
  no_parent_owners: true
filters:
  ".*":
    approvers: [cleo]
  "(OWNERS|OWNERS_ALIASES)$":
    approvers: [dora]
`;
const ALIASES = "aliases:\n  SIG-core:\n    - eve\n  sig-empty:\n";

const files: Record<string, string> = {
  OWNERS,
  OWNERS_ALIASES: ALIASES,
  BROKEN: "approvers: 7",
  TORN: "approvers: [ann",
};
const forge = {
  repository: async () => ({ defaultBranch: "main", cloneUrl: "", url: "", visibility: "public" as const }),
  file: async (_: string, path: string) => files[path] ?? null,
};

function may(committers: object, login: string, permission: Permission = "none") {
  const [repo] = ConfigFile.parse({ repos: [{ source: "acme/shop", channel: "#ci", committers }] }).repos;
  if (repo === undefined) throw new Error("no repository");
  return mayCommit(forge, repo, Login.parse(login), async () => permission);
}

for (const [login, expected] of [
  ["ann", true],
  ["Ben", true],
  ["cleo", true],
  ["eve", true],
  ["1234", true],
  ["gone", false],
  ["sig-empty", false],
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

test("a file that is no YAML is said, so that it can be mended", async () => {
  await expect(may({ owners: "TORN" }, "ann")).rejects.toThrow(
    /^I cannot read who may approve: TORN is no YAML \(.*\)\. Somebody has to mend it/,
  );
});

test("by list without case, by permission upwards", async () => {
  expect(await may({ list: ["Ann"] }, "ann")).toBe(true);
  expect(await may({ list: ["Ann"] }, "ben", "admin")).toBe(false);
  expect(await may({ permission: "write" }, "ben", "maintain")).toBe(true);
  expect(await may({ permission: "write" }, "ben", "triage")).toBe(false);
});

describe("where the token may not ask who has which right", () => {
  const shop = RepoName.parse("acme/shop");
  const permission = () => Promise.reject(new RefusedError("403 you shall not ask", 403));
  const rights = (committers: object) => {
    const file = ConfigFile.parse({ repos: [{ source: "acme/shop", channel: "#ci", committers }] });
    // nothing else of them is asked here
    return {
      config: { file } as Config,
      forge: { ...forge, name: () => "GitHub", permission } as unknown as Forge,
    };
  };
  const [ann, ben, frank] = [Login.parse("Ann"), Login.parse("ben"), Login.parse("frank")];

  test.each([{ list: ["ann", "ben"] }, { owners: "OWNERS" }])("names decide: %j", async (committers) => {
    const deps = rights(committers);
    await requireRight(deps, shop, ann, "committer");
    expect(await mayAskForChange(deps, shop, ben)).toBe(true);
    const refused = requireRight(deps, shop, frank, "committer");
    await expect(refused).rejects.toThrow(/^This needs .*; frank is not\. Ask somebody who may/);
    expect(await hasRight(deps, shop, ann, "triage")).toBe(false);
    const [settings] = deps.config.file.repos;
    if (settings === undefined) throw new Error("no repository");
    expect(await standingOf({ ...deps, clock: systemClock }, settings, ann)).toEqual({
      permission: null,
      committer: true,
    });
  });

  test("a right that would decide refuses, and names the way out", async () => {
    const asked = requireRight(rights({ permission: "write" }), shop, ann, "committer");
    await expect(asked).rejects.toThrow(/may not ask GitHub what Ann may do .*`list` or `owners`/);
  });
});

test("a login that was proven on one forge is nobody's on another", async () => {
  const [here, there] = [RepoName.parse("acme/shop"), RepoName.parse("acme/till")];
  const repos = [here, there].map((source) => ({ source, channel: "#ci" }));
  const config = { file: ConfigFile.parse({ repos }) } as Config;
  const names = {
    name: (repo: string) => (repo === here ? "GitHub" : "Gitea"),
    permission: async () => "admin",
  };
  // nothing else of them is asked here
  const deps = { config, forge: names as unknown as Forge };
  const ann = (forge: string | null): Actor => ({
    ...{ kind: "person", login: Login.parse("ann"), forge, chatUser: null, name: "Ann", via: "slack" },
  });
  const asked = (forge: string | null, repo: typeof here) =>
    requireRightOf(deps, repo, ann(forge), "maintain");
  expect(String(await asked("GitHub", here))).toBe("ann");
  expect(String(await asked("Gitea", there))).toBe("ann");
  await expect(asked("Gitea", here)).rejects.toThrow(/ann on Gitea, and acme\/shop is on GitHub/);
  await expect(asked("GitHub", there)).rejects.toThrow(/ann on GitHub, and acme\/till is on Gitea.*`people`/);
  // the settings say so
  for (const repo of [here, there]) expect(String(await asked(null, repo))).toBe("ann");
});

test("what is only told is asked once in five seconds, a fault anew", async () => {
  const shop = RepoName.parse("acme/shop");
  const config = { file: ConfigFile.parse({ repos: [{ source: shop, channel: "#ci" }] }) } as Config;
  const [settings] = config.file.repos;
  if (settings === undefined) throw new Error("no repository");
  let [at, asked, fault] = [0, 0, true];
  const counting = {
    name: () => "GitHub",
    permission: async () => {
      asked += 1;
      if (fault) throw new Error("no answer");
      return asked === 2 ? "write" : "read";
    },
  };
  const clock = { ...systemClock, now: () => new Date(at) };
  // nothing else of it is asked here
  const deps = { config, forge: counting as unknown as Forge, clock };
  const told = async () => (await standingOf(deps, settings, Login.parse("ann"))).permission;
  await expect(told()).rejects.toThrow("no answer");
  fault = false;
  expect(await Promise.all([told(), told()])).toEqual(["write", "write"]);
  at = 4999;
  expect(await told()).toBe("write");
  expect(asked).toBe(2);
  at = 5000;
  expect(await told()).toBe("read");
});
