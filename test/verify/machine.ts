import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

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

/**
 * Lets tests have databases on a server: those of the platform always, as `TEST_POSTGRES_URL`, all others where
 * `TEST_DATABASE=postgres` asks for it.
 */
export function offerPostgres(url: string): void {
  const all = process.env.TEST_DATABASE === "postgres";
  postgres = { TEST_POSTGRES_URL: url, ...(all ? { TEST_DATABASE_URL: url } : {}) };
}

/** The environment of tests and checks: a home of their own, so that nobody's git or npm settings have a say. */
export function testEnvironment(): Record<string, string> {
  if (home === null) {
    const made = mkdtempSync(join(tmpdir(), "verify-home-"));
    process.once("exit", () => rmSync(made, { recursive: true, force: true }));
    home = made;
  }
  return { ...passedOn((name) => SEEN.test(name)), ...postgres, HOME: home, NO_COLOR: "1" };
}

/** One line for each part without which some tests are skipped: what it is and how to get it. */
export function missingParts(): string[] {
  const parts = [
    {
      there: process.env.TEST_DATABASE_URL !== undefined || serverPrograms() !== null,
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

/** The folder of Postgres' server programs; null where none is installed. Debian keeps them off the PATH. */
export function serverPrograms(): string | null {
  const initdb = Bun.which("initdb");
  if (initdb !== null && Bun.which("postgres") !== null) return dirname(realpathSync(initdb));
  const folder = "/usr/lib/postgresql";
  if (!existsSync(folder)) return null;
  const versions = readdirSync(folder).sort((a, b) => Number(b) - Number(a));
  const found = versions.find((version) => existsSync(join(folder, version, "bin/initdb")));
  return found === undefined ? null : join(folder, found, "bin");
}
