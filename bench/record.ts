// Runs small suites that fail in known ways, in every framework this machine has, and writes what they
// print to test/fixtures/logs with what is true of it: bun bench/record.ts [NAME …]
// A suite whose programs are missing is left out, and named. Logs recorded earlier stay as they are.
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { go } from "./record/go.ts";
import { javascript } from "./record/javascript.ts";
import { jvm } from "./record/jvm.ts";
import { native } from "./record/native.ts";
import { python } from "./record/python.ts";
import { reporters } from "./record/reporters.ts";
import { scripting } from "./record/scripting.ts";
import { FOLDER, type Suite } from "./record/suite.ts";

const SUITES: readonly Suite[] = [
  ...javascript,
  ...python,
  ...go,
  ...native,
  ...jvm,
  ...scripting,
  ...reporters,
];
const LOGS = join(import.meta.dir, "../test/fixtures/logs");
/** Most milliseconds of one command, and most bytes of one log. */
const TIME_LIMIT = 300_000;
const MAX_LOG = 30_000;

const Truth = z.record(z.string(), z.object({ failed: z.array(z.string()), retried: z.array(z.string()) }));

const missing = (suite: Suite): string[] => [
  ...suite.programs.filter((program) => Bun.which(program) === null),
  ...(suite.needs ?? []).filter((path) => !existsSync(path)),
];

/** Runs one line of shell in a folder; both streams come in the order they were written in. */
async function shell(line: string, folder: string, home: string): Promise<{ text: string; code: number }> {
  const child = Bun.spawn(["sh", "-c", `exec 2>&1\n${line}`], {
    cwd: folder,
    env: {
      PATH: `${folder}/node_modules/.bin:${process.env.PATH ?? ""}`,
      HOME: home,
      LANG: "C.UTF-8",
      TERM: "xterm",
      RUSTUP_TOOLCHAIN: "stable",
      RUSTUP_HOME: process.env.RUSTUP_HOME ?? `${process.env.HOME ?? ""}/.rustup`,
      CI: "true",
      TZ: "UTC",
      GOFLAGS: "-mod=mod",
      GO111MODULE: "auto",
      ...(process.env.npm_config_registry && { npm_config_registry: process.env.npm_config_registry }),
    },
    stdin: "ignore",
    timeout: TIME_LIMIT,
  });
  const text = await new Response(child.stdout).text();
  return { text, code: await child.exited };
}

/** Takes out what tells of the machine: folders, its name, the time zone's own files. */
function anonymous(text: string, folder: string, home: string): string {
  let out = text.replaceAll(folder, FOLDER).replaceAll(home, "/home/runner");
  out = out.replaceAll(basename(dirname(folder)), "work").replaceAll(`@${hostname()}`, "@runner");
  return out.replace(/^.*(?:npm notice|npm warn).*\n/gm, "");
}

async function record(suite: Suite): Promise<string | undefined> {
  const root = await mkdtemp(join(tmpdir(), "record-"));
  const [folder, home] = [join(root, "store"), join(root, "home")];
  try {
    await mkdir(home, { recursive: true });
    await mkdir(folder, { recursive: true });
    for (const [name, text] of Object.entries(suite.files)) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await Bun.write(join(folder, name), text);
    }
    if (suite.npm !== undefined) {
      const packages = Object.entries(suite.npm).map(([name, version]) => `${name}@${version}`);
      const npm = `npm install --no-audit --no-fund --no-save --ignore-scripts ${packages.join(" ")}`;
      const installed = await shell(npm, folder, process.env.HOME ?? home);
      if (installed.code !== 0) return `could not install: ${installed.text.trim().split("\n").at(-1)}`;
    }
    if (suite.prepare !== undefined) {
      const prepared = await shell(suite.prepare, folder, home);
      if (prepared.code !== 0) return `could not prepare: ${prepared.text.slice(-600)}`;
    }
    const { text } = await shell(suite.command, folder, home);
    const log = anonymous(text, folder, home);
    if (log.length > MAX_LOG) return `the log is too long: ${log.length} bytes`;
    if (log.trim() === "") return "it printed nothing";
    await Bun.write(join(LOGS, `${suite.name}.log`), log);
    return undefined;
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

const wanted = process.argv.slice(2);
const chosen = SUITES.filter((suite) => wanted.length === 0 || wanted.includes(suite.name));
for (const suite of chosen) {
  const without = missing(suite);
  const fault = without.length > 0 ? `needs ${without.join(", ")}` : await record(suite);
  console.log(`${suite.name}: ${fault ?? "recorded"}`);
  if (fault !== undefined) continue;
  const path = join(LOGS, "truth.json");
  const truth = Truth.parse(await Bun.file(path).json());
  truth[`${suite.name}.log`] = { failed: [...suite.failed], retried: [...(suite.retried ?? [])] };
  await Bun.write(path, `${JSON.stringify(truth, null, 2)}\n`);
}
