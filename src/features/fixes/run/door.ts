import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { OpenDoor } from "../../../ports/model.ts";
import { type FixRun, TaskEnd } from "./context.ts";

/** Takes what comes to a port of the sandbox's own loopback to the socket, which is the only thing that leads out. */
const RELAY = `const [socket, told] = process.argv.slice(2);
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  idleTimeout: 255,
  async fetch(request) {
    const { pathname } = new URL(request.url);
    const { method } = request;
    const body = method === "GET" ? undefined : await request.arrayBuffer();
    return await fetch("http://door" + pathname, { unix: socket, method, body, headers: { "content-type": "application/json" } });
  },
});
await Bun.write(told, String(server.port));
`;

/** Starts the relay, waits for its port, and runs the command with the address that coding programs read. */
const THROUGH = `bun=$1; relay=$2; socket=$3; shift 3; told="\${TMPDIR:-/tmp}/door-port"; rm -f "$told"
"$bun" "$relay" "$socket" "$told" >/dev/null 2>&1 & relay=$!; tries=0
while [ ! -s "$told" ]; do
  tries=$((tries + 1)); kill -0 "$relay" 2>/dev/null && [ "$tries" -lt 200 ] || { echo "the door to the model did not open: $bun" >&2; exit 127; }
  sleep 0.05
done
export OPENAI_BASE_URL="http://127.0.0.1:$(cat "$told")/v1" OPENAI_API_KEY=behind-the-door
"$@"; code=$?
kill "$relay"; exit "$code"`;

/** A command's way to the model while it runs; the key stays outside. */
export interface Door {
  argv: (command: readonly string[]) => string[];
  readable: string[];
  close(): Promise<void>;
}

/** Opens the door for a command that asks for it; its use counts as the task's. */
export async function openDoor(run: FixRun, folder: string): Promise<Door> {
  const { door } = run.deps;
  if (door === undefined)
    throw new TaskEnd("failed", "no_model", "the fixer asks for a model, and there is none here");
  const { steps, usd } = run.input.budget;
  const open: OpenDoor = await door.model.open({
    mostRequests: Math.max(0, steps - run.record.steps),
    mostUsd: Math.max(0, usd - run.record.usd),
    signal: run.signal,
  });
  const relay = join(folder, "relay.js");
  await writeFile(relay, RELAY);
  return {
    argv: (command) => ["sh", "-c", THROUGH, "sh", door.program, relay, open.socket, ...command],
    readable: [open.folder],
    async close() {
      await open.close();
      const used = open.used();
      run.record.steps += used.requests;
      run.record.tokens += used.tokens;
      run.record.usd += used.usd;
    },
  };
}
