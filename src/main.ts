import { type Io, isTerminal, statusLine, writeAll } from "./cli/io.ts";
import { VERSION } from "./cli/version.ts";
import { systemClock } from "./kernel/clock.ts";

type Run = (argv: string[], io: Io) => Promise<number>;

/** Each is loaded when it is asked for, as is what only faults and help need: the service never holds the demo, `extract` no zod. */
const COMMANDS: Record<string, Run> = {
  start: async (argv, io) => (await import("./cli/service.ts")).start(argv, io),
  worker: async (argv, io) => (await import("./cli/service.ts")).worker(argv, io),
  node: async (argv, io) => (await import("./cli/node.ts")).node(argv, io),
  scan: async (argv, io) => (await import("./cli/scan.ts")).scan(argv, io),
  extract: async (argv, io) => (await import("./cli/extract.ts")).extract(argv, io),
  judge: async (argv, io) => (await import("./cli/judge.ts")).judge(argv, io),
  context: async (argv, io) => (await import("./cli/offline.ts")).runContext(argv, io),
  gates: async (argv, io) => (await import("./cli/offline.ts")).runGates(argv, io),
  task: async (argv, io) =>
    argv[0] === "run"
      ? (await import("./cli/offline.ts")).runTasks(argv.slice(1), io)
      : (await import("./cli/look.ts")).task(argv, io),
  explain: async (argv, io) => (await import("./cli/look.ts")).explain(argv, io),
  doctor: async (argv, io) => (await import("./cli/doctor.ts")).doctor(argv, io),
  migrate: async (argv, io) => (await import("./cli/look.ts")).migrate(argv, io),
  playground: async (argv, io) => (await import("./playground/cli.ts")).playground(argv, io),
  demo: async (argv, io) => (await import("./playground/cli.ts")).demo(argv, io),
};

async function main(argv: string[], io: Io): Promise<number> {
  const [name = "--help", ...rest] = argv;
  if (name === "--help" || name === "-h" || name === "help") {
    io.out((await import("./cli/usage.ts")).usageText());
    return 0;
  }
  if (name === "--version") {
    io.out(VERSION);
    return 0;
  }
  const run = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (run === undefined) {
    const { nearest } = await import("./commands/parse.ts");
    const near = nearest(name, Object.keys(COMMANDS));
    io.err(`There is no command ${name}.${near === null ? "" : ` Did you mean ${near}?`} --help lists them.`);
    return 2;
  }
  if (rest.length === 1 && (rest[0] === "--help" || rest[0] === "-h")) {
    io.out((await import("./cli/usage.ts")).usageOf(name));
    return 0;
  }
  try {
    return await run(rest, io);
  } catch (error) {
    const { faultOfUse } = await import("./cli/fault.ts");
    // faults of people and of arguments are a sentence, everything else has its trace
    io.err(faultOfUse(error) ?? (error instanceof Error ? (error.stack ?? error.message) : String(error)));
    return 1;
  }
}

const stopping = new AbortController();
let heeded = false;

/** Has Ctrl-C end things in order from now on; what does not ask for it is ended at once, also in a long calculation. */
function heedSignals(): AbortSignal {
  for (const signal of heeded ? [] : (["SIGINT", "SIGTERM"] as const)) {
    process.on(signal, () =>
      stopping.signal.aborted ? process.exit(130) : stopping.abort(new Error(signal)),
    );
  }
  heeded = true;
  return stopping.signal;
}

const code = await main(process.argv.slice(2), {
  env: process.env,
  cwd: process.cwd(),
  execPath: process.execPath,
  clock: systemClock,
  // asked when it is needed: process.stdout and process.stderr take as long to load as Bun itself
  get isTerminal() {
    return isTerminal(1, () => process.stdout);
  },
  out: (line) => writeAll(1, `${line}\n`, () => process.stdout),
  err: (line) => writeAll(2, `${line}\n`, () => process.stderr),
  status: (line) =>
    statusLine(
      isTerminal(2, () => process.stderr),
      (text) => void process.stderr.write(text),
    )(line),
  stdin: Bun.stdin.stream(),
  get signal() {
    return heedSignals();
  },
});
process.exit(code);
