import type { Acting } from "./act/commands.ts";
import { Responses } from "./act/responses.ts";
import { Triggers } from "./act/triggers.ts";
import { Faults } from "./api/faults.ts";
import type { ApiOptions } from "./api/router.ts";
import { EventQueue } from "./deliver/events.ts";
import { Sender } from "./deliver/sender.ts";
import { Sockets } from "./deliver/sockets.ts";
import { Ids } from "./ids.ts";
import { PostLimiter } from "./limits.ts";
import type { SlackOptions } from "./model.ts";
import { slackRoutes } from "./routes.ts";
import { SlackPlayground } from "./verbs.ts";
import { World } from "./world.ts";

export type {
  Answer,
  ApiCall,
  Channel,
  ChannelSpec,
  ChatPerson,
  Delivery,
  Ephemeral,
  Fault,
  Message,
  SlackOptions,
  View,
} from "./model.ts";
export type { SlackPlayground } from "./verbs.ts";

const MINUTE = 60_000;

/** Starts a Slack of one workspace on this machine: Web API, events, commands, Socket Mode and a page. */
export async function startSlack(options: SlackOptions): Promise<SlackPlayground> {
  const ids = new Ids(options.clock, options.random);
  const world = new World(options, ids);
  const answerWithinMs = options.answerWithinMs ?? 3000;
  const sockets = new Sockets(ids, world.app.id, answerWithinMs);
  const { appUrl, signingSecret } = options;
  const sender = new Sender({ appUrl, signingSecret, answerWithinMs }, ids, sockets);
  const events = new EventQueue(world, sender, options.retryDelaysMs ?? [0, MINUTE, 5 * MINUTE]);
  const responses = new Responses(world);
  const triggers = new Triggers(ids);
  const acting: Acting = { world, sender, responses, triggers };
  const limiter = new PostLimiter(options.clock, options.limits?.postsPerSecondPerChannel);
  const api: ApiOptions = {
    botToken: options.botToken,
    appToken: options.appToken,
    context: { world, limiter, triggers, sockets, messagesPerPage: options.limits?.messagesPerPage ?? 999 },
    faults: new Faults(),
    calls: [],
  };

  const listeners = new Set<() => void>();
  world.onChange = () => {
    for (const listener of [...listeners]) listener();
  };
  world.onEvent = (event) => events.push(event);

  const parts = { acting, api, events, sender, sockets, listeners, stop: async () => {} };
  const verbs = new SlackPlayground(parts);
  const app = slackRoutes(verbs, parts);
  const server = Bun.serve({
    port: options.port ?? 0,
    hostname: options.hostname ?? "127.0.0.1",
    idleTimeout: 0, // The page's event stream stays open for as long as the page does.
    websocket: sockets.handlers,
    fetch(request, self) {
      const url = new URL(request.url);
      if (url.pathname !== "/link") return app.fetch(request);
      const known = sockets.redeem(url.searchParams.get("ticket") ?? "");
      if (known && self.upgrade(request, { data: undefined })) return undefined;
      return new Response("unknown ticket", { status: 400 });
    },
  });
  const shownHost = server.hostname === "0.0.0.0" ? "localhost" : server.hostname;
  world.origin = `http://${shownHost}:${server.port}`;
  parts.stop = async () => {
    events.stop();
    sockets.close();
    await server.stop(true);
  };
  return verbs;
}
