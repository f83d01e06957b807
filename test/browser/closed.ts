import { Hono } from "hono";
import { consoleActions } from "../../src/inbound/console.ts";
import { consoleRoutes } from "../../src/web/index.ts";
import type { World } from "../harness/world.ts";
import type { Look } from "./pages.ts";

/** What one sees who may not read yet. */
export const CLOSED: readonly Look[] = [
  ["/", "Console token"],
  ["/findings/F1", "Sign in with GitHub"],
  ["/signin", "enter this code"],
  ["/signin/callback", "That was no answer to a sign-in of this browser."],
  ["/unset/signin", "Nobody can sign in with GitHub here"],
  ["/unset/stats", "The console is closed"],
];

/** A world's console as it is reached from elsewhere; below `/unset` no way to sign in is set. */
export class ClosedConsole {
  readonly url: string;
  private readonly server;

  constructor(world: World) {
    const { context } = world.product;
    if (context === null) throw new Error("this world's product is in this process");
    const env = { ...context.config.env, PUBLIC_URL: "http://console.test", CONSOLE_TOKEN: "the token" };
    const config = { ...context.config, env };
    const actions = consoleActions(context);
    const app = new Hono();
    const { CONSOLE_TOKEN: _, ...bare } = env;
    const nobody = { ...context, config: { ...config, env: bare }, actions: { ...actions, identity: null } };
    app.route("/unset", consoleRoutes(nobody));
    app.route("/", consoleRoutes({ ...context, config, actions }));
    this.server = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: (request) => app.fetch(request) });
    this.url = this.server.url.origin;
  }

  stop(): Promise<void> {
    return this.server.stop(true);
  }
}
