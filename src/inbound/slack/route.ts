import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Clock } from "../../kernel/clock.ts";
import { fromJson } from "../../kernel/json.ts";
import type { Answer } from "./receiver.ts";
import { signedBySlack } from "./verify.ts";

const MIB = 1024 * 1024;
const UNSIGNED =
  "the signature is wrong, or more than five minutes off: check SLACK_SIGNING_SECRET and this machine's clock";

/** `POST /slack/events`: events, commands, clicks and modals, signed by Slack. */
export function slackRoute(deps: {
  secret: string | undefined;
  clock: Clock;
  intake: (body: unknown) => Promise<Answer>;
}): Hono {
  const route = new Hono();
  const tooLarge = bodyLimit({ maxSize: 4 * MIB, onError: (c) => c.json({ error: "too large" }, 413) });
  route.post("/slack/events", tooLarge, async (c) => {
    const raw = await c.req.text();
    const headers = {
      signature: c.req.header("x-slack-signature"),
      timestamp: c.req.header("x-slack-request-timestamp"),
    };
    if (deps.secret === undefined || !signedBySlack(deps.secret, headers, raw, deps.clock.now())) {
      return c.json({ error: UNSIGNED }, 401);
    }
    const body = parseBody(raw, c.req.header("content-type") ?? "");
    const answer = await deps.intake(body);
    if (answer.body === null) return c.body(null, 200);
    // 200 and 400 are all that the intake answers
    return typeof answer.body === "string"
      ? c.text(answer.body)
      : Response.json(answer.body, { status: answer.status });
  });
  return route;
}

/** JSON for events; a form for commands; a form with JSON in `payload` for clicks. */
function parseBody(raw: string, contentType: string): unknown {
  if (!contentType.includes("application/x-www-form-urlencoded")) return fromJson(raw);
  const form = Object.fromEntries(new URLSearchParams(raw));
  return form.payload === undefined ? form : fromJson(form.payload);
}
