import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FRUGAL } from "../harness/frugal.ts";

/** What of the caller's environment tests see; everything else would make their result depend on the machine. */
const SEEN = /^(PATH|LANG|LC_ALL|TZ|TMPDIR|CI|NODE_EXTRA_CA_CERTS|TEST_[A-Z_]+)$/;

/** The variables of this process that `wanted` names. */
export const passedOn = (wanted: (name: string) => boolean): Record<string, string> =>
  Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) =>
      value === undefined || !wanted(name) ? [] : [[name, value]],
    ),
  );

let home: string | null = null;
let postgres: Record<string, string> = {};

/** Starts one scratch server for all test processes, where one is installed; else those tests say what to install. */
export async function offerPostgres(root: string): Promise<void> {
  if (process.env.TEST_DATABASE_URL !== undefined) return;
  // it needs libraries, which are there only after the install
  const harness: typeof import("../harness/postgres.ts") = await import(
    join(root, "test/harness/postgres.ts")
  );
  const server = await harness.postgresServer().catch(() => null);
  if (server !== null && "url" in server) postgres = { TEST_DATABASE_URL: server.url };
}

/** Makes the image that test databases begin from, where there is none yet: else the first steps would each make it. */
export async function offerImage(root: string): Promise<void> {
  const harness: typeof import("../harness/database.ts") = await import(
    join(root, "test/harness/database.ts")
  );
  await harness.freshDatabase("pglite");
}

/** The environment of tests and checks: a home of their own, so that nobody's git or npm settings have a say. */
export function testEnvironment(): Record<string, string> {
  if (home === null) {
    const made = mkdtempSync(join(tmpdir(), "verify-home-"));
    process.once("exit", () => rmSync(made, { recursive: true, force: true }));
    home = made;
  }
  return {
    ...passedOn((name) => SEEN.test(name)),
    ...postgres,
    ...FRUGAL,
    HOME: home,
    NO_COLOR: "1",
  };
}

/** One line for each part without which some tests are skipped: what it is and how to get it. */
export function missingParts(): string[] {
  const parts = [
    {
      there: (process.env.TEST_DATABASE_URL ?? postgres.TEST_DATABASE_URL) !== undefined,
      text: "Postgres tests: no server. apt-get install postgresql, or set TEST_DATABASE_URL",
    },
    {
      there: ["chromium", "chromium-browser", "google-chrome"].some(has),
      text: "Browser tests: no browser. apt-get install chromium",
    },
    { there: has("bwrap"), text: "Sandbox tests: no bubblewrap. apt-get install bubblewrap" },
  ];
  return parts.filter((part) => !part.there).map((part) => `skipped: ${part.text}`);
}

const has = (program: string): boolean => Bun.which(program) !== null;
