import { Hono, type Context as Request } from "hono";
import { z } from "zod";
import { Order } from "../../features/fixes/nodes/order.ts";
import { fromJson } from "../../kernel/json.ts";
import { isSigned } from "../../kernel/signature.ts";
import { badBody, unauthorized } from "../api/auth.ts";
import { type NodeDeps, NodeTasks } from "./tasks.ts";

export interface NodeServerOptions {
  /** The same as the service's NODE_SECRET. */
  secret: string;
  version: string;
}

const Cancel = z.object({ task_id: z.string(), attempt: z.int() });

/** A node: `GET /health`, `POST /process-issue` and `POST /cancel`, each signed with the secret it shares with the service. */
export function nodeServer(deps: NodeDeps, { secret, version }: NodeServerOptions): Hono {
  const tasks = new NodeTasks(deps);
  const app = new Hono();
  const signed = (work: (c: Request, body: unknown) => Response) => async (c: Request) => {
    const body = await c.req.text();
    const asked = {
      time: c.req.header("x-node-time") ?? "",
      method: c.req.method,
      path: c.req.path,
      body,
    };
    const signature = c.req.header("x-node-signature") ?? "";
    if (!isSigned(secret, asked, signature, deps.clock.now())) return unauthorized(c, "the signature");
    return work(c, fromJson(body));
  };
  app.get(
    "/health",
    signed((c) =>
      c.json({ version, sandbox: deps.sandbox.kind, capacity: deps.capacity, tasks: tasks.list() }),
    ),
  );
  app.post(
    "/process-issue",
    signed((c, body) => {
      const order = Order.safeParse(body);
      if (!order.success) return badBody(c, order.error.issues);
      if (tasks.take(order.data) === "full")
        return c.json({ error: "as many tasks as it can are running" }, 429);
      return c.json({ task: order.data.task_id, attempt: order.data.attempt }, 202);
    }),
  );
  app.post(
    "/cancel",
    signed((c, body) => {
      const asked = Cancel.safeParse(body);
      if (!asked.success) return badBody(c, asked.error.issues);
      tasks.cancel(asked.data.task_id, asked.data.attempt);
      return c.json({}, 202);
    }),
  );
  app.notFound((c) => c.json({ error: "there is no such page" }, 404));
  return app;
}
