import { type Context, Hono } from "hono";
import { commitOf, diffFiles, diffText, filesOf, log } from "../history.ts";
import { type Env, HttpError, notFound, paged, param, reply } from "../http.ts";
import { commitShape, fileShape } from "../shapes/commit.ts";
import { pullSimpleShape } from "../shapes/pull.ts";
import type { Schemas } from "../shapes/schemas.ts";
import { pullsOf } from "../verbs/pulls.ts";
import type { World } from "../world.ts";

/** The commit a path's `ref` names. Throws GitHub's 422 for one that does not exist. */
export const commitParam = async (world: World, c: Context<Env>, name = "ref") => {
  const commit = await commitOf(world, c.get("repo"), param(c, name));
  if (!commit) throw new HttpError(422, `No commit found for SHA: ${param(c, name)}`);
  return commit;
};

const wantsDiff = (c: Context<Env>): boolean => /\bdiff\b|\bpatch\b/.test(c.req.header("accept") ?? "");

/** Commits, and comparisons of two. */
export const commitRoutes = (world: World): Hono<Env> => {
  const app = new Hono<Env>();
  app.get("/commits", async (c) => {
    const repo = c.get("repo");
    const from = await commitOf(world, repo, c.req.query("sha") ?? repo.defaultBranch);
    if (!from) throw notFound();
    const path = c.req.query("path");
    const since = c.req.query("since");
    const args = [...(since ? [`--since=${since}`] : []), from.sha, ...(path ? ["--", path] : [])];
    const commits = await log(world, repo, args);
    return reply(
      c,
      paged(c, commits).map((commit) => commitShape(world, repo, commit)),
    );
  });
  app.get("/commits/:ref/pulls", async (c) => {
    const repo = c.get("repo");
    const { sha } = await commitParam(world, c);
    const found = [];
    for (const { issue, pull } of pullsOf(repo)) {
      const isPart =
        pull.mergeSha === sha || (await onlyOnHead(world, repo.gitDir, sha, pull.baseSha, pull.headSha));
      if (isPart) found.push(pullSimpleShape(world, repo, issue, pull));
    }
    return reply(c, paged(c, found));
  });
  app.get("/commits/:ref", async (c) => {
    const repo = c.get("repo");
    const commit = await commitParam(world, c);
    if (/\bsha\b/.test(c.req.header("accept") ?? "")) return c.text(commit.sha);
    const parent = commit.parents[0];
    if (wantsDiff(c) && parent) return c.text(await diffText(world, repo, parent, commit.sha));
    return reply(c, commitShape(world, repo, commit, await filesOf(world, repo, commit)));
  });
  app.get("/compare/:range{.+}", async (c) => {
    const [base, head] = c.req.param("range").split("...");
    if (!base || !head) throw notFound();
    return compare(world, c, base, head);
  });
  return app;
};

const onlyOnHead = async (
  world: World,
  dir: string,
  sha: string,
  base: string,
  head: string,
): Promise<boolean> =>
  (await world.git.contains(dir, sha, head)) && !(await world.git.contains(dir, sha, base));

const withoutOwner = (ref: string): string => ref.slice(ref.indexOf(":") + 1);

const compare = async (world: World, c: Context<Env>, from: string, to: string): Promise<Response> => {
  const repo = c.get("repo");
  const base = await commitOf(world, repo, withoutOwner(from));
  const head = await commitOf(world, repo, withoutOwner(to));
  if (!base || !head) throw notFound();
  const mergeBase = await world.git.mergeBase(repo.gitDir, base.sha, head.sha);
  const common = mergeBase ? await commitOf(world, repo, mergeBase) : null;
  if (!common) throw new HttpError(404, `No common ancestor between ${from} and ${to}.`);
  if (wantsDiff(c)) return c.text(await diffText(world, repo, common.sha, head.sha));
  const ahead = (await log(world, repo, [`${base.sha}..${head.sha}`])).reverse();
  const behind = await log(world, repo, [`${head.sha}..${base.sha}`]);
  const status =
    ahead.length > 0
      ? behind.length > 0
        ? "diverged"
        : "ahead"
      : behind.length > 0
        ? "behind"
        : "identical";
  const files = await diffFiles(world, repo, common.sha, head.sha);
  const web = `${world.origin}/${repo.fullName}/compare/${from}...${to}`;
  const comparison: Schemas["commit-comparison"] = {
    url: `${world.api}/repos/${repo.fullName}/compare/${from}...${to}`,
    html_url: web,
    permalink_url: web,
    diff_url: `${web}.diff`,
    patch_url: `${web}.patch`,
    base_commit: commitShape(world, repo, base),
    merge_base_commit: commitShape(world, repo, common),
    status,
    ahead_by: ahead.length,
    behind_by: behind.length,
    total_commits: ahead.length,
    commits: paged(c, ahead).map((commit) => commitShape(world, repo, commit)),
    files: files.slice(0, 300).map((file) => fileShape(world, repo, head.sha, file)),
  };
  return reply(c, comparison);
};
