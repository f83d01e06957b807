import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { runExtract } from "../../../src/commands/cli/extract.ts";
import { Failure, InfraSign } from "../../../src/features/failures/model.ts";

const Line = z.object({ file: z.string(), failures: z.array(Failure), infra: z.array(InfraSign) });

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "extract-"));
  await Bun.write(
    join(folder, "a.log"),
    "--- FAIL: TestA (0.1s)\n    a_test.go:3: bad \u001b[2J\u202Eevil\n",
  );
  await Bun.write(join(folder, "b.log"), "all is well\n");
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs the command as a shell would. */
async function run(argv: string[], isTTY = false) {
  const out: string[] = [];
  const err: string[] = [];
  const code = await runExtract(argv, {
    stdout: { write: (text) => out.push(text) },
    stderr: { write: (text) => err.push(text) },
    stdin: (async function* () {})(),
    isTTY,
  });
  return { code, out: out.join(""), err: err.join("") };
}

test("one line per input in the order given; what cannot be read is named and the rest done", async () => {
  const [a, b] = [join(folder, "a.log"), join(folder, "b.log")];
  const { code, out, err } = await run([b, join(folder, "none.log"), a]);
  const lines = out
    .trimEnd()
    .split("\n")
    .map((line) => Line.parse(JSON.parse(line)));
  expect(lines.map((line) => [line.file, line.failures.length])).toEqual([
    [b, 0],
    [join(folder, "none.log"), 0],
    [a, 1],
  ]);
  expect(code).toBe(2);
  expect(err).toContain("none.log");
  expect((await run([a, b])).code).toBe(0);
});

test("an option that is none is named with the one it looks like", async () => {
  const { code, err } = await run(["--fromat", "text", join(folder, "a.log")]);
  expect([code, err.split("\n")[0]]).toEqual([2, "There is no option --fromat. Did you mean --format?"]);
  expect((await run(["--frmat=text", "x"])).err).toContain("Did you mean --format?");
  expect((await run(["-x"])).err).toStartWith("There is no option -x.\nusage: extract");
});

test("the repository is part of the fingerprint", async () => {
  const print = async (repo: string) =>
    Line.parse(JSON.parse((await run(["--repo", repo, join(folder, "a.log")])).out)).failures[0]?.fingerprint;
  expect(await print("acme/store")).not.toBe(await print("acme/shop"));
});

test("text for a terminal, which the log cannot steer", async () => {
  const { out } = await run([join(folder, "a.log")], true);
  expect(out).toContain("1: TestA  [assert]");
  expect(/[\u001b\u202E]/.test(out)).toBe(false);
});

test("wrong usage is explained", async () => {
  for (const argv of [[], ["--format", "xml", "x"], ["--nonsense"], ["--repo", "nope", "x"]]) {
    const { code, out, err } = await run(argv);
    expect([code, out]).toEqual([2, ""]);
    expect(err).toContain("usage: extract");
  }
});
