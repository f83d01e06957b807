import { Hono } from "hono";
import type { Context } from "../../src/features/context.ts";
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
  ["/unset/signin", "Nobody can sign in here"],
  ["/unset/stats", "The console is closed"],
];

/**
 * A world's console on a port of its own: as it is reached from elsewhere (below `/unset` no way to sign in is set), or open
 * as on its own machine. It can end and begin anew.
 */
export class ClosedConsole {
  readonly url: string;
  private server;

  constructor(
    private readonly world: World,
    private readonly how: "closed" | "open" = "closed",
  ) {
    this.server = this.serve(0);
    this.url = this.server.url.origin;
  }

  /** Begins anew, on the same port, knowing nothing of before. */
  start(): void {
    this.server = this.serve(Number(new URL(this.url).port));
  }

  stop(): Promise<void> {
    return this.server.stop(true);
  }

  private serve(port: number) {
    const { context } = this.world.product;
    if (context === null) throw new Error("this world's product is in this process");
    const app = new Hono();
    if (this.how === "closed") routeClosed(app, context);
    else app.route("/", consoleRoutes({ ...context, actions: consoleActions(context) }));
    return Bun.serve({ port, hostname: "127.0.0.1", idleTimeout: 0, fetch: (request) => app.fetch(request) });
  }
}

function routeClosed(app: Hono, context: Context): void {
  const env = { ...context.config.env, PUBLIC_URL: "http://console.test", CONSOLE_TOKEN: "the token" };
  const config = { ...context.config, env };
  const actions = consoleActions(context);
  const { CONSOLE_TOKEN: _, ...bare } = env;
  const nobody = { ...context, config: { ...config, env: bare }, actions: { ...actions, identity: null } };
  app.route("/unset", consoleRoutes(nobody));
  app.route("/", consoleRoutes({ ...context, config, actions }));
}
