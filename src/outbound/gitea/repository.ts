import { z } from "zod";
import { Login, type RepoName } from "../../kernel/ids.ts";
import type { Forge, Permission } from "../../ports/forge.ts";
import { refusedWith } from "../http/refused.ts";
import type { Client } from "./client.ts";
import { Commit, Status } from "./shapes.ts";

type Repository = Pick<
  Forge,
  | "name"
  | "whoAmI"
  | "site"
  | "permission"
  | "repository"
  | "gitUrl"
  | "lend"
  | "takeBack"
  | "checks"
  | "commits"
  | "file"
  | "contains"
>;

const Facts = z.object({
  default_branch: z.string(),
  clone_url: z.string(),
  html_url: z.string(),
  private: z.boolean().default(true),
  internal: z.boolean().default(false),
});

const RIGHTS: Record<string, Permission> = { read: "read", write: "write", admin: "admin", owner: "admin" };

const parts = (path: string): string => path.split("/").map(encodeURIComponent).join("/");

/** The repository itself: rights, commits, files. Gitea knows neither `triage` nor `maintain`. */
export function createRepository(client: Client): Repository {
  let me: Promise<Login> | null = null;
  const facts = (repo: RepoName) => client.read(`repository ${repo}`, Facts, `/repos/${repo}`);
  return {
    name: () => "Gitea",
    whoAmI() {
      me ??= client.read("GET /user", z.object({ login: Login }), "/user").then(({ login }) => login);
      me.catch(() => {
        me = null;
      });
      return me;
    },
    site(repo) {
      const url = `${client.url}/${repo}`;
      return {
        url,
        pullUrl: (number) => `${url}/pulls/${number}`,
        fileUrl: (path, sha) => `${url}/src/commit/${sha}/${parts(path)}`,
      };
    },
    permission: (repo, login) => permission(client, repo, login),
    async repository(repo) {
      const { default_branch, clone_url, html_url, ...who } = await facts(repo);
      const visibility = who.internal ? "internal" : who.private ? "private" : "public";
      return { defaultBranch: default_branch, cloneUrl: clone_url, url: html_url, visibility };
    },
    async gitUrl(repo) {
      const url = new URL((await facts(repo)).clone_url);
      // the name is not looked at where the password is a token
      url.username = "x-access-token";
      url.password = client.token;
      return url.href;
    },
    // its tokens reach all that their person does
    lend: async () => null,
    takeBack: async () => {},
    checks: (repo, ref) => statusesOf(client, repo, ref),
    commits: (repo, { path, ref, most }) =>
      client.read(`commits of ${path} in ${repo}`, Commit.array(), `/repos/${repo}/commits`, {
        ...{ path, sha: ref, limit: most, stat: false, files: false, verification: false },
      }),
    async file(repo, path, ref) {
      try {
        return await client.text(`/repos/${repo}/raw/${parts(path)}`, { ref });
      } catch (error) {
        if (refusedWith(error, 404)) return null;
        throw error;
      }
    },
    async contains(repo, ancestor, ref) {
      try {
        const beyond = z.object({ total_commits: z.int() });
        const what = `${ref}...${ancestor} of ${repo}`;
        const path = `/repos/${repo}/compare/${parts(ref)}...${ancestor}`;
        return (await client.read(what, beyond, path)).total_commits === 0;
      } catch (error) {
        // one of the two is not there, or they have nothing in common
        if (refusedWith(error, 404)) return false;
        throw error;
      }
    },
  };
}

/** The newest status of each context at a commit. */
export const statusesOf = (client: Client, repo: RepoName, ref: string) =>
  client.list(`statuses of ${ref} in ${repo}`, Status, `/repos/${repo}/commits/${parts(ref)}/status`, {
    field: "statuses",
  });

/** The right that a person has. */
async function permission(client: Client, repo: RepoName, login: Login): Promise<Permission> {
  const path = `/repos/${repo}/collaborators/${encodeURIComponent(login)}/permission`;
  try {
    const right = z.object({ permission: z.string() });
    const { permission } = await client.read(`right of ${login} on ${repo}`, right, path);
    return RIGHTS[permission] ?? "none";
  } catch (error) {
    if (refusedWith(error, 404)) return "none";
    throw error;
  }
}
