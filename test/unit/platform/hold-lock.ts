import { lockDataDir } from "../../../src/platform/lock.ts";

/** Takes the lock of the folder that is named and holds it until standard input ends, or it is killed. */
const [folder = ""] = process.argv.slice(2);
try {
  const release = lockDataDir(folder);
  process.stdout.write("locked\n");
  for await (const _ of Bun.stdin.stream());
  release();
} catch (error) {
  process.stdout.write(`${error instanceof Error ? `${error.name}: ${error.message}` : error}\n`);
  process.exit(1);
}
