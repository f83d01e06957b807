import { chownSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { serverPrograms } from "./machine.ts";

/**
 * Starts a scratch server from the installed programs; it is gone with this process, and so are its files.
 * @returns its address, where tests make databases of their own; null where no server is installed or it does not
 *   come up.
 */
export async function startPostgres(): Promise<string | null> {
  const programs = serverPrograms();
  if (programs === null) return null;
  const folder = mkdtempSync(join(tmpdir(), "verify-postgres-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const drop = asSomebody(folder);
  if (drop === null) return null;
  const data = join(folder, "data");
  const made = Bun.spawnSync(
    [
      ...drop,
      join(programs, "initdb"),
      "-D",
      data,
      "-U",
      "postgres",
      "-A",
      "trust",
      "--no-sync",
      "-E",
      "UTF8",
    ],
    { stdout: "ignore", stderr: "ignore", cwd: folder },
  );
  if (made.exitCode !== 0) return null;
  const port = freePort();
  const settings = {
    port: String(port),
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: "200",
    fsync: "off",
    synchronous_commit: "off",
    full_page_writes: "off",
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const server = Bun.spawn([...drop, join(programs, "postgres"), "-D", data, ...flags], {
    stdout: "ignore",
    stderr: "pipe",
    cwd: folder,
  });
  process.once("exit", () => server.kill("SIGQUIT"));
  return (await isReady(server.stderr)) ? `postgres://postgres@127.0.0.1:${port}/postgres` : null;
}

/** Postgres refuses to run as root: then it runs as somebody else, who owns the folder. Null where that cannot be. */
function asSomebody(folder: string): string[] | null {
  if (process.getuid?.() !== 0) return [];
  if (Bun.which("setpriv") === null) return null;
  for (const name of ["postgres", "nobody"]) {
    const [uid, gid] = ["-u", "-g"].map((flag) =>
      Number(Bun.spawnSync(["id", flag, name]).stdout.toString()),
    );
    if (!uid || !gid) continue;
    chownSync(folder, uid, gid);
    return ["setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--clear-groups"];
  }
  return null;
}

function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = listener;
  listener.stop(true);
  return port;
}

/** Reads what the server says until it takes connections; goes on reading after, so that it is never held up. */
async function isReady(stderr: ReadableStream<Uint8Array>): Promise<boolean> {
  const ready = Promise.withResolvers<boolean>();
  const decoder = new TextDecoder();
  const read = async () => {
    let text = "";
    for await (const chunk of stderr) {
      if (text.length < 100_000) text += decoder.decode(chunk);
      if (text.includes("ready to accept connections")) ready.resolve(true);
    }
    ready.resolve(false);
  };
  read().catch(() => ready.resolve(false));
  return ready.promise;
}
