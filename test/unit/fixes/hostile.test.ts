import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync } from "node:fs";
import { readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { edit, finish, fix, GOOD_FIX, RACE_TEST, ScriptedModel, sandbox, scratch, sh } from "./world.ts";

// Many real runs of a test, on a machine that may be busy.
setDefaultTimeout(240_000);

test("a test's name is never shell text", async () => {
  const name = "packs $(touch /tmp/owned-by-name) `id` \"; touch owned; ' $HOME (a+b) | & x";
  const hostile = RACE_TEST.replace('"packs what was added"', JSON.stringify(name));
  await using world = await scratch({ "test/packer.test.ts": hostile });
  const toolchain = {
    test: `bun test {file} -t {test_regex} && echo "{test}" '{test}' {test} > said.txt && test ! -e owned`,
    suite: "bun test test",
  };
  const subject = { name, file: "test/packer.test.ts", framework: "bun" };
  const result = await fix(world, new ScriptedModel(GOOD_FIX, finish), { toolchain, test: subject });
  expect([result.outcome, result.reason]).toEqual(["done", "done: all gates passed"]);
  expect(existsSync("/tmp/owned-by-name")).toBe(false);
});

test("edits do not leave the repository, by no path and through no link", async () => {
  await using world = await scratch();
  const outside = join(world.dir, "outside.txt");
  await writeFile(outside, "mine\n");
  await symlink(outside, join(world.repo, "test/link.txt"));
  await symlink(world.dir, join(world.repo, "test/up"));
  await sh(world.repo, "git", "add", "-A");
  await sh(world.repo, "git", "commit", "-qm", "Links");
  const model = new ScriptedModel(
    edit("mine", "yours", "test/link.txt"),
    edit("mine", "yours", "test/up/outside.txt"),
    edit("mine", "yours", "../../../outside.txt"),
    { name: "write_file", args: { path: "/tmp/x.test.ts", content: "x" } },
    { name: "write_file", args: { path: ".git/hooks/post-commit", content: "#!/bin/sh" } },
    { name: "read_file", args: { path: "test/up/outside.txt" } },
    GOOD_FIX,
    finish,
  );
  const result = await fix(world, model);
  expect(result.outcome).toBe("done");
  expect(await readFile(outside, "utf8")).toBe("mine\n");
  expect(model.results().slice(0, 6)).toEqual([
    'error: "test/link.txt" goes through a symbolic link',
    'error: "test/up/outside.txt" goes through a symbolic link',
    'error: the path "../../../outside.txt" is not inside the repository',
    'error: the path "/tmp/x.test.ts" is not inside the repository',
    "error: git's own files are not open",
    'error: "test/up/outside.txt" goes through a symbolic link',
  ]);
});

test.if(sandbox.kind !== "none")(
  "a running test reaches neither files outside, nor the network, nor secrets",
  async () => {
    const spy = `import { expect, test } from "bun:test";
import { readFileSync, readdirSync, writeFileSync, existsSync } from "node:fs";
test("spies", async () => {
  const seen = readdirSync("/proc").filter((pid) => /^\\d+$/.test(pid)).map((pid) => {
    try { return readFileSync("/proc/" + pid + "/environ", "utf8"); } catch { return ""; }
  }).join("");
  expect(seen).not.toContain("SPY_SECRET");
  expect(existsSync(WORLD + "/repo")).toBe(false);
  expect(() => writeFileSync("/usr/owned", "x")).toThrow();
  expect(fetch("http://1.1.1.1/", { signal: AbortSignal.timeout(500) })).rejects.toThrow();
  writeFileSync(".git/config", "[core]\\nfsmonitor = touch " + WORLD + "/owned-by-config\\n");
});
`;
    await using world = await scratch();
    const file = join(world.repo, "test/spy.test.ts");
    await writeFile(file, spy.replaceAll("WORLD", JSON.stringify(world.dir)));
    await sh(world.repo, "git", "add", "-A");
    await sh(world.repo, "git", "commit", "-qm", "Spy");
    process.env.SPY_SECRET = "SPY_SECRET";
    const result = await fix(world, new ScriptedModel(GOOD_FIX, finish));
    expect([result.outcome, result.reason]).toEqual(["done", "done: all gates passed"]);
    expect(existsSync(join(world.dir, "owned-by-config"))).toBe(false);
  },
);

test("hooks, submodules and a wall of output of a command's come to nothing", async () => {
  await using world = await scratch();
  const owned = join(world.dir, "owned");
  const script = `
    for hook in pre-commit post-checkout post-index-change reference-transaction; do
      printf '#!/bin/sh\\ntouch ${owned}\\n' > .git/hooks/$hook 2> /dev/null || { mkdir -p .git/hooks; printf '#!/bin/sh\\ntouch ${owned}\\n' > .git/hooks/$hook; }
      chmod +x .git/hooks/$hook
    done
    printf '[submodule "x"]\\n\\tpath = x\\n\\turl = ext::sh -c touch%%20${owned}\\n' > .gitmodules
    git update-index --add --cacheinfo 160000,$(git rev-parse HEAD),x
    yes | head -c 5000000
  `;
  const result = await fix(world, new ScriptedModel(), {
    fixer: { kind: "command", command: ["sh", "-c", script] },
    prove: { runs: 1 },
  });
  expect(result.reason).toContain(
    ".gitmodules:0 paths (refuse): git's own files and CI settings stay as they are",
  );
  expect([result.patch, existsSync(owned)]).toEqual([null, false]);
  const trajectory = await readFile(join(world.dir, "artifacts/task-1/trajectory.ndjson"), "utf8");
  expect(trajectory.length).toBeLessThan(100_000);
});

test("a command that rewrites git's settings does not reach the git outside", async () => {
  await using world = await scratch();
  const owned = join(world.dir, "owned");
  const script = `
    sed -i 's/await new Promise.*/await packer.settled();/' test/packer.test.ts
    printf '[core]\\n\\tfsmonitor = touch ${owned}\\n\\thooksPath = /tmp\\n' > .git/config
    mkdir nested && cp -r .git nested/.git && echo x > nested/file.txt
  `;
  const result = await fix(world, new ScriptedModel(), {
    fixer: { kind: "command", command: ["sh", "-c", script] },
  });
  expect([result.outcome, result.reason]).toEqual(["done", "done: all gates passed"]);
  expect(result.patch).not.toContain("nested");
  expect(existsSync(owned)).toBe(false);
});
