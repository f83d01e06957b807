import { Hono } from "hono";
import { requireLevel } from "../auth.ts";
import { type Env, idParam, notFound, paged, reply } from "../http.ts";
import type { Delivery } from "../webhooks.ts";
import type { World } from "../world.ts";

const shape = (delivery: Delivery) => ({
  id: delivery.id,
  guid: delivery.guid,
  delivered_at: delivery.deliveredAt?.toISOString() ?? null,
  redelivery: delivery.redelivery,
  duration: 0,
  status:
    delivery.status === 0
      ? "failed to connect to host"
      : delivery.status === 200
        ? "OK"
        : String(delivery.status),
  status_code: delivery.status ?? 0,
  event: delivery.event,
  action: delivery.action,
  installation_id: null,
  repository_id: null,
  throttled_at: null,
});

/** The repository's one webhook, its deliveries, and sending one again. */
export const hookRoutes = (world: World): Hono<Env> => {
  const app = new Hono<Env>();
  app.use("/hooks", async (c, next) => {
    requireLevel(c, "admin");
    await next();
  });
  app.use("/hooks/*", async (c, next) => {
    requireLevel(c, "admin");
    await next();
  });
  app.get("/hooks", (c) => {
    const { hookId, fullName, createdAt } = c.get("repo");
    const url = `${world.api}/repos/${fullName}/hooks/${hookId}`;
    const config = {
      url: `${world.options.appUrl()}/webhooks/github`,
      content_type: "json",
      insecure_ssl: "0",
    };
    const last_response = { code: null, status: "unused", message: null };
    const events = ["*"];
    const times = { created_at: createdAt, updated_at: createdAt };
    const more = {
      url,
      test_url: `${url}/test`,
      ping_url: `${url}/pings`,
      deliveries_url: `${url}/deliveries`,
    };
    const hook = { type: "Repository", id: hookId, name: "web", active: true, events, config, last_response };
    return reply(c, [{ ...hook, ...times, ...more }]);
  });
  app.get("/hooks/:hook/deliveries", (c) => {
    if (idParam(c, "hook") !== c.get("repo").hookId) throw notFound();
    const mine = world.webhooks.deliveries.filter(({ repository }) => repository === c.get("repo").fullName);
    return reply(c, paged(c, mine.reverse()).map(shape));
  });
  app.post("/hooks/:hook/deliveries/:id/attempts", (c) => {
    const id = idParam(c, "id");
    if (!world.webhooks.deliveries.some((delivery) => delivery.id === id)) throw notFound();
    world.webhooks.redeliver(id);
    return reply(c, {}, 202);
  });
  return app;
};
