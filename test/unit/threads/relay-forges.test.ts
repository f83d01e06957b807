import { afterAll, beforeAll, expect, test } from "bun:test";
import { asc } from "drizzle-orm";
import { type Database, openDatabase } from "../../../db/client.ts";
import { findings, issues, questions, relayed } from "../../../db/schema.ts";
import type { Context } from "../../../src/features/context.ts";
import { isOurs, relayFromGitHub, unsayFromGitHub } from "../../../src/features/threads/relay.ts";
import { addRelayed, setCopy } from "../../../src/features/threads/relayed.ts";
import { IssueNumber, RepoName } from "../../../src/kernel/ids.ts";
import { freshDatabase } from "../../harness/database.ts";
import { VALUES } from "../findings/sample.ts";

const [HERE, THERE] = [RepoName.parse("acme/shop"), RepoName.parse("forge/shop")];
const ISSUE = IssueNumber.parse(1);
/** Number of a comment on both forges. */
const SAME = 17;
const AT = new Date(0);

let database: Database;
let deps: Context;
beforeAll(async () => {
  database = await openDatabase({ url: null, dataDir: "memory://", ...(await freshDatabase("pglite")) });
  const { db } = database;
  for (const [index, repo] of [HERE, THERE].entries()) {
    await db.insert(findings).values({ ...VALUES, repo, state: "open", stateAt: AT, issueNumber: ISSUE });
    await db.insert(issues).values({ findingId: index + 1, repo, number: ISSUE, url: "u", openedAt: AT });
  }
  const repos = [HERE, THERE].map((repo) => ({ source: repo, write: repo, relay: "both" }));
  const forge = { name: () => "GitHub", whoAmI: async () => "flaky-bot" };
  // the relay uses nothing else of all that a stage is given
  deps = { db, clock: { now: () => AT }, config: { file: { repos } }, forge } as unknown as Context;
}, 60_000);
afterAll(() => database.close());

const comment = (repo: RepoName, body: string) => ({
  ...{ repo, issue: ISSUE, id: SAME, author: "carol", body, url: "u", trusted: false, version: 1 },
  ...{ withheld: false, certain: true },
});
const said = async () =>
  (await database.db.select().from(relayed).orderBy(asc(relayed.findingId), asc(relayed.id))).map(
    ({ findingId, source, text, state }) => [findingId, source, text, state],
  );

test("comments of one number on two forges are two: said, edited and deleted each for itself", async () => {
  expect(await relayFromGitHub(deps, comment(HERE, "Here."))).toBe("kept");
  expect(await relayFromGitHub(deps, comment(THERE, "There."))).toBe("kept");
  expect(await said()).toEqual([
    [1, "comment/17", "Here.", "said"],
    [2, "comment/17", "There.", "said"],
  ]);
  await unsayFromGitHub(deps, { repo: HERE, issue: ISSUE, id: SAME, version: 2, byBot: false });
  await relayFromGitHub(deps, { ...comment(THERE, "There, mended."), version: 2 });
  expect((await said()).map(([, , text, state]) => [text, state])).toEqual([
    ["", "deleted"],
    ["There, mended.", "said"],
  ]);
});

test("our copy on one forge is not taken for a person's comment of that number on the other", async () => {
  const { db } = database;
  const row = { findingId: 1, from: "slack", source: "C1/1.0", author: "bob", text: "Hm.", at: AT } as const;
  const kept = await addRelayed(db, row);
  const copy = { target: "comment/18", digest: null, gone: false, removing: false };
  await setCopy(db, kept?.id ?? 0, 0, copy);
  const about = { issue: ISSUE, id: 18, author: "carol", body: "Hm." };
  expect(await isOurs(deps, { repo: HERE, ...about })).toBe(true);
  expect(await isOurs(deps, { repo: THERE, ...about })).toBe(false);
});

test("questions of one number on two forges are two", async () => {
  const asked = { from: "github", source: "comment/19", url: "u", author: "carol", trusted: false } as const;
  const more = { kept: false, text: "why?", at: AT, state: "waiting" } as const;
  await database.db.insert(questions).values([1, 2].map((findingId) => ({ findingId, ...asked, ...more })));
  expect(await database.db.$count(questions)).toBe(2);
});
