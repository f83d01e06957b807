import { expect, test } from "bun:test";
import type { Context } from "../../../src/features/context.ts";
import { conflictingBase } from "../../../src/features/pulls/conflict.ts";
import { RefusedError, TransientError } from "../../../src/kernel/errors.ts";
import { RepoName, Sha } from "../../../src/kernel/ids.ts";
import { silentLog } from "../../../src/kernel/log.ts";

const [BASE, HEAD] = [Sha.parse("b".repeat(40)), Sha.parse("a".repeat(40))];
const PULL = { repo: RepoName.parse("acme/shop"), url: "https://gitea.example/acme/shop/pulls/9" };

/** What is made of a pull request that the forge says this of, where git gives that answer. */
function standing(mergeableState: string, answer: boolean | Error, base: Sha | null = BASE) {
  const asked: string[] = [];
  const git = {
    remoteHead: async () => base,
    conflicts: async ({ url, one, other }: Record<string, string>) => {
      asked.push(`${url} ${one} ${other}`);
      if (answer instanceof Error) throw answer;
      return answer;
    },
  };
  const forge = { gitUrl: async () => "address" };
  // nothing else of them is asked here
  const deps = { git, forge, log: silentLog } as unknown as Context;
  return { asked, is: conflictingBase(deps, PULL, { mergeableState, baseRef: "main", headSha: HEAD }) };
}

test("where the forge cannot tell whether it conflicts, git does", async () => {
  const one = standing("unmergeable", true);
  expect(await one.is).toBe(BASE);
  expect(one.asked).toEqual([`address ${BASE} ${HEAD}`]);
  expect(await standing("unmergeable", false).is).toBeNull();
  expect(await standing("unmergeable", true, null).is).toBeNull();
});

test("where the forge tells, git is not asked", async () => {
  for (const [said, is] of [
    ["dirty", BASE],
    ["clean", null],
    ["unknown", "unknown"],
  ] as const) {
    const one = standing(said, new Error("asked"));
    expect(await one.is).toBe(is);
    expect(one.asked).toEqual([]);
  }
});

test("a git that refuses leaves it open; one that could not be reached is asked again", async () => {
  expect(await standing("unmergeable", new RefusedError("git merge-tree: usage")).is).toBe("unknown");
  await expect(standing("unmergeable", new TransientError("no network")).is).rejects.toThrow("no network");
});
