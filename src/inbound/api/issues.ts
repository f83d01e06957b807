import { Hono, type Context as Request } from "hono";
import { z } from "zod";
import type { Context } from "../../features/context.ts";
import { findingById } from "../../features/findings/store.ts";
import { endTask } from "../../features/fixes/end.ts";
import { NodeReport, takeReport } from "../../features/fixes/nodes/report.ts";
import { runOfToken } from "../../features/fixes/nodes/store.ts";
import { startIssue } from "../../features/fixes/start-issue.ts";
import { taskById } from "../../features/fixes/store.ts";
import { NotFoundError, RefusedError, UserError } from "../../kernel/errors.ts";
import { IssueNumber, RepoName, TaskId } from "../../kernel/ids.ts";
import { bearerOf } from "../../kernel/secret.ts";
import { redact } from "../../kernel/text/redact.ts";
import { badBody, bears, jsonBody, unauthorized } from "./auth.ts";

const Start = z.looseObject({ repo: RepoName.optional(), command: z.string().max(4000).optional() });
const Report = z.looseObject({
  task_id: TaskId,
  branch_name: z.string().min(1).max(255),
  status: z.enum(["success", "failed"]),
  error_message: z.string().max(4000).nullish(),
});
const Number_ = z.coerce.number().pipe(IssueNumber);
const actor = { kind: "service", name: "api" } as const;

/** `POST /api/v1/issues/{n}/start` and `/report-branch`. */
export function issueRoutes(deps: Context): Hono {
  const route = new Hono();
  route.post("/api/v1/issues/:n/start", (c) => answered(deps, c, () => start(deps, c)));
  route.post("/api/v1/issues/:n/report-branch", async (c) => {
    const token = bearerOf(c.req.header("authorization"));
    const ofNode = token !== undefined && (await runOfToken(deps.db, token)) !== null;
    return ofNode
      ? understood(c, () => reportOfNode(deps, c, token))
      : answered(deps, c, () => report(deps, c));
  });
  return route;
}

async function answered(deps: Context, c: Request, work: () => Promise<Response>): Promise<Response> {
  if (!bears(c, deps.config.env.API_TOKEN)) return unauthorized(c, "the token");
  return understood(c, work);
}

async function understood(c: Request, work: () => Promise<Response>): Promise<Response> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NotFoundError) return c.json({ error: error.message }, 404);
    if (error instanceof RefusedError && error.status === 404)
      return c.json({ error: "there is no such issue" }, 404);
    if (error instanceof UserError) return c.json({ error: error.message }, 409);
    throw error;
  }
}

async function start(deps: Context, c: Request): Promise<Response> {
  const number = Number_.safeParse(c.req.param("n"));
  const body = Start.safeParse((await jsonBody(c)) ?? {});
  if (!number.success) throw new NotFoundError("There is no such issue.");
  if (!body.success) return badBody(c, body.error.issues);
  const [only, ...more] = deps.config.file.repos;
  const repo = body.data.repo ?? (more.length === 0 ? only?.write : undefined);
  if (repo === undefined)
    return c.json({ error: "several repositories are configured: name one as `repo`" }, 400);
  const finding = await startIssue(deps, {
    repo,
    issue: number.data,
    actor,
    note: body.data.command === undefined ? null : redact(body.data.command),
  });
  return c.json({ finding: `F${finding.id}`, issue: number.data, status: "pending" }, 202);
}

/** The node that runs a task reports with the token of that one attempt, which opens nothing else. */
async function reportOfNode(deps: Context, c: Request, token: string): Promise<Response> {
  const body = NodeReport.safeParse(await jsonBody(c));
  if (!body.success) return badBody(c, body.error.issues);
  return c.json({ task: body.data.task_id, ...(await takeReport(deps, token, body.data)) });
}

async function report(deps: Context, c: Request): Promise<Response> {
  const body = Report.safeParse(await jsonBody(c));
  if (!body.success) return badBody(c, body.error.issues);
  const task = await taskById(deps.db, body.data.task_id);
  const finding = task === null ? null : await findingById(deps.db, task.findingId);
  if (task === null || finding === null || String(finding.issueNumber) !== c.req.param("n")) {
    throw new NotFoundError("There is no such task on that issue.");
  }
  if (task.state !== "running")
    throw new UserError(`The task is ${task.state}; its result is not taken any more.`);
  if (body.data.status === "success") {
    throw new UserError(
      "This task runs on a worker of the service, whose patch is proven here: a branch from elsewhere is not taken.",
    );
  }
  const error = body.data.error_message ?? "reported as failed";
  await endTask(deps, task, finding, { state: "failed", error, result: null });
  return c.json({ task: task.id, status: "failed" });
}
