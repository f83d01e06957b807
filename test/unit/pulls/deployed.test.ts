import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Database } from "../../../db/client.ts";
import { deployments } from "../../../db/schema.ts";
import type { Context } from "../../../src/features/context.ts";
import { receiveDeployment } from "../../../src/features/pulls/deployed.ts";
import { RepoName, Sha } from "../../../src/kernel/ids.ts";
import { clock, NOW, OPENING, openEmpty } from "../web/world.ts";

let database: Database;
beforeAll(async () => {
  database = await openEmpty();
}, OPENING);
afterAll(() => database.close());

test("a deployment is matched at each status it comes to, and once however often that is told", async () => {
  const matched: unknown[] = [];
  const queue = { send: async (_: unknown, ...job: unknown[]) => void matched.push(job) };
  // only its jobs are of interest here
  const deps = { db: database.db, clock, queue } as unknown as Context;
  const one = { repo: RepoName.parse("acme/shop"), commit: Sha.parse("a".repeat(40)), environment: null };
  const tell = (status: string) => receiveDeployment(deps, { ...one, status, deployedAt: NOW });
  const told = [await tell("in_progress"), await tell("success"), await tell("success")];
  expect(told.map(({ fresh }) => fresh)).toEqual([true, true, false]);
  expect(matched).toHaveLength(2);
  expect((await database.db.select().from(deployments)).map(({ status }) => status)).toEqual(["success"]);
});
