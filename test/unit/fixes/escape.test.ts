import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync } from "node:fs";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { join } from "node:path";
import { DEFAULT_LIMITS, detectSandbox } from "../../../src/outbound/sandbox/index.ts";
import { finish, fix, GOOD_FIX, type Scratch, ScriptedModel, sandbox, scratch, sh } from "./world.ts";

setDefaultTimeout(120_000);

const walled = sandbox.kind === "bubblewrap";

const inside = (world: Scratch, script: string, env: Record<string, string> = {}) =>
  sandbox.run({
    argv: ["sh", "-c", script],
    cwd: world.repo,
    env: { PATH: process.env.PATH ?? "", ...env },
    timeoutMs: 30_000,
    network: false,
    maxOutputBytes: 8000,
  });

/** Opens a listener of this machine, tells where it is, and closes it. */
async function listening(
  where: Parameters<Server["listen"]>[0],
): Promise<AsyncDisposable & { port: number }> {
  const server = createServer((socket) => socket.end("inside"));
  await new Promise<void>((done, fail) => {
    server.once("error", fail);
    server.listen(where, done);
  });
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    [Symbol.asyncDispose]: () => new Promise((done) => server.close(() => done())),
  };
}

/** Tries to connect to each place, and prints which answered. */
const TRY = `import { connect } from "node:net";
for (const place of JSON.parse(process.env.PLACES)) {
  await new Promise((done) => {
    const socket = connect(place);
    socket.setTimeout(1500, () => socket.destroy());
    socket.on("data", () => console.log("reached", JSON.stringify(place)));
    socket.on("error", () => {});
    socket.on("close", done);
  });
}
console.log("tried");
`;

test.if(walled)(
  "no listener of this machine is reached: by IPv4, IPv6, a socket's path or an abstract name",
  async () => {
    await using world = await scratch({ "try.mjs": TRY });
    await using four = await listening({ host: "127.0.0.1", port: 0 });
    await using six = await listening({ host: "::1", port: 0 });
    const path = join(world.dir, "door.sock");
    await using _path = await listening({ path });
    const name = `\0door-${crypto.randomUUID()}`;
    await using _name = await listening({ path: name });
    const places = [
      { host: "127.0.0.1", port: four.port },
      { host: "::1", port: six.port },
      { path },
      { path: name },
    ];
    const PLACES = JSON.stringify(places);
    // from outside all of them answer, or the test would say nothing
    const outside = Bun.spawn([process.execPath, "try.mjs"], {
      cwd: world.repo,
      env: { PLACES },
      stdout: "pipe",
    });
    expect((await new Response(outside.stdout).text()).match(/reached/g)).toHaveLength(4);
    const { output } = await inside(world, "bun try.mjs", { PLACES });
    expect(output).toBe("tried\n");
    const names = await inside(
      world,
      "cat /etc/resolv.conf; getent hosts example.org; ls /sys/class/net | grep -v '^lo$'",
    );
    expect(names.exit).not.toBe(0);
  },
);

test.if(walled)("processes outside are neither seen, read, stopped nor traced", async () => {
  await using world = await scratch();
  const mark = `mark-${crypto.randomUUID()}`;
  const outside = Bun.spawn(["sleep", "60"], { env: { MARK: mark } });
  try {
    // opened for writing only: where the wall is missing nothing of this machine is to change
    const script = `cat /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n' | grep -c "MARK=${mark}"
      kill -0 ${outside.pid} 2>/dev/null && echo reached; ls -d /proc/${outside.pid} 2>/dev/null
      cat /proc/1/environ | wc -c
      for file in /proc/sys/kernel/core_pattern /proc/sys/vm/drop_caches /proc/sysrq-trigger /proc/sys/kernel/hostname; do
        (: >> $file) 2>/dev/null && echo open $file
      done
      mkdir /tmp/proc
      unshare -Urpfm sh -c 'mount -t proc proc /tmp/proc && : >> /tmp/proc/sys/kernel/core_pattern' 2>/dev/null && echo open nested
      unshare -Urm mount -o remount,rw,bind /proc 2>/dev/null && echo open again
      mount -t tmpfs none /workspace 2>/dev/null && echo mounted; mknod disk b 8 0 2>/dev/null && echo made; true`;
    const { output } = await inside(world, script);
    expect(output.trim().split("\n")).toEqual(["0", "0"]);
    expect(outside.exitCode).toBeNull();
  } finally {
    outside.kill();
  }
});

test("what doubles itself is ended, and nothing of it stays", async () => {
  await using world = await scratch();
  const { sandbox: small } = await detectSandbox({
    path: process.env.PATH ?? "",
    want: "auto",
    allowNone: true,
    limits: { ...DEFAULT_LIMITS, processes: 40 },
  });
  const mark = `sleep 17.${String(process.pid).padStart(6, "0")}`;
  // a bomb that goes off slowly: the machine has other work
  const bomb = `b() { ${mark} & sleep 0.1; b & b & wait; }; b`;
  const { exit } = await small.run({
    argv: ["sh", "-c", bomb],
    cwd: world.repo,
    env: {},
    timeoutMs: 20_000,
    network: false,
    maxOutputBytes: 4000,
  });
  expect(exit).not.toBe(0);
  const left = Bun.spawnSync(["sh", "-c", `ps -eo args | grep -F '${mark}' | grep -vc grep`]);
  expect(left.stdout.toString().trim()).toBe("0");
});

test("a link in the repository shows nothing of what it points to: not to the model, not in the patch", async () => {
  await using world = await scratch();
  const secret = `token-${crypto.randomUUID()}`;
  await writeFile(join(world.dir, "secret.test.ts"), `// packs what was added: ${secret}\n`);
  await symlink(join(world.dir, "secret.test.ts"), join(world.repo, "test/packer.link.test.ts"));
  await symlink(world.dir, join(world.repo, "src/up"));
  await sh(world.repo, "git", "add", "-A");
  await sh(world.repo, "git", "commit", "-qm", "Links");
  const model = new ScriptedModel(
    { name: "read_file", args: { path: "test/packer.link.test.ts" } },
    { name: "search", args: { text: "token-" } },
    { name: "list_files", args: { path: "src/up" } },
    GOOD_FIX,
    finish,
  );
  const result = await fix(world, model);
  expect(result.outcome).toBe("done");
  expect(JSON.stringify(model.seen)).not.toContain(secret);
  expect(result.patch).not.toContain(secret);
});

test.if(walled)("a command has no key and no way to a model, whatever this process holds", async () => {
  await using world = await scratch();
  await mkdir(join(world.repo, "test"), { recursive: true });
  process.env.OPENAI_API_KEY ??= "sk-not-for-targets";
  const key = process.env.OPENAI_API_KEY;
  const script = `(printenv; cat /proc/[0-9]*/environ 2>/dev/null) | tr -c '[:print:]' '\\n' > test/seen.test.txt`;
  const result = await fix(world, new ScriptedModel(), {
    test: null,
    kind: "task",
    objective: "Look around.",
    toolchain: {},
    paths: { allow: ["test/**"], deny: [], product: "deny" },
    fixer: { kind: "command", command: ["sh", "-c", script] },
  });
  expect([result.outcome, result.reason]).toEqual(["done", "done: all gates passed"]);
  expect(result.patch).toContain("TASK_PROMPT=");
  expect(result.patch).not.toContain(key);
  expect(result.patch).not.toMatch(/OPENAI|GITHUB|SLACK|TOKEN|SECRET/);
  expect(existsSync(join(world.repo, "test/seen.test.txt"))).toBe(false);
});
