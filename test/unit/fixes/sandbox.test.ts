import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { dockerArgs } from "../../../src/outbound/sandbox/docker.ts";
import { DEFAULT_LIMITS, detectSandbox, runtimeFrom } from "../../../src/outbound/sandbox/index.ts";
import type { SandboxCommand } from "../../../src/ports/sandbox.ts";
import { type Scratch, sandbox, scratch } from "./world.ts";

// Many real runs of a test, on a machine that may be busy.
setDefaultTimeout(240_000);

const command = (world: Scratch, script: string, over: Partial<SandboxCommand> = {}): SandboxCommand => ({
  argv: ["sh", "-c", script],
  cwd: world.repo,
  env: {},
  timeoutMs: 20_000,
  network: false,
  maxOutputBytes: 2000,
  ...over,
});

test("output keeps its head and its tail", async () => {
  await using world = await scratch();
  const { output } = await sandbox.run(command(world, "echo first; yes | head -c 3000000; echo last"));
  expect(output).toStartWith("first\n");
  expect(output).toEndWith("last\n");
  expect(output.length).toBeLessThan(2200);
  expect(output).toContain("bytes of output left out");
});

test("a time-out and an abort kill what was left running too", async () => {
  await using world = await scratch();
  const forever = "(while :; do sleep 0.05; date +%N > beat; done) & sleep 30";
  const late = await sandbox.run(command(world, forever, { timeoutMs: 400 }));
  expect([late.exit, late.timedOut]).toEqual([null, true]);
  const beat = () => Bun.file(join(world.repo, "beat")).text();
  const after = await beat();
  await sandbox.run(command(world, "sleep 0.3"));
  expect(await beat()).toBe(after);
  const stopped = await sandbox.run(command(world, "sleep 30", { signal: AbortSignal.timeout(200) }));
  expect([stopped.exit, stopped.timedOut]).toEqual([null, false]);
});

test("too many processes end the command", async () => {
  await using world = await scratch();
  const limits = { ...DEFAULT_LIMITS, processes: 40 };
  const { sandbox: small } = await detectSandbox({
    path: process.env.PATH ?? "",
    want: "auto",
    allowNone: true,
    limits,
  });
  const many = "for i in $(seq 100); do sleep 20 & done; wait";
  const { exit, ms } = await small.run(command(world, many));
  // Where the kernel counts, the shell fails to fork; where it does not (root), the watch kills.
  expect(exit).not.toBe(0);
  expect(ms).toBeLessThan(15_000);
});

test("a file has a largest size, and the disk is never filled", async () => {
  await using world = await scratch();
  const of = async (limits: Partial<typeof DEFAULT_LIMITS>) =>
    (
      await detectSandbox({
        path: process.env.PATH ?? "",
        want: "auto",
        allowNone: true,
        limits: { ...DEFAULT_LIMITS, ...limits },
      })
    ).sandbox;
  const small = await of({ fileBytes: 2 ** 20 });
  const large = await small.run(command(world, "head -c 3000000 /dev/zero > big; echo $?; wc -c < big"));
  expect(large.output).toContain("1048576");
  const careful = await of({ leastFreeBytes: Number.MAX_SAFE_INTEGER });
  const { exit, output } = await careful.run(command(world, "while :; do echo x >> many; sleep 0.1; done"));
  expect([exit, output]).toEqual([null, expect.stringContaining("MiB free on the disk")]);
});

test("a program that is not there is said, not thrown", async () => {
  await using world = await scratch();
  const { exit, output } = await sandbox.run(command(world, "", { argv: ["no-such-program"] }));
  expect(exit).not.toBe(0);
  expect(output).toContain("no-such-program");
});

test.if(sandbox.kind === "bubblewrap")("the wall holds: files, users, network, capabilities", async () => {
  await using world = await scratch();
  const script = `
    id -u; grep CapEff /proc/self/status; ls -A ~ | wc -l; cat /etc/shadow
    touch /usr/x /x /dev/x; ls /sys /root /work /var; ls ${world.dir}; cat /proc/net/dev | grep -vc 'lo:\\|face\\|Inter'
    cat /proc/*/environ | tr '\\0' '\\n' | grep -c SECRET; : > allowed`;
  const { output } = await sandbox.run(command(world, script, { env: { A: "b" } }));
  const lines = output.split("\n").filter((line) => !/cannot|No such file/.test(line) && line !== "");
  expect(lines).toEqual(["65534", "CapEff:\t0000000000000000", "0", "0", "0"]);
  expect(existsSync(join(world.repo, "allowed"))).toBe(true);
});

test("a Docker run has neither network nor privileges nor the caller's environment", async () => {
  await using world = await scratch();
  const args = dockerArgs(
    "task-1",
    command(world, "true", { readable: ["/opt/go"] }),
    { image: "golang:1" },
    DEFAULT_LIMITS,
  );
  const line = args.join(" ");
  for (const part of [
    "--network none",
    "--cap-drop ALL",
    "--read-only",
    "no-new-privileges",
    "--pids-limit 512",
    "/opt/go:/opt/go:ro",
  ]) {
    expect(line).toContain(part);
  }
  expect(args.slice(-4)).toEqual(["golang:1", "sh", "-c", "true"]);
});

test("what is asked for and missing is an error that says what to install", async () => {
  await expect(detectSandbox({ path: "/nowhere", want: "auto", allowNone: false })).rejects.toThrow(
    "Install bubblewrap",
  );
  const none = await detectSandbox({ path: "/nowhere", want: "auto", allowNone: true });
  expect([none.sandbox.kind, none.passedOver]).toEqual([
    "none",
    ["bubblewrap: bwrap is not installed", "docker: not installed"],
  ]);
});

test("programs of a manager of versions run, and nothing else of HOME is seen", async () => {
  await using world = await scratch();
  const home = join(world.dir, "home");
  for (const [path, text] of [
    [".pyenv/shims/snake", `#!/bin/sh\nexec "${home}/.pyenv/libexec/snake"\n`],
    [".pyenv/libexec/snake", '#!/bin/sh\necho "snake of $PYENV_ROOT"\n'],
    [".cargo/bin/crab", "#!/bin/sh\necho crab\n"],
    [".cargo/credentials.toml", "token\n"],
    [".rustup/settings.toml", "default\n"],
    [".netrc", "password\n"],
  ] as const) {
    await mkdir(dirname(join(home, path)), { recursive: true });
    await writeFile(join(home, path), text, { mode: 0o755 });
  }
  const path = `${home}/.pyenv/shims:${home}/.cargo/bin:/usr/bin:/bin`;
  const runtime = runtimeFrom({ path, execPath: process.execPath, hidden: [home] });
  expect(runtime.env).toEqual({ PYENV_ROOT: `${home}/.pyenv`, RUSTUP_HOME: `${home}/.rustup` });
  const script = `snake; crab; cat ${home}/.netrc ${home}/.cargo/credentials.toml 2>/dev/null; ls -A ${home}`;
  const env = { ...runtime.env, PATH: runtime.path };
  const { output } = await sandbox.run(command(world, script, { env, readable: runtime.readable }));
  expect(output).toStartWith(`snake of ${home}/.pyenv\ncrab\n`);
  if (sandbox.kind === "bubblewrap") {
    expect(output).not.toMatch(/token|password/);
    expect(output.trim().split("\n").slice(-3)).toEqual([".cargo", ".pyenv", ".rustup"]);
  }
});

test("the path inside leaves out what is no program folder", () => {
  const runtime = runtimeFrom({
    path: "/usr/bin:.:/:/tmp:/no/such",
    execPath: process.execPath,
    hidden: ["/tmp"],
  });
  expect(runtime.path).toBe("/usr/bin");
});
