import { Octokit } from "@octokit/rest";
import { eq } from "drizzle-orm";
import type { Db } from "../../db/client.ts";
import { findings, pulls } from "../../db/schema.ts";
import { BOT, githubPeople } from "../../src/playground/people.ts";
import { targetName } from "../../src/playground/target/index.ts";
import type { World } from "../harness/world.ts";

const [owner = "", repo = ""] = targetName.split("/");

/** The playground's GitHub, as somebody asks it. */
export function gitHubOf(world: World, login: string): Octokit {
  const token = [BOT, ...githubPeople()].find((person) => person.login === login)?.token ?? "";
  const quiet = () => {};
  const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
  return new Octokit({ baseUrl: world.playground.github.apiUrl, auth: token, log });
}

/** An issue that somebody opened; its number. */
export async function opensIssue(world: World, login: string, title: string): Promise<number> {
  return (await gitHubOf(world, login).rest.issues.create({ owner, repo, title })).data.number;
}

/** A pull request of ours for a finding, on GitHub and with us, that waits for a review. Its number. */
export async function opensOurs(world: World, db: Db, finding: number): Promise<number> {
  const head = `ai/flaky/for-${finding}`;
  const change = {
    branch: head,
    files: { [`notes-${finding}.md`]: "Mended\n" },
    message: "Mend it",
    author: "alice",
  };
  const headSha = await world.playground.github.commit(targetName, change);
  const wanted = { owner, repo, title: "Mend it", head, base: "main" };
  const { number, html_url: url } = (await gitHubOf(world, "alice").rest.pulls.create(wanted)).data;
  const at = new Date();
  const told = { state: "open", checks: "passing", openedAt: at, updatedAt: at } as const;
  const where = { findingId: finding, repo: targetName, number, url, branch: head, headSha };
  await db.insert(pulls).values({ ...where, ...told, taskId: `fix-${finding}` });
  const waits = { state: "pending_review", pullNumber: number } as const;
  await db.update(findings).set(waits).where(eq(findings.id, finding));
  return number;
}

/** How a pull request stands on GitHub. */
export async function standing(world: World, number: number): Promise<"open" | "closed" | "merged"> {
  const { data } = await gitHubOf(world, "alice").rest.pulls.get({ owner, repo, pull_number: number });
  return data.merged ? "merged" : data.state;
}
