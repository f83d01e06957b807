import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { targetFiles } from "../../../../src/playground/target/index.ts";

export interface Clone {
  dir: string;
  read(path: string): Promise<string>;
  write(path: string, text: string): Promise<unknown>;
  /** Paths whose text is no longer what it was at first. */
  changed(): Promise<string[]>;
  /** Runs bun there; `output` is stdout and stderr. */
  bun(...args: string[]): Promise<{ exit: number; output: string }>;
  /** How many of `runs` runs of a test file failed, a few at a time. */
  failures(file: string, runs: number): Promise<number>;
  [Symbol.asyncDispose](): Promise<void>;
}

const AT_ONCE = 4;

/** The target's files in a folder of their own. */
export async function cloneTarget(changes: Record<string, string> = {}): Promise<Clone> {
  const dir = await mkdtemp(join(tmpdir(), "orchard-"));
  const write = (path: string, text: string) => Bun.write(join(dir, path), text);
  const files = Object.entries({ ...(await targetFiles()), ...changes });
  for (const [path, text] of files) await write(path, text);
  const bun = async (...args: string[]) => {
    const env = { PATH: dirname(process.execPath), HOME: dir };
    const child = Bun.spawn([process.execPath, ...args], { cwd: dir, env, stdout: "pipe", stderr: "pipe" });
    const [out, err, exit] = await Promise.all([
      new Response(child.stdout).text(),
      new Response(child.stderr).text(),
      child.exited,
    ]);
    return { exit, output: `${out}${err}` };
  };
  return {
    dir,
    read: (path) => Bun.file(join(dir, path)).text(),
    write,
    async changed() {
      const now = files.map(([path]) => Bun.file(join(dir, path)).text());
      const texts = await Promise.all(now);
      return files.filter(([, text], index) => text !== texts[index]).map(([path]) => path);
    },
    bun,
    async failures(file, runs) {
      let failed = 0;
      for (let done = 0; done < runs; done += AT_ONCE) {
        const some = Array.from({ length: Math.min(AT_ONCE, runs - done) }, () => bun("test", file));
        failed += (await Promise.all(some)).filter(({ exit }) => exit !== 0).length;
      }
      return failed;
    },
    [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }),
  };
}
