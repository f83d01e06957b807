/** @jsxImportSource hono/jsx */
import { type Context, Hono } from "hono";
import { commitOf, diffText, fileAt } from "../history.ts";
import { type Env, HttpError, notFound, param } from "../http.ts";
import { jobParam, runParam } from "../routes/actions.ts";
import { issueParam } from "../routes/issues.ts";
import { pullParam } from "../routes/pulls.ts";
import type { World } from "../world.ts";
import { CommitPage } from "./commit.tsx";
import { pageOf, type RepoPage, repoPageOf } from "./context.ts";
import { formRoutes } from "./forms.ts";
import { BlobPage, CodePage, ReposPage } from "./home.tsx";
import { IssuePage } from "./issue.tsx";
import { IssuesPage } from "./issues.tsx";
import { Layout } from "./layout.tsx";
import { PullPage } from "./pull.tsx";
import { pullFormRoutes } from "./pull-forms.ts";
import { ActionsPage, RunPage } from "./run.tsx";
import { show } from "./show.ts";

/** The pages a person uses in a browser, their forms and their files. */
export const pageRoutes = (world: World): Hono<Env> => {
  const app = new Hono<Env>();
  assets(app, world);
  formRoutes(app, world);
  pullFormRoutes(app, world);
  app.get("/", (c) => show(c, ReposPage(pageOf(world, c), null)));
  app.get("/:owner", (c) => {
    const owner = c.req.param("owner");
    const isKnown = [...world.repos.values()].some(
      (repo) => repo.owner.toLowerCase() === owner.toLowerCase(),
    );
    if (!isKnown && !world.account(owner)) throw notFound();
    return show(c, ReposPage(pageOf(world, c), owner));
  });
  codePages(app, world);
  issuePages(app, world);
  runPages(app, world);
  app.onError((error, c) => {
    if (!(error instanceof HttpError)) throw error;
    const page = <Layout page={pageOf(world, c)} title={error.message} children={<h1>{error.message}</h1>} />;
    return show(c, page, error.status);
  });
  return app;
};

const codePages = (app: Hono<Env>, world: World): void => {
  app.get("/:owner/:repo", (c) => show(c, CodePage(repoPageOf(world, c))));
  app.get("/:owner/:repo/commit/:sha", async (c) => {
    const page = repoPageOf(world, c);
    const commit = await commitOf(world, page.repo, param(c, "sha"));
    if (!commit) throw notFound();
    return show(c, CommitPage(page, commit));
  });
  app.get("/:owner/:repo/:kind{blob|raw}/:rest{.+}", async (c) => {
    const page = repoPageOf(world, c);
    const { ref, path } = await refAndPath(page, c.req.param("rest"));
    const text = await fileAt(world, page.repo, ref, path);
    if (text === null) throw notFound();
    return c.req.param("kind") === "raw" ? c.text(text) : show(c, BlobPage(page, ref, path, text));
  });
};

/** Splits `feature/x/src/a.ts` where a branch or commit ends. */
const refAndPath = async (
  { world, repo }: RepoPage,
  rest: string,
): Promise<{ ref: string; path: string }> => {
  const parts = rest.split("/");
  for (let at = 1; at < parts.length; at += 1) {
    const ref = parts.slice(0, at).join("/");
    if (await world.git.resolve(repo.gitDir, ref)) return { ref, path: parts.slice(at).join("/") };
  }
  throw notFound();
};

const issuePages = (app: Hono<Env>, world: World): void => {
  const withRepo = (c: Context<Env>): RepoPage => {
    const page = repoPageOf(world, c);
    c.set("repo", page.repo);
    return page;
  };
  for (const kind of ["issues", "pulls"] as const) {
    app.get(`/:owner/:repo/${kind}`, (c) => {
      const state = c.req.query("state") === "closed" ? "closed" : "open";
      return show(c, IssuesPage(withRepo(c), kind, state));
    });
  }
  app.get("/:owner/:repo/issues/:number{[0-9]+}", async (c) => {
    const page = withRepo(c);
    const issue = issueParam(c);
    if (issue.pull) return c.redirect(`${page.base}/pull/${issue.number}`);
    return show(c, IssuePage(page, issue));
  });
  app.get("/:owner/:repo/pull/:number{[0-9]+}", (c) => show(c, PullPage(withRepo(c), pullParam(c))));
  app.get("/:owner/:repo/pull/:file{[0-9]+\\.(?:diff|patch)}", async (c) => {
    const page = withRepo(c);
    const pull = page.repo.issues.get(Number.parseInt(c.req.param("file"), 10))?.pull;
    if (!pull) throw notFound();
    const base = (await world.git.mergeBase(page.repo.gitDir, pull.baseSha, pull.headSha)) ?? pull.baseSha;
    return c.text(await diffText(world, page.repo, base, pull.headSha));
  });
};

const runPages = (app: Hono<Env>, world: World): void => {
  app.get("/:owner/:repo/actions", (c) => show(c, ActionsPage(repoPageOf(world, c))));
  app.get("/:owner/:repo/actions/runs/:id", (c) => {
    const page = repoPageOf(world, c);
    c.set("repo", page.repo);
    return show(c, RunPage(page, runParam(c)));
  });
  app.get("/:owner/:repo/actions/runs/:run/job/:id", (c) => {
    const page = repoPageOf(world, c);
    c.set("repo", page.repo);
    const { run, job } = jobParam(c);
    return show(c, RunPage(page, run, job));
  });
};

const assets = (app: Hono<Env>, world: World): void => {
  const file = (name: string) => new Response(Bun.file(new URL(`assets/${name}`, import.meta.url)));
  for (const name of ["base.css", "content.css", "code.css", "live.js"]) {
    app.get(`/-/${name}`, () => file(name));
  }
  app.get("/-/version", (c) => c.json({ version: String(world.version) }));
  app.get("/-/avatar/:file", (c) => {
    const login = c.req.param("file").replace(/\.svg$/, "");
    const hue = [...login].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) % 360, 7);
    const letter = /[a-z0-9]/i.exec(login)?.[0]?.toUpperCase() ?? "?";
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 40"><rect width="40" height="40" rx="20" fill="hsl(${hue} 45% 45%)"/><text x="20" y="27" font-family="system-ui,sans-serif" font-size="20" font-weight="600" text-anchor="middle" fill="#fff">${letter}</text></svg>`;
    return c.body(svg, 200, { "content-type": "image/svg+xml", "cache-control": "max-age=86400" });
  });
};
