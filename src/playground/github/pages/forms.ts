import type { Context, Hono } from "hono";
import { setCookie } from "hono/cookie";
import { csrf } from "hono/csrf";
import { rerun, rerunFailed } from "../actions/attempts.ts";
import { latest } from "../actions/latest.ts";
import { hasLevel } from "../auth.ts";
import { type Env, HttpError, idParam } from "../http.ts";
import { runParam } from "../routes/actions.ts";
import { issueParam } from "../routes/issues.ts";
import { addComment } from "../verbs/comments.ts";
import { closeIssue, openIssue, reopenIssue } from "../verbs/issues.ts";
import { addLabels, removeLabel } from "../verbs/labels.ts";
import type { World } from "../world.ts";
import { COOKIE, need, type RepoPage, repoPageOf } from "./context.ts";

/** The text of a form's field; empty when it is not there. */
export type Fields = (name: string) => string;

type Doer = (
  page: RepoPage,
  field: Fields,
  c: Context<Env>,
) => Promise<string | undefined> | string | undefined;

/**
 * Takes a form at `path` under a repository. The doer may return the address to go to; otherwise the browser
 * goes back to where it was. A refusal is shown there.
 */
export const onForm = (app: Hono<Env>, world: World, path: string, doer: Doer): void => {
  app.post(`/:owner/:repo${path}`, csrf(), async (c) => {
    const page = repoPageOf(world, c);
    c.set("repo", page.repo);
    c.set("account", page.viewer);
    const form = await c.req.formData();
    const field = (name: string): string => {
      const value = form.get(name);
      return typeof value === "string" ? value : "";
    };
    try {
      return c.redirect((await doer(page, field, c)) ?? backTo(c), 303);
    } catch (error) {
      if (!(error instanceof HttpError)) throw error;
      const reason = error.errors?.[0]?.message ?? error.message;
      return c.redirect(`${backTo(c)}?error=${encodeURIComponent(reason)}`, 303);
    }
  });
};

const backTo = (c: Context<Env>): string => {
  const referer = c.req.header("referer");
  return referer ? new URL(referer).pathname : "/";
};

/** Forms of issues and runs, and the choice of whom one acts as. */
export const formRoutes = (app: Hono<Env>, world: World): void => {
  app.post("/-/act", csrf(), async (c) => {
    const login = String((await c.req.formData()).get("login") ?? "");
    if (world.account(login)) setCookie(c, COOKIE, login, { path: "/", httpOnly: true, sameSite: "Lax" });
    return c.redirect(backTo(c), 303);
  });
  onForm(app, world, "/issues", (page, field) => {
    const input = { title: field("title"), body: field("body") };
    return `${page.base}/issues/${openIssue(world, page.repo, page.viewer, input).number}`;
  });
  onForm(app, world, "/issues/:number/comment", (page, field, c) => {
    addComment(world, page.repo, issueParam(c), page.viewer.login, field("body"));
    return undefined;
  });
  onForm(app, world, "/issues/:number/state", (page, field, c) => {
    const issue = issueParam(c);
    if (issue.author !== page.viewer.login) need(page, "triage");
    const reason = field("reason") === "not_planned" ? "not_planned" : "completed";
    if (field("state") === "open") reopenIssue(world, page.repo, issue, page.viewer.login);
    else closeIssue(world, page.repo, issue, page.viewer.login, reason);
    return undefined;
  });
  onForm(app, world, "/issues/:number/label", (page, field, c) => {
    const { login } = need(page, "triage");
    if (field("add").trim()) addLabels(world, page.repo, issueParam(c), login, [field("add").trim()]);
    if (field("remove")) removeLabel(world, page.repo, issueParam(c), login, field("remove"));
    return undefined;
  });
  runForms(app, world);
};

const runForms = (app: Hono<Env>, world: World): void => {
  onForm(app, world, "/actions/runs/:id/rerun", (page, field, c) => {
    const { login } = need(page, "write");
    const run = runParam(c);
    (field("failed") ? rerunFailed : rerun)(world, page.repo, run, login);
    return `${page.base}/actions/runs/${idParam(c, "id")}`;
  });
  onForm(app, world, "/actions/runs/:id/cancel", (page, _, c) => {
    need(page, "write");
    world.jobs?.cancel(latest(runParam(c)));
    return undefined;
  });
};

/** Whether somebody may change what `author` made. */
export const mayChange = (page: RepoPage, author: string): boolean =>
  page.viewer.login === author || hasLevel(page.viewer, "write");
