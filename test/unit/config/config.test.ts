import { describe, expect, test } from "bun:test";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Env, webUrlOf } from "../../../src/config/env.ts";
import {
  type Config,
  forgeOf,
  loadConfig,
  onLoopback,
  publicUrl,
  repoConfig,
} from "../../../src/config/index.ts";
import { ConfigError } from "../../../src/kernel/errors.ts";

const folder = mkdtempSync(join(tmpdir(), "config-"));

/** Path of a `flaky.yaml` with this text. */
function yaml(text: string, name = "flaky.yaml"): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const SMALL = "repos: [{ source: acme/shop, channel: '#ci' }]";
const SECRETS = {
  GITHUB_TOKEN: "s3cret-github",
  SLACK_BOT_TOKEN: "s3cret-bot",
  SLACK_SIGNING_SECRET: "s3cret-signing",
  OPENAI_API_KEY: "s3cret-model",
};

const load = (env: Record<string, string | undefined> = {}, text = SMALL): Config =>
  loadConfig({ ...SECRETS, CONFIG: yaml(text), ...env }, "service");

function faultsOf(env: Record<string, string | undefined>, text = SMALL): string[] {
  try {
    load(env, text);
  } catch (error) {
    if (error instanceof ConfigError) return error.faults.map((fault) => fault.replaceAll(folder, "DIR"));
    throw error;
  }
  return [];
}

describe("faults", () => {
  test("all are named at once, with what each is for and where to get it", () => {
    const faults = faultsOf(
      {
        GITHUB_TOKEN: undefined,
        SLACK_BOT_TOKEN: "",
        SLACK_SIGNING_SECRET: undefined,
        OPENAI_API_KEY: undefined,
        PORT: "70000",
        DATABASE_URL: "mysql://app:hunter2@db/app",
        GITHUB_API_URL: "not an address",
        READ_ONLY: "maybe",
        LOG_LEVEL: "loud",
      },
      "repos: [{ source: acme, channel: '', relay: sometimes }]\nschedule: { scan: every day }\nbars: {}",
    );
    expect(faults).toMatchSnapshot();
  });

  test("no secret is ever printed", () => {
    const wrong = Object.fromEntries(Object.keys(Env.shape).map((name) => [name, "s3cret value\u0000"]));
    const text = faultsOf({ ...wrong, DATABASE_URL: "mysql://app:s3cret@db", CONFIG: yaml(SMALL) }).join(
      "\n",
    );
    expect(text).toContain("DATABASE_URL");
    expect(text).not.toContain("s3cret");
  });

  test.each([
    ["no file", { CONFIG: "/nowhere/flaky.yaml" }, "CONFIG: there is no file /nowhere/flaky.yaml"],
    ["no YAML", { CONFIG: yaml("repos: [", "broken.yaml") }, "broken.yaml: not YAML"],
    ["no repository", { CONFIG: yaml("repos: []", "empty.yaml") }, "at least one repository"],
    ["an empty file", { CONFIG: yaml("", "nothing.yaml") }, "(whole)"],
  ])("%s is a sentence", (_, env, sentence) => {
    expect(faultsOf(env).join("\n")).toContain(sentence);
  });

  test("commands that only look need no token", () => {
    expect(loadConfig({ CONFIG: yaml(SMALL) }, "database").github).toBeNull();
  });
});

describe("defaults", () => {
  test("of a file with one repository", () => {
    expect(load().file).toMatchSnapshot();
  });

  test("of the environment", () => {
    const { env } = load();
    const shown = Object.entries(env).filter(([name]) => !Object.hasOwn(SECRETS, name) && name !== "CONFIG");
    expect(Object.fromEntries(shown)).toMatchSnapshot();
  });

  test("an empty variable is an unset one", () => {
    expect(load({ PORT: "", DATABASE_URL: "", READ_ONLY: "" }).env).toMatchObject({
      PORT: 3000,
      READ_ONLY: false,
    });
  });

  test("`write` is the source, `push` is `write`", () => {
    const [plain, other] = load(
      {},
      "repos: [{ source: a/b, channel: c, write: a/issues }, { source: a/c, channel: c, push: bot/c }]",
    ).file.repos;
    expect([plain?.write, plain?.push, other?.write, other?.push].map(String)).toEqual([
      "a/issues",
      "a/issues",
      "a/c",
      "bot/c",
    ]);
  });
});

describe("schedules", () => {
  const faults = (pattern: string) => faultsOf({}, `${SMALL}\nschedule: { scan: "${pattern}" }`);
  test.each(["0 3 */3 * *", "*/5 * * * *", "*/10 * * * * *", "@daily", "0 9 * * MON-FRI"])(
    "%s",
    (pattern) => {
      expect(faults(pattern)).toEqual([]);
    },
  );
  test.each(["", "every day", "61 * * * *", "* * * *", "0 25 * * *"])("%j is a fault", (pattern) => {
    expect(faults(pattern)).toEqual(["DIR/flaky.yaml: schedule.scan: not a cron pattern"]);
  });
});

describe("GitHub's tokens", () => {
  test("one serves for all, each kind may have its own", () => {
    expect(load({ GITHUB_TOKEN: "t" }).github).toEqual({ read: "t", issue: "t", code: "t" });
    expect(load({ GITHUB_TOKEN: "t", GITHUB_CODE_TOKEN: "c" }).github).toEqual({
      read: "t",
      issue: "t",
      code: "c",
    });
    const kinds = { GITHUB_READ_TOKEN: "r", GITHUB_ISSUE_TOKEN: "i", GITHUB_CODE_TOKEN: "c" };
    expect(load({ GITHUB_TOKEN: undefined, ...kinds }).github).toEqual({ read: "r", issue: "i", code: "c" });
    expect(faultsOf({ ...kinds, GITHUB_TOKEN: undefined, GITHUB_CODE_TOKEN: undefined })).toHaveLength(1);
  });

  test("an App needs none; its key may stand on one line", () => {
    const app = { GITHUB_TOKEN: undefined, GITHUB_APP_ID: "7", GITHUB_APP_PRIVATE_KEY: "-----A\\nB\\n" };
    const config = load(app);
    expect(config.github).toBeNull();
    expect(config.env.GITHUB_APP_PRIVATE_KEY).toBe("-----A\nB\n");
    expect(faultsOf({ ...app, GITHUB_APP_PRIVATE_KEY: undefined })).toHaveLength(1);
  });

  test("Socket Mode needs no signing secret", () => {
    expect(faultsOf({ SLACK_SIGNING_SECRET: undefined, SLACK_APP_TOKEN: "xapp" })).toEqual([]);
  });
});

describe("addresses", () => {
  test.each([
    ["https://api.github.com", "https://github.com"],
    ["https://ghe.example.com/api/v3", "https://ghe.example.com"],
    ["https://example.com/code/api/v3/", "https://example.com/code"],
    ["http://127.0.0.1:4000", "http://127.0.0.1:4000"],
  ])("%s belongs to %s", (api, web) => {
    expect(webUrlOf(api)).toBe(web);
    expect(load({ GITHUB_API_URL: api }).env.GITHUB_WEB_URL).toBe(web);
  });

  test.each([
    [{}, true, "http://127.0.0.1:3000"],
    [{ PORT: "8080", HOST: "localhost" }, true, "http://localhost:8080"],
    [{ HOST: "::1" }, true, "http://[::1]:3000"],
    [{ HOST: "0.0.0.0" }, false, "http://0.0.0.0:3000"],
    [{ PUBLIC_URL: "https://flaky.example.com/" }, false, "https://flaky.example.com"],
    [{ PUBLIC_URL: "http://localhost:9999" }, true, "http://localhost:9999"],
    [{ PUBLIC_URL: "http://[::1]:9999" }, true, "http://[::1]:9999"],
    [{ HOST: "127.evil.example" }, false, "http://127.evil.example:3000"],
  ])("%j", (env, loopback, url) => {
    const config = load(env);
    expect(onLoopback(config.env)).toBe(loopback);
    expect(publicUrl(config.env)).toBe(url);
  });

  test("a repository is known by its source and by where it writes", () => {
    const config = load({}, "repos: [{ source: a/b, channel: c, write: a/issues }]");
    expect(["a/b", "a/issues", "a/c"].map((name) => repoConfig(config, name)?.channel)).toEqual([
      "c",
      "c",
      undefined,
    ]);
  });
});

describe("which forge", () => {
  const GITEA = { GITEA_URL: "https://gitea.example/", GITEA_TOKEN: "s3cret-gitea" };
  const on = (env: Record<string, string | undefined>, forge?: string) => {
    const config = load(
      env,
      `repos: [{ source: acme/shop, channel: '#ci'${forge ? `, forge: ${forge}` : ""} }]`,
    );
    return config.file.repos.map((repo) => forgeOf(config, repo)).join();
  };

  test("GitHub, but Gitea where only its credential is set or it is named", () => {
    expect(on({})).toBe("github");
    expect(on(GITEA)).toBe("github");
    expect(on({ ...GITEA, GITHUB_TOKEN: undefined })).toBe("gitea");
    expect(on(GITEA, "gitea")).toBe("gitea");
    expect(load(GITEA).env.GITEA_URL).toBe("https://gitea.example");
  });

  test("what is missing is asked for by where the repositories are", () => {
    const text = "repos: [{ source: acme/shop, channel: '#ci', forge: gitea }]";
    const faults = faultsOf({ GITHUB_TOKEN: undefined }, text);
    expect(faults.map((line) => line.split(" ")[0])).toEqual(["GITEA_URL", "GITEA_TOKEN"]);
    expect(faultsOf(GITEA, text)).toEqual([]);
    expect(faultsOf({ GITHUB_TOKEN: undefined })).toHaveLength(1);
  });

  test("half of an OAuth2 application is none", () => {
    const [first] = faultsOf({ ...GITEA, GITEA_CLIENT_ID: "app" });
    expect(first).toContain("both or none");
    expect(faultsOf({ ...GITEA, GITEA_CLIENT_ID: "app", GITEA_CLIENT_SECRET: "s" })).toEqual([]);
  });

  test("Prow needs GitHub's statuses", () => {
    const prow = "prow: { url: 'https://prow.example' }";
    const [first] = faultsOf(GITEA, `repos: [{ source: acme/shop, channel: '#ci', forge: gitea, ${prow} }]`);
    expect(first).toContain("leave `prow` out");
  });
});
