/** Commands of the command line, as `--help` shows them, at most 80 columns wide. */
export const CLI_COMMANDS: readonly { usage: string; help: string }[] = [
  { usage: "demo [--exit]", help: "the whole loop, without any account" },
  { usage: "playground [--app URL] [--gitea]", help: "the local GitHub (or Gitea), Slack and model" },
  { usage: "start [--no-worker]", help: "the service" },
  { usage: "worker [--labels a,b] [--concurrency 2]", help: "a worker alone (DATABASE_URL)" },
  { usage: "node [--port 8007] [--concurrency 1]", help: "takes tasks over HTTP (NODE_SECRET)" },
  { usage: "scan [--repo o/r] [--since 7d] [--dry-run]", help: "one scan now" },
  { usage: "extract [--repo o/r] [--format F] PATH…", help: "failed tests in logs, offline" },
  { usage: "judge --runs FILE.ndjson", help: "verdicts on a history, offline" },
  { usage: "context --repo-dir DIR (--test T | --log F)", help: "files a fixer should read" },
  {
    usage: "gates --repo-dir DIR (--patch F | --commit S | --working-tree)",
    help: "restraint gates on a change",
  },
  { usage: "task run FILE.yaml… [--repo-dir DIR]", help: "tasks from files or a folder of them" },
  { usage: "task list | show ID | cancel ID", help: "tasks of the service" },
  { usage: "explain N", help: "why a finding is said to be so" },
  { usage: "doctor", help: "what is wrong, and what to do" },
  { usage: "migrate", help: "brings the database up to date" },
];

const WIDTH = 42;
const lineOf = ({ usage, help }: (typeof CLI_COMMANDS)[number]): string =>
  usage.length < WIDTH ? `  ${usage.padEnd(WIDTH)}${help}` : `  ${usage}\n  ${" ".repeat(WIDTH)}${help}`;

/** The text of `--help`. */
export const usageText = (): string =>
  ["flaky-test-cleaner", "", "usage: bun src/main.ts COMMAND", "", ...CLI_COMMANDS.map(lineOf)].join("\n");

/** The text of `COMMAND --help`. */
export const usageOf = (command: string): string =>
  CLI_COMMANDS.filter(({ usage }) => usage.split(" ")[0] === command)
    .map(lineOf)
    .join("\n");
