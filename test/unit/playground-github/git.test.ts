import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { FULL, REPO, type Stage, startStage } from "./world.ts";

let stage: Stage;
const remote = (login: string) =>
  `${stage.github.origin.replace("//", `//x-access-token:token-${login}@`)}/${FULL}.git`;

beforeAll(async () => {
  stage = await startStage();
  await stage.github.createRepository(FULL, { "README.md": "# Shop\n", "src/a.txt": "one\n" });
});
afterAll(() => stage.stop());

test("anybody clones a public repository over HTTP", async () => {
  const folder = join(stage.dir, "read");
  await stage.git(["clone", "--quiet", `${stage.github.origin}/${FULL}.git`, folder]);
  expect(await Bun.file(join(folder, "src/a.txt")).text()).toBe("one\n");
});

test("a push with write right arrives and shows in the interface", async () => {
  const folder = join(stage.dir, "push");
  await stage.git(["clone", "--quiet", remote("bob"), folder]);
  await Bun.write(join(folder, "b.txt"), "two\n");
  await Bun.write(join(folder, "big.bin"), crypto.getRandomValues(new Uint8Array(65_536)));
  await Bun.write(join(folder, "big.txt"), Array.from({ length: 400_000 }, (_, n) => n).join("\n"));
  await stage.git(["checkout", "--quiet", "-b", "topic/x"], folder);
  await stage.git(["add", "."], folder);
  await stage.git(["commit", "--quiet", "-m", "Add b"], folder);
  await stage.git(["push", "--quiet", "origin", "topic/x"], folder);
  const sha = await stage.git(["rev-parse", "HEAD"], folder);
  const branch = await stage.as("rita").rest.repos.getBranch({ ...REPO, branch: "topic/x" });
  expect(branch.data.commit.sha).toBe(sha);
  expect(branch.data.commit.author?.login).toBe("bob");
  const push = stage.github.deliveries.find(({ event }) => event === "push");
  expect(JSON.parse(push?.payload ?? "{}")).toMatchObject({
    ref: "refs/heads/topic/x",
    after: sha,
    created: true,
  });
});

test("a push without write right, or with a wrong token, is refused", async () => {
  const folder = join(stage.dir, "refused");
  await stage.git(["clone", "--quiet", remote("rita"), folder]);
  await stage.git(["commit", "--quiet", "--allow-empty", "-m", "Mine"], folder);
  await expect(stage.git(["push", "origin", "HEAD:refs/heads/mine"], folder)).rejects.toThrow("403");
  await expect(stage.git(["push", remote("nobody"), "HEAD:refs/heads/mine"], folder)).rejects.toThrow();
});

test("commits, comparison and contents come from git", async () => {
  const base = await stage.github.commit(FULL, {
    branch: "side",
    files: { "src/c.txt": "c\n" },
    message: "Add c",
  });
  const rest = stage.as("rita").rest;
  const ahead = await rest.repos.compareCommitsWithBasehead({ ...REPO, basehead: `main...${base}` });
  expect(ahead.data).toMatchObject({ status: "ahead", ahead_by: 1, behind_by: 0 });
  expect(ahead.data.files?.map(({ filename, status }) => [filename, status])).toEqual([
    ["src/c.txt", "added"],
  ]);
  await stage.github.commit(FULL, {
    branch: "main",
    files: { "README.md": "# Shop 2\n" },
    message: "Rename",
  });
  const apart = await rest.repos.compareCommitsWithBasehead({ ...REPO, basehead: "main...side" });
  expect(apart.data).toMatchObject({ status: "diverged", ahead_by: 1, behind_by: 1 });
  const file = await rest.repos.getContent({ ...REPO, path: "src/c.txt", ref: "side" });
  expect(file.data).toMatchObject({ type: "file", encoding: "base64", content: "Ywo=" });
  const folder = await rest.repos.getContent({ ...REPO, path: "src", ref: "side" });
  expect(Array.isArray(folder.data) && folder.data.map(({ name }) => name)).toEqual(["a.txt", "c.txt"]);
  const commit = await rest.repos.getCommit({ ...REPO, ref: "main" });
  expect(commit.data.stats).toEqual({ additions: 1, deletions: 1, total: 2 });
  const byPath = await rest.repos.listCommits({ ...REPO, sha: "main", path: "README.md" });
  expect(byPath.data.map(({ commit: { message } }) => message)).toEqual(["Rename", "Initial commit"]);
});
