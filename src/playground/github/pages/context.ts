import type { Context } from "hono";
import { getCookie } from "hono/cookie";
import { raw } from "hono/html";
import { hasLevel } from "../auth.ts";
import { type Env, HttpError, notFound, param } from "../http.ts";
import type { Account, Repo } from "../model.ts";
import type { Permission } from "../options.ts";
import type { World } from "../world.ts";
import { renderMarkdown } from "./markdown.ts";

export const COOKIE = "playground_login";

/** What every page needs. */
export interface Page {
  world: World;
  viewer: Account;
  /** A sentence to show on top: what the last click was refused for. */
  error: string | null;
}

export interface RepoPage extends Page {
  repo: Repo;
  /** Address of the repository's pages. */
  base: string;
}

/** Who looks: the person the cookie names, else the first one. */
export const pageOf = (world: World, c: Context<Env>): Page => {
  const viewer = world.account(getCookie(c, COOKIE) ?? "") ?? world.accounts[0];
  if (!viewer) throw new Error("the playground has no people");
  return { world, viewer, error: c.req.query("error") ?? null };
};

/** The same with the repository of the path. Throws 404 when there is none or it is hidden. */
export const repoPageOf = (world: World, c: Context<Env>): RepoPage => {
  const page = pageOf(world, c);
  const repo = world.repo(`${param(c, "owner")}/${param(c, "repo")}`);
  if (!repo || (repo.private && !hasLevel(page.viewer, "read"))) throw notFound();
  return { ...page, repo, base: `/${repo.fullName}` };
};

/** Throws 403 unless the viewer's right is at least `level`. */
export const need = (page: Page, level: Permission): Account => {
  if (hasLevel(page.viewer, level)) return page.viewer;
  throw new HttpError(403, `${page.viewer.login} needs the ${level} right for this.`);
};

/** Markdown as safe HTML for a page. */
export const markdown = (page: RepoPage, text: string | null) =>
  raw(renderMarkdown(text?.trim() ? text : "*No description provided.*", { repository: page.base }));

/** How long ago a time was, in words. */
export const ago = (world: World, iso: string): string => {
  const seconds = Math.max(0, Math.floor((world.options.clock.now().getTime() - Date.parse(iso)) / 1000));
  const units = [
    ["day", 86_400],
    ["hour", 3600],
    ["minute", 60],
  ] as const;
  for (const [name, size] of units) {
    const count = Math.floor(seconds / size);
    if (count > 0) return `${counted(count, name)} ago`;
  }
  return seconds < 5 ? "just now" : `${seconds} seconds ago`;
};

/** A number with its noun: `1 commit`, `2 commits`. */
export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** How long something took, like `1m 5s`. */
export const duration = (from: string, to: string): string => {
  const seconds = Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000));
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m ${seconds % 60}s`;
};
