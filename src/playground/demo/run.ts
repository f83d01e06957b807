import { errorText } from "../../kernel/errors.ts";
import { type Playground, type PlaygroundOptions, startPlayground } from "../index.ts";
import { Product } from "./product.ts";
import { type Told, tellStory } from "./story.ts";

export interface DemoOptions extends Omit<PlaygroundOptions, "appUrl"> {
  env: Record<string, string | undefined>;
  out: (line: string) => void;
  err: (line: string) => void;
  signal: AbortSignal;
  /** End when the story ends, with its result as one JSON line. */
  exit: boolean;
  stopped: () => Promise<void>;
}

/** Most time that the whole story may take before it is given up, ms. */
const LIMIT_MS = 5 * 60_000;

/** Starts everything on free ports, tells the story, and says how it ended. @returns the exit code. */
export async function runDemo(options: DemoOptions): Promise<number> {
  const started = options.clock.now().getTime();
  const product = new Product(options);
  const limit = AbortSignal.timeout(LIMIT_MS);
  const signal = options.exit ? AbortSignal.any([options.signal, limit]) : options.signal;
  let world: Playground | null = null;
  try {
    options.err("Starting the local GitHub, Slack and model …");
    world = await startPlayground({ ...options, appUrl: () => product.url });
    options.err("Starting the product …");
    await product.start(world.env);
    addresses(options, world, product);
    const told = await tellStory({ ...options, world, product, signal });
    const seconds = Math.round((options.clock.now().getTime() - started) / 1000);
    const ok = report(options, told, seconds);
    if (!options.exit) await options.stopped();
    return ok ? 0 : 1;
  } catch (error) {
    if (options.signal.aborted) return options.exit ? 1 : 0;
    const why =
      limit.aborted && options.exit ? `not done within ${LIMIT_MS / 60_000} minutes` : errorText(error);
    options.err(`The story broke off: ${why}`);
    options.err(product.lastWords());
    if (options.exit) options.out(JSON.stringify({ ok: false, error: why }));
    else await options.stopped();
    return 1;
  } finally {
    await product.stop();
    await world?.stop();
  }
}

/** The addresses are the demo's result; with `--exit` stdout is for the one line of JSON alone. */
function addresses(options: DemoOptions, world: Playground, product: Product): void {
  const say = options.exit ? options.err : options.out;
  say("");
  say(`  Slack channel   ${world.slack.pageUrl}`);
  say(`  Console         ${product.url}`);
  say(`  GitHub          ${world.github.origin}`);
  if (world.model !== null) say("  The model is a script that says so; set OPENAI_API_KEY for a real one.");
  say("");
}

/** The states that the story has to come through. */
const STORY = ["new", "open", "approved", "fixing", "pending_review", "merged", "deployed"];

function report(options: DemoOptions, told: Told, seconds: number): boolean {
  const { states, held, issue, pull } = told;
  options.err(`The whole loop took ${seconds} s.`);
  const ok = held && STORY.every((state) => states.includes(state));
  if (options.exit) options.out(JSON.stringify({ ok, states, held, issue, pull, seconds }));
  else options.err("Everything goes on until you stop it (Ctrl-C): click, talk, break things.");
  return ok;
}
