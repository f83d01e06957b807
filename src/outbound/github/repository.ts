import { z } from "zod";
import type { RepoName } from "../../kernel/ids.ts";
import { type Forge, type ForgeCheck, PERMISSIONS, type Permission } from "../../ports/forge.ts";
import { all } from "../http/pages.ts";
import { refusedWith } from "../http/refused.ts";
import { understood } from "../http/understood.ts";
import { at, type Clients } from "./clients.ts";
import { Commit } from "./shapes/commit.ts";
import { CheckRun, CommitStatus } from "./shapes/pull.ts";

type Repository = Pick<
  Forge,
  "permission" | "repository" | "gitUrl" | "lend" | "takeBack" | "checks" | "file" | "commits" | "contains"
>;

const Facts = z.object({
  default_branch: z.string(),
  clone_url: z.string(),
  html_url: z.string(),
  private: z.boolean().optional(),
  visibility: z.enum(["public", "private", "internal"]).optional(),
});

/** A role that an organisation made itself has a name of its own; `permission` is then what it builds on. */
const Right = z
  .object({ role_name: z.string().optional(), permission: z.string() })
  .transform(({ role_name, permission }) => known(role_name) ?? known(permission) ?? "none");

const known = (word: string | undefined): Permission | undefined =>
  PERMISSIONS.find((permission) => permission === word);

const Statuses = z.object({ statuses: z.array(CommitStatus) });

const Content = z.object({ type: z.literal("file"), encoding: z.string(), content: z.string() });

/** The repository itself: rights, commits, files. */
export function createRepository(clients: Clients): Repository {
  return {
    async permission(repo, login) {
      const client = await clients.on(repo, "read");
      try {
        const query = { ...at(repo), username: login };
        const { data } = await client.rest.repos.getCollaboratorPermissionLevel(query);
        return understood(Right, `right of ${login} on ${repo}`, data);
      } catch (error) {
        if (refusedWith(error, 404)) return "none";
        throw error;
      }
    },
    async repository(repo) {
      const client = await clients.on(repo, "read");
      const { data } = await client.rest.repos.get(at(repo));
      const facts = understood(Facts, `repository ${repo}`, data);
      return {
        defaultBranch: facts.default_branch,
        cloneUrl: facts.clone_url,
        url: facts.html_url,
        visibility: facts.visibility ?? (facts.private === false ? "public" : "private"),
      };
    },
    gitUrl: (repo, use) => gitUrl(clients, repo, use),
    lend: (repo, use) => lend(clients, repo, use),
    async takeBack(_repo, token) {
      await clients.bearing(token).rest.apps.revokeInstallationAccessToken();
    },
    checks: (repo, ref) => checks(clients, repo, ref),
    file: (repo, path, ref) => file(clients, repo, path, ref),
    async commits(repo, { path, ref, most }) {
      const client = await clients.on(repo, "read");
      const { data } = await client.rest.repos.listCommits({ ...at(repo), path, sha: ref, per_page: most });
      return understood(z.array(Commit), `commits of ${path} in ${repo}`, data);
    },
    async contains(repo, ancestor, ref) {
      const client = await clients.on(repo, "read");
      try {
        const query = { ...at(repo), basehead: `${ancestor}...${ref}`, per_page: 1 };
        const { data } = await client.rest.repos.compareCommitsWithBasehead(query);
        const { status } = understood(
          z.object({ status: z.string() }),
          `${ancestor}...${ref} of ${repo}`,
          data,
        );
        return status === "ahead" || status === "identical";
      } catch (error) {
        // one of the two is not there, or they have nothing in common
        if (refusedWith(error, 404)) return false;
        throw error;
      }
    },
  };
}

const Credential = z.object({ token: z.string().min(1) });

async function gitUrl(clients: Clients, repo: RepoName, use: "read" | "code"): Promise<string> {
  const client = await clients.on(repo, use);
  const { data } = await client.rest.repos.get(at(repo));
  const url = new URL(understood(Facts, `repository ${repo}`, data).clone_url);
  const { token } = Credential.parse(await client.auth({ type: "installation" }));
  url.username = "x-access-token";
  url.password = token;
  return url.href;
}

/** Only an App can make a token for one repository; a person's token is never given away. */
async function lend(clients: Clients, repo: RepoName, use: "read" | "push"): Promise<string | null> {
  if (!clients.lends) return null;
  const client = await clients.on(repo, "read");
  const repositoryNames = [at(repo).repo];
  // anew each time: another run's may be taken back at any moment
  const permissions = { contents: use === "push" ? "write" : "read" };
  const ask = { type: "installation", repositoryNames, permissions, refresh: true };
  return Credential.parse(await client.auth(ask)).token;
}

/** Check runs, and the commit statuses that Prow and others still write (the newest of 100 contexts). */
async function checks(clients: Clients, repo: RepoName, ref: string): Promise<ForgeCheck[]> {
  const client = await clients.on(repo, "read");
  const query = { ...at(repo), ref, per_page: 100 };
  const runs = client.paginate.iterator(client.rest.checks.listForRef, query);
  const { data } = await client.rest.repos.getCombinedStatusForRef(query);
  const { statuses } = understood(Statuses, `statuses of ${ref} in ${repo}`, data);
  return [...(await all(`checks of ${ref} in ${repo}`, runs, CheckRun)), ...statuses];
}

async function file(clients: Clients, repo: RepoName, path: string, ref: string): Promise<string | null> {
  const client = await clients.on(repo, "read");
  try {
    const { data } = await client.rest.repos.getContent({ ...at(repo), path, ref });
    const content = Content.safeParse(data);
    if (!content.success) return null;
    if (content.data.encoding === "base64")
      return Buffer.from(content.data.content, "base64").toString("utf8");
    // above 1 MB it comes only when asked for as it stands
    const raw = await client.rest.repos.getContent({
      ...at(repo),
      path,
      ref,
      mediaType: { format: "raw" },
    });
    const text: unknown = raw.data;
    return text instanceof ArrayBuffer ? new TextDecoder().decode(text) : String(text);
  } catch (error) {
    if (refusedWith(error, 404)) return null;
    throw error;
  }
}
