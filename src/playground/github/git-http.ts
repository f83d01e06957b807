import { dirname } from "node:path";
import type { Hono } from "hono";
import { hasLevel, identify } from "./auth.ts";
import type { Env } from "./http.ts";
import type { Account, Repo } from "./model.ts";
import { afterPush, changesBetween } from "./pushes.ts";
import type { World } from "./world.ts";

const challenge = (): Response =>
  new Response("Authentication required\n", {
    status: 401,
    headers: { "www-authenticate": 'Basic realm="Playground GitHub"' },
  });

const refusal = (status: 403 | 404, text: string): Response => new Response(`${text}\n`, { status });

/** Serves `/{owner}/{name}.git/…` through git's own `http-backend`. */
export const gitRoutes = (app: Hono<Env>, world: World): void => {
  app.all("/:owner/:file{.+\\.git}/:rest{.+}", async (c) => {
    const name = c.req.param("file").replace(/\.git$/, "");
    const account = identify(world, c.req.header("authorization"));
    const repo = world.repo(`${c.req.param("owner")}/${name}`);
    if (account === "unknown") return challenge();
    if (!repo) return account ? refusal(404, "Repository not found.") : challenge();
    const rest = c.req.param("rest");
    const isPush = rest === "git-receive-pack" || c.req.query("service") === "git-receive-pack";
    const needed = isPush ? "write" : repo.private ? "read" : "none";
    if (!account && needed !== "none") return challenge();
    if (!hasLevel(account, needed)) {
      if (repo.private && !hasLevel(account, "read")) return refusal(404, "Repository not found.");
      return refusal(403, `Permission to ${repo.fullName}.git denied to ${account?.login}.`);
    }
    if (rest !== "git-receive-pack") return backend(world, repo, account, c.req.raw, rest);
    return receive(world, repo, account, c.req.raw);
  });
};

/** A push: the branches are compared before and after, and what moved is dealt with before the answer. */
const receive = async (
  world: World,
  repo: Repo,
  account: Account | null,
  request: Request,
): Promise<Response> => {
  const { answer, changes } = await world.locks.run(repo.gitDir, async () => {
    const before = await world.git.branches(repo.gitDir);
    const response = await backend(world, repo, account, request, "git-receive-pack");
    const body = await response.arrayBuffer();
    const after = await world.git.branches(repo.gitDir);
    return { answer: new Response(body, response), changes: changesBetween(before, after) };
  });
  for (const change of changes) await afterPush(world, repo, change, account?.login ?? repo.owner);
  return answer;
};

const backend = async (
  world: World,
  repo: Repo,
  account: Account | null,
  request: Request,
  rest: string,
): Promise<Response> => {
  const program = await world.git.httpBackend(repo.gitDir);
  const header = (name: string): string => request.headers.get(name) ?? "";
  const child = Bun.spawn([program], {
    env: {
      ...world.git.env(),
      GIT_PROJECT_ROOT: dirname(repo.gitDir),
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: `/${repo.name}.git/${rest}`,
      REQUEST_METHOD: request.method,
      QUERY_STRING: new URL(request.url).search.slice(1),
      CONTENT_TYPE: header("content-type"),
      HTTP_CONTENT_ENCODING: header("content-encoding"),
      GIT_PROTOCOL: header("git-protocol"),
      REMOTE_USER: account?.login ?? "",
      REMOTE_ADDR: "127.0.0.1",
      ...(header("content-length") ? { CONTENT_LENGTH: header("content-length") } : {}),
    },
    stdin: request.body ?? "ignore",
    stdout: "pipe",
    stderr: "ignore",
  });
  return fromCgi(child.stdout);
};

/** Turns a CGI program's output into an answer whose body goes on streaming. */
const fromCgi = async (output: ReadableStream<Uint8Array>): Promise<Response> => {
  const reader = output.getReader();
  let head = Buffer.alloc(0);
  let end = -1;
  while (end < 0) {
    const { done, value } = await reader.read();
    if (done) return new Response("git http-backend gave no answer\n", { status: 500 });
    head = Buffer.concat([head, value]);
    end = head.indexOf("\r\n\r\n");
  }
  const headers = new Headers();
  let status = 200;
  for (const line of head.subarray(0, end).toString("latin1").split("\r\n")) {
    const colon = line.indexOf(":");
    const [name, value] = [line.slice(0, colon), line.slice(colon + 1).trim()];
    if (name.toLowerCase() === "status") status = Number.parseInt(value, 10);
    else headers.append(name, value);
  }
  const rest = head.subarray(end + 4);
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      if (rest.length > 0) controller.enqueue(new Uint8Array(rest));
    },
    pull: async (controller) => {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: () => reader.cancel(),
  });
  return new Response(body, { status, headers });
};
