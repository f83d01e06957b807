import { Hono } from "hono";
import { hasLevel, requireLevel } from "../auth.ts";
import { commitOf } from "../history.ts";
import { type Env, HttpError, notFound, paged, param, reply } from "../http.ts";
import { afterPush } from "../pushes.ts";
import { commitShape } from "../shapes/commit.ts";
import { repositoryShape } from "../shapes/repository.ts";
import { nodeId, type Schemas } from "../shapes/schemas.ts";
import { permissionShape } from "../shapes/user.ts";
import type { World } from "../world.ts";

/** The repository itself, its collaborators' rights, its branches and refs. */
export const repoRoutes = (world: World): Hono<Env> => {
  const app = new Hono<Env>();
  app.get("/", (c) => reply(c, repositoryShape(world, c.get("repo"), c.get("account"))));
  app.get("/collaborators/:login/permission", (c) => {
    const asker = c.get("account");
    if (!hasLevel(asker, "write")) {
      throw new HttpError(403, "Must have push access to view collaborator permission.");
    }
    const account = world.account(param(c, "login"));
    if (!account) throw notFound();
    return reply(c, permissionShape(world, account));
  });
  app.get("/branches", async (c) => {
    const branches = await world.git.branches(c.get("repo").gitDir);
    const url = `${world.api}/repos/${c.get("repo").fullName}/commits`;
    const list = [...branches].map(([name, sha]) => ({
      name,
      commit: { sha, url: `${url}/${sha}` },
      protected: false,
    }));
    return reply(c, paged(c, list));
  });
  app.get("/branches/:branch{.+}", async (c) => {
    const repo = c.get("repo");
    const name = c.req.param("branch");
    const commit = await commitOf(world, repo, `refs/heads/${name}`);
    if (!commit) throw new HttpError(404, "Branch not found");
    const self = `${world.api}/repos/${repo.fullName}/branches/${name}`;
    const branch: Schemas["branch-with-protection"] = {
      name,
      commit: commitShape(world, repo, commit),
      _links: { self, html: `${world.origin}/${repo.fullName}/tree/${name}` },
      protected: false,
      protection: { enabled: false },
      protection_url: `${self}/protection`,
    };
    return reply(c, branch);
  });
  refRoutes(app, world);
  return app;
};

const refRoutes = (app: Hono<Env>, world: World): void => {
  const refShape = (fullName: string, ref: string, sha: string): Schemas["git-ref"] => ({
    ref,
    node_id: nodeId("Ref", Number.parseInt(sha.slice(0, 10), 16)),
    url: `${world.api}/repos/${fullName}/git/${ref}`,
    object: { type: "commit", sha, url: `${world.api}/repos/${fullName}/git/commits/${sha}` },
  });
  app.get("/git/ref/heads/:branch{.+}", async (c) => {
    const repo = c.get("repo");
    const ref = `refs/heads/${c.req.param("branch")}`;
    const sha = await world.git.resolve(repo.gitDir, ref);
    if (!sha) throw notFound();
    return reply(c, refShape(repo.fullName, ref, sha));
  });
  app.delete("/git/refs/heads/:branch{.+}", async (c) => {
    const account = requireLevel(c, "write");
    const repo = c.get("repo");
    const branch = c.req.param("branch");
    const before = await world.git.resolve(repo.gitDir, `refs/heads/${branch}`);
    if (!before) throw new HttpError(422, "Reference does not exist");
    await world.locks.run(repo.gitDir, () =>
      world.git.run(repo.gitDir, ["update-ref", "-d", `refs/heads/${branch}`, before]),
    );
    await afterPush(world, repo, { branch, before, after: null }, account.login);
    return c.body(null, 204);
  });
};
