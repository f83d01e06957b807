import { type Context, Hono } from "hono";
import { type Env, HttpError, notFound, reply } from "../http.ts";
import type { Repo } from "../model.ts";
import type { Schemas } from "../shapes/schemas.ts";
import type { World } from "../world.ts";

interface Entry {
  type: "file" | "dir";
  sha: string;
  size: number;
  path: string;
}

const parseEntry = (line: string): Entry => {
  const [facts = "", path = ""] = line.split("\t");
  const [, type, sha = "", size = "0"] = facts.split(/\s+/);
  return { type: type === "tree" ? "dir" : "file", sha, size: Number(size) || 0, path };
};

const list = async (world: World, repo: Repo, commit: string, args: string[]): Promise<Entry[]> => {
  const out = await world.git.answer(repo.gitDir, ["ls-tree", "-l", "-z", commit, ...args]);
  return out.split("\0").filter(Boolean).map(parseEntry);
};

const shape = (world: World, repo: Repo, ref: string, entry: Entry) => {
  const self = `${world.api}/repos/${repo.fullName}/contents/${entry.path}?ref=${ref}`;
  const kind = entry.type === "dir" ? "tree" : "blob";
  const html = `${world.origin}/${repo.fullName}/${kind}/${ref}/${entry.path}`;
  const git = `${world.api}/repos/${repo.fullName}/git/${kind}s/${entry.sha}`;
  return {
    type: entry.type,
    size: entry.size,
    name: entry.path.split("/").at(-1) ?? entry.path,
    path: entry.path,
    sha: entry.sha,
    url: self,
    git_url: git,
    html_url: html,
    download_url: entry.type === "dir" ? null : `${world.origin}/${repo.fullName}/raw/${ref}/${entry.path}`,
    _links: { self, git, html },
  };
};

/** Files and folders at a ref. */
export const contentRoutes = (world: World): Hono<Env> => {
  const app = new Hono<Env>();
  const serve = async (c: Context<Env>, path: string): Promise<Response> => {
    const repo = c.get("repo");
    const ref = c.req.query("ref") ?? repo.defaultBranch;
    const commit = await world.git.resolve(repo.gitDir, ref);
    if (!commit) throw new HttpError(404, `No commit found for the ref ${ref}`);
    const entry = path === "" ? null : (await list(world, repo, commit, ["--", path]))[0];
    if (entry === undefined) throw notFound();
    if (entry === null || entry.type === "dir") {
      const inside = await list(world, repo, commit, path === "" ? [] : ["--", `${path}/`]);
      const listing: Schemas["content-directory"] = inside.map((item) => shape(world, repo, ref, item));
      return reply(c, listing);
    }
    const bytes = await blob(world, repo, entry.sha);
    if (/\braw\b/.test(c.req.header("accept") ?? "")) return c.body(new Uint8Array(bytes));
    const content = bytes.toString("base64").replace(/.{60}/g, "$&\n");
    const facts = shape(world, repo, ref, entry);
    const file: Schemas["content-file"] = { ...facts, type: "file", encoding: "base64", content };
    return reply(c, file);
  };
  app.get("/contents", (c) => serve(c, ""));
  app.get("/contents/:path{.*}", (c) => serve(c, c.req.param("path").replace(/\/+$/, "")));
  return app;
};

const blob = async (world: World, repo: Repo, sha: string): Promise<Buffer> => {
  const child = Bun.spawn([world.git.binary, "cat-file", "blob", sha], {
    cwd: repo.gitDir,
    env: world.git.env(),
    stdout: "pipe",
    stderr: "ignore",
  });
  return Buffer.from(await new Response(child.stdout).arrayBuffer());
};
