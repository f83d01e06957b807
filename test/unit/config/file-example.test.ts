import { expect, test } from "bun:test";
import { parse } from "yaml";
import { z } from "zod";
import { ConfigFile } from "../../../src/config/file.ts";

const source = await Bun.file(new URL("../../../flaky.example.yaml", import.meta.url)).text();
const Example = z.looseObject({
  repos: z.tuple([z.looseObject({ source: z.string(), channel: z.string() })]),
});
const shown = Example.parse(parse(source));

test("flaky.example.yaml is a valid settings file", () => {
  expect<unknown>(ConfigFile.parse(shown).repos[0]?.write).toBe("your-org/your-repo");
});

test("what it shows is the default, but for what a repository has of its own", () => {
  const [{ source, channel, workflows, toolchain, ...defaults }] = shown.repos;
  const bare = ConfigFile.parse({ repos: [{ source, channel }] });
  const full = ConfigFile.parse({ ...shown, people: {}, repos: [{ source, channel, ...defaults }] });
  expect<unknown>(full).toEqual(bare);
});
