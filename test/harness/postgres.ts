import { mkdtempSync, readdirSync } from "node:fs";
import { chown } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { openDatabase } from "../../db/client.ts";
import { silentLog } from "../../src/kernel/log.ts";
import { startQueue } from "../../src/platform/queue.ts";
import { until } from "./until.ts";

type Server = { url: string } | { lacks: string };

const LACKS =
  "skipped: no Postgres here. Install it (apt-get install postgresql, brew install postgresql) or set TEST_DATABASE_URL";

let server: Promise<Server> | null = null;

/** The server for tests: `TEST_DATABASE_URL`, else a scratch cluster from the installed programs, started once. */
export function postgresServer(): Promise<Server> {
  const given = process.env.TEST_DATABASE_URL;
  server ??= given ? Promise.resolve({ url: given }) : startCluster();
  return server;
}

let template: Promise<string> | null = null;
let made = 0;

/** Address of a new database with schema and queues in it. */
export async function freshPostgres(): Promise<string> {
  const found = await postgresServer();
  if ("lacks" in found) throw new Error(found.lacks);
  template ??= makeTemplate(found.url);
  const from = await template;
  made += 1;
  const name = `flaky_test_${process.pid}_${made}`;
  await administer(found.url, `drop database if exists ${name}`, `create database ${name} template ${from}`);
  return on(found.url, name);
}

async function makeTemplate(url: string): Promise<string> {
  const name = `flaky_template_${process.pid}`;
  await administer(url, `drop database if exists ${name}`, `create database ${name}`);
  const database = await openDatabase({ url: on(url, name), dataDir: "" });
  const queue = await startQueue(database, on(url, name), [], silentLog);
  await queue.stop(0);
  await database.close();
  return name;
}

async function administer(url: string, ...statements: string[]): Promise<void> {
  const client = postgres(url, { max: 1, onnotice: () => {} });
  for (const statement of statements) await client.unsafe(statement);
  await client.end();
}

function on(url: string, name: string): string {
  const address = new URL(url);
  address.pathname = `/${name}`;
  return address.href;
}

/** A cluster of its own below the temporary folder. It ends with this process. */
async function startCluster(): Promise<Server> {
  const bin = binaries();
  if (bin === null) return { lacks: LACKS };
  const dir = mkdtempSync(join(tmpdir(), "flaky-postgres-"));
  const as = await owner(dir);
  if (as === null)
    return { lacks: "skipped: Postgres does not run as root, and there is no user postgres to run it as" };
  const data = join(dir, "data");
  const init = Bun.spawnSync(
    [...as, join(bin, "initdb"), "-D", data, "-U", "postgres", "-A", "trust", "-N"],
    {
      cwd: dir,
    },
  );
  if (init.exitCode !== 0) throw new Error(`initdb failed: ${init.stderr.toString()}`);
  const port = freePort();
  const settings = {
    port,
    unix_socket_directories: dir,
    listen_addresses: "127.0.0.1",
    fsync: "off",
    max_connections: 100,
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const child = Bun.spawn([...as, join(bin, "postgres"), "-D", data, ...flags], {
    cwd: dir,
    stdin: "ignore",
    stdout: "ignore",
    stderr: Bun.file(join(dir, "log")),
  });
  child.unref();
  process.on("exit", () => child.kill("SIGINT"));
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  await until("Postgres takes connections", () => answers(url), { withinMs: 30_000 });
  return { url };
}

const answers = (url: string): Promise<boolean> =>
  administer(url, "select 1").then(
    () => true,
    () => false,
  );

/** Folder with the newest installed server's programs. */
function binaries(): string | null {
  const root = "/usr/lib/postgresql";
  const versions = (() => {
    try {
      return readdirSync(root).sort((a, b) => Number(b) - Number(a));
    } catch {
      return [];
    }
  })();
  const [newest] = versions;
  if (newest !== undefined) return join(root, newest, "bin");
  const found = Bun.which("initdb");
  return found === null ? null : join(found, "..");
}

/** Words that start a program as whoever may run Postgres; where the system can, it ends with its parent. */
async function owner(dir: string): Promise<string[] | null> {
  const setpriv = Bun.which("setpriv");
  const tied = setpriv === null ? [] : [setpriv, "--pdeathsig", "INT"];
  if (process.getuid?.() !== 0) return tied;
  const id = Bun.spawnSync(["id", "-u", "postgres"]);
  if (id.exitCode !== 0 || setpriv === null) return null;
  const uid = Number(id.stdout.toString());
  await chown(dir, uid, uid);
  return [...tied, "--reuid", "postgres", "--regid", "postgres", "--clear-groups"];
}

/** A port that nobody listens on now. */
export function freePort(): number {
  const probe = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Response() });
  const port = probe.port ?? 0;
  void probe.stop(true);
  return port;
}
