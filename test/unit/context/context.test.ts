import { describe, expect, test } from "bun:test";
import { mkdir, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { ask, commit, folder, GO, paths, put } from "./repos.ts";

describe("Go", () => {
  test("the test, what it is about, and what that calls, in this order", async () => {
    await using repo = await folder(GO);
    const files = await ask(repo.dir, { name: "TestFill" });
    expect(paths(files).slice(0, 2)).toEqual(["barn/barn_test.go", "barn/barn.go"]);
    expect(paths(files).slice(2, 4).sort()).toEqual(["barn/door.go", "hay/stack.go"]);
    expect(files[0]).toMatchObject({ line: 5 });
    expect(files[0]?.why).toContain("TestFill is defined here");
    expect(files[1]?.why).toContain("named after");
    expect(paths(files)).not.toContain("sheep/sheep.go");
  });

  test("a suite's method is told from that of another suite, and followed through modules", async () => {
    await using repo = await folder(GO);
    const files = await ask(repo.dir, { name: "TestAPISuite/TestHarvest" });
    expect(files[0]?.path).toBe("tests/api/api_test.go");
    expect(paths(files).slice(1, 3).sort()).toEqual(["barn/barn.go", "tests/farmhelper/helper.go"]);
    expect(paths(files)).not.toContain("other/other_test.go");
  });

  test.each([
    ["example.org/farm/tests/api", "tests/api/api_test.go"],
    ["other", "other/other_test.go"],
  ])("tests of one name are told apart by the package %s", async (unit, path) => {
    await using repo = await folder(GO);
    const [first] = await ask(repo.dir, { name: "TestHarvest", package: unit });
    expect(first?.path).toBe(path);
  });

  test("a subtest is found by the test it belongs to", async () => {
    await using repo = await folder(GO);
    const [first] = await ask(repo.dir, { name: "TestFill/when_empty" });
    expect(first?.path).toBe("barn/barn_test.go");
  });

  test("a failpoint leads to the file that holds it", async () => {
    await using repo = await folder({
      ...GO,
      "sheep/wool.go": 'package sheep\n\nfunc Wool() {\n\tfailpoint.Inject("slowWool", func() {})\n}\n',
      "barn/wool_test.go":
        'package barn\n\nfunc TestSlow(t *testing.T) {\n\tfailpoint.Enable("example.org/farm/sheep/slowWool", "return")\n}\n',
    });
    const files = await ask(repo.dir, { name: "TestSlow" });
    expect(files.find(({ path }) => path === "sheep/wool.go")?.why).toContain("slowWool");
    expect(paths(files).indexOf("sheep/wool.go")).toBeLessThan(2);
  });
});

describe("other languages", () => {
  test("TypeScript: a title, relative imports without an ending", async () => {
    await using repo = await folder({
      "src/cart/total.ts":
        'import { round } from "../money";\nexport function total() {\n  return round(1);\n}\n',
      "src/money/index.ts": "export function round(n: number) {\n  return n;\n}\n",
      "src/unrelated.ts": "export function nothing() {\n  return 0;\n}\n",
      "test/cart.test.ts":
        'import { total } from "../src/cart/total.js";\n\ndescribe("cart", () => {\n  test("adds up", () => {\n    total();\n  });\n});\n',
    });
    const files = await ask(repo.dir, { name: "cart > adds up" });
    expect(paths(files).slice(0, 3)).toEqual([
      "test/cart.test.ts",
      "src/cart/total.ts",
      "src/money/index.ts",
    ]);
    expect(paths(files)).not.toContain("src/unrelated.ts");
  });

  test("Python: a node id with parameters, absolute and relative imports", async () => {
    await using repo = await folder({
      "farm/__init__.py": "",
      "farm/barn.py": "from .hay import stack\n\n\ndef fill():\n    return stack()\n",
      "farm/hay.py": "def stack():\n    return 1\n",
      "farm/sheep.py": "def shear():\n    return 2\n",
      "tests/test_barn.py":
        "from farm.barn import fill\n\n\nclass TestBarn:\n    def test_fill(self):\n        fill()\n",
    });
    const files = await ask(repo.dir, { name: "tests/test_barn.py::TestBarn::test_fill[wet-1]" });
    expect(paths(files).slice(0, 3)).toEqual(["tests/test_barn.py", "farm/barn.py", "farm/hay.py"]);
  });

  test.each([
    [
      "Java",
      "org.farm.BarnTest.fills",
      {
        "src/test/java/org/farm/BarnTest.java":
          "package org.farm;\nimport org.farm.hay.Stack;\nclass BarnTest {\n  @Test\n  void fills() {\n    new Stack().push();\n  }\n}\n",
        "src/main/java/org/farm/hay/Stack.java":
          "package org.farm.hay;\npublic class Stack {\n  public void push() {\n  }\n}\n",
      },
      ["src/test/java/org/farm/BarnTest.java", "src/main/java/org/farm/hay/Stack.java"],
    ],
    [
      "Rust",
      "fills_the_barn",
      {
        "tests/barn.rs": "use farm::hay::stack;\n\n#[test]\nfn fills_the_barn() {\n    stack();\n}\n",
        "src/lib.rs": "pub mod hay;\n",
        "src/hay.rs": "pub fn stack() {\n}\n",
      },
      ["tests/barn.rs", "src/hay.rs"],
    ],
    [
      "Ruby",
      "BarnTest#test_fill",
      {
        "test/barn_test.rb":
          "require_relative '../lib/barn'\nclass BarnTest\n  def test_fill\n    Barn.new.fill\n  end\nend\n",
        "lib/barn.rb": "class Barn\n  def fill\n  end\nend\n",
      },
      ["test/barn_test.rb", "lib/barn.rb"],
    ],
  ])("%s", async (_, name, code, expected) => {
    await using repo = await folder({ ...code, "lib/zebra.rb": "class Zebra\nend\n" });
    expect(paths(await ask(repo.dir, { name })).slice(0, 2)).toEqual(expected);
  });
});

describe("history", () => {
  test("what changed together with the test, and what an earlier fix of it changed, moved or not", async () => {
    await using repo = await folder(GO);
    commit(repo.dir, "Start");
    await put(repo.dir, {
      "sheep/sheep.go": "package sheep\n\nfunc Shear() { }\n",
      "barn/old/gate.go": "package old\n",
    });
    commit(repo.dir, "Make TestFill stable");
    await rm(join(repo.dir, "barn/old"), { recursive: true });
    await put(repo.dir, { "barn/new/gate.go": "package new\n" });
    commit(repo.dir, "Move");
    const files = await ask(repo.dir, { name: "TestFill" }, "", 20);
    const why = (path: string) => files.find((file) => file.path === path)?.why;
    expect(why("sheep/sheep.go")).toContain('for TestFill: "Make TestFill stable"');
    expect(why("barn/new/gate.go")).toContain("for TestFill");
    expect(paths(files).indexOf("sheep/sheep.go")).toBeLessThan(paths(files).indexOf("barn/door.go"));
  });

  test("settings of the repository run nothing", async () => {
    await using repo = await folder(GO);
    commit(repo.dir, "Start");
    const settings = `\n[log]\n\tshowSignature = true\n[gpg]\n\tprogram = touch ${repo.dir}/ran\n[core]\n\tfsmonitor = touch ${repo.dir}/ran\n\tpager = touch ${repo.dir}/ran\n`;
    const config = join(repo.dir, ".git/config");
    await Bun.write(config, (await Bun.file(config).text()) + settings);
    expect((await ask(repo.dir, { name: "TestFill" })).length).toBeGreaterThan(1);
    expect(await Bun.file(join(repo.dir, "ran")).exists()).toBe(false);
  });
});

describe("a log", () => {
  test("places of the stack count, wherever the code lay there", async () => {
    await using repo = await folder(GO);
    const text =
      "goroutine 7:\n\t/home/runner/work/farm/farm/sheep/sheep.go:3 +0x1d\n\t/go/pkg/mod/x@v1/hay/stack.go:9\n";
    const files = await ask(repo.dir, { name: "TestFill" }, text);
    const sheep = files.find(({ path }) => path === "sheep/sheep.go");
    expect(sheep).toMatchObject({ line: 3 });
    expect(sheep?.why).toContain("the log names it at line 3");
    expect(files.find(({ path }) => path === "hay/stack.go")?.why).not.toContain("the log");
  });
});

describe("beside calls", () => {
  test.each([
    [
      "go",
      "sheep/sheep_api.go",
      'package sheep\n\nfunc routes(r Router) {\n\tr.GET("/sheep/:id/wool", getWool)\n}\n\nfunc getWool(c Context) { weigh() }\n',
    ],
    ["py", "sheep/sheep_api.py", '@app.route("/sheep/<id>/wool")\ndef get_wool(id):\n    return weigh()\n'],
    [
      "js",
      "sheep/sheep-api.js",
      'app.get("/sheep/:id/wool", guard, getWool);\n\nfunction getWool(request) {\n  return weigh();\n}\n',
    ],
  ])("what answers the address that a test asks for is read (%s)", async (ending, path, text) => {
    const tests: Record<string, [string, string]> = {
      go: [
        "tests/wool_test.go",
        'package tests\n\nfunc TestWeight(t *testing.T) {\n\tget(fmt.Sprintf("%s/api/v1/sheep/%d/wool?all=1", url, 7))\n}\n',
      ],
      py: ["tests/test_wool.py", 'def test_weight(client):\n    client.get(f"/api/v1/sheep/{id}/wool")\n'],
      js: ["test/wool.test.js", 'test("weight", () => {\n  fetch(base + "/api/v1/sheep/7/wool");\n});\n'],
    };
    const [file, body] = tests[ending] ?? ["", ""];
    await using repo = await folder({ ...GO, [path]: text, [file]: body });
    const name = { go: "TestWeight", py: "test_weight", js: "weight" }[ending] ?? "";
    const answers = (await ask(repo.dir, { name })).find((each) => each.path === path);
    expect(answers?.why).toMatch(/asks for \/sheep\/[^ ]+, which get_?[wW]ool of it answers/);
  });

  test("a file whose name stands in what the test uses is read", async () => {
    await using repo = await folder({
      ...GO,
      "sheep/door_keeper.go": "package sheep\n\ntype closed struct{}\n",
      "barn/keeper.go": "package barn\n\nfunc (b *Barn) GetDoorKeeper() {}\n",
      "barn/keeper_test.go":
        "package barn\n\nfunc TestKeeps(t *testing.T) {\n\t(&Barn{}).GetDoorKeeper()\n}\n",
    });
    const keeper = (await ask(repo.dir, { name: "TestKeeps" })).find(
      ({ path }) => path === "sheep/door_keeper.go",
    );
    expect(keeper?.why).toContain("its name stands in GetDoorKeeper, which TestKeeps uses");
  });

  test("a shortened name is taken for the one test that is like it, and this is said", async () => {
    await using repo = await folder({
      ...GO,
      "hay/hay_test.go":
        "package hay\n\nfunc TestMownTimestamp(t *testing.T) {}\n\nfunc TestDry(t *testing.T) {}\n",
    });
    const [first] = await ask(repo.dir, { name: "TestMownTS" });
    expect(first?.path).toBe("hay/hay_test.go");
    expect(first?.why).toContain("TestMownTimestamp, the test most like TestMownTS, is defined here");
  });
});

test("the command prints a line of JSON for each file, and a sentence for a test that is not there", async () => {
  await using repo = await folder(GO);
  const run = (test: string) =>
    Bun.spawnSync([
      process.execPath,
      "src/main.ts",
      "context",
      "--repo-dir",
      repo.dir,
      "--test",
      test,
      "--top",
      "2",
    ]);
  const found = run("TestFill");
  expect(found.exitCode).toBe(0);
  const lines = found.stdout.toString().trim().split("\n");
  expect(lines.map((line) => JSON.parse(line).path)).toEqual(["barn/barn_test.go", "barn/barn.go"]);
  const missing = run("TestNowhere");
  expect(missing.exitCode).toBe(1);
  expect(missing.stderr.toString()).toMatch(/^no such test: looked for TestNowhere in \d+ files/);
});

describe("what may be wrong", () => {
  test("an unknown test is said, with the nearest there is", async () => {
    await using repo = await folder(GO);
    await expect(ask(repo.dir, { name: "TestFillSheepTwice" })).rejects.toThrow("Is it TestFill?");
    await expect(ask(repo.dir, { name: "TestShearSheepTwice" })).rejects.toThrow(
      /looked for TestShearSheepTwice in \d+ files of code and found no definition/,
    );
  });

  test("links are not followed, neither of files nor of folders", async () => {
    await using outside = await folder({ "secret_test.go": "package x\n\nfunc TestSecret() {}\n" });
    await using repo = await folder(GO);
    await symlink(join(outside.dir, "secret_test.go"), join(repo.dir, "barn/secret_test.go"));
    await symlink(outside.dir, join(repo.dir, "linked"));
    await symlink(repo.dir, join(repo.dir, "barn/around"));
    await expect(ask(repo.dir, { name: "TestSecret" })).rejects.toThrow("no such test");
    expect(
      paths(await ask(repo.dir, { name: "TestFill" }, "", 100)).some((path) => path.includes("around")),
    ).toBe(false);
  });

  test("a huge file is not read, and one that is no text", async () => {
    await using repo = await folder({
      ...GO,
      "big/big_test.go": `package big\n\nfunc TestBig() {}\n//${"x".repeat(600 * 1024)}\n`,
      "nul/nul_test.go": "package nul\n\nfunc TestNul() {}\n\0",
    });
    await expect(ask(repo.dir, { name: "TestBig" })).rejects.toThrow("no such test");
    await expect(ask(repo.dir, { name: "TestNul" })).rejects.toThrow("no such test");
  });

  test("lines made to be slow are not", async () => {
    const nasty = [
      "a.".repeat(100_000),
      "(".repeat(100_000),
      `import ${"x.".repeat(100_000)}`,
      " ".repeat(100_000),
    ];
    await using repo = await folder({
      ...GO,
      "n/n_test.go": `package n\n\nfunc TestN() {\n${nasty[0]}\n}\n`,
      ...Object.fromEntries(
        ["ts", "py", "java", "rs", "rb", "cc", "php"].map((end) => [`n/a.${end}`, nasty.join("\n")]),
      ),
    });
    const began = performance.now();
    await ask(repo.dir, { name: "TestN" }, nasty.join("\n"));
    // with an expression that goes back over the line this takes minutes
    expect(performance.now() - began).toBeLessThan(20_000);
  });

  test("the same question has the same answer", async () => {
    await using repo = await folder(GO);
    await mkdir(join(repo.dir, "empty"));
    commit(repo.dir, "Start");
    const once = await ask(repo.dir, { name: "TestAPISuite/TestHarvest" });
    expect(await ask(repo.dir, { name: "TestAPISuite/TestHarvest" })).toEqual(once);
  });
});
