import { expect, test } from "bun:test";
import { parse } from "yaml";
import { ConfigFile } from "../../../src/config/file.ts";
import { fillLine, valuesOf } from "../../../src/features/fixes/run/shell-line.ts";

const text = await Bun.file(new URL("../../../examples/tikv-pd.yaml", import.meta.url)).text();
const [repo] = ConfigFile.parse(parse(text)).repos;

/** What the line would have `make` do, with a make that prints its arguments. */
function makes(line: string, pkg: string): string {
  const values = valuesOf({ name: "TestX/a_b", package: pkg, framework: "go-test" }, 3);
  const { script, env } = fillLine(line, values);
  const ran = Bun.spawnSync(["sh", "-c", `make() { printf '%s\\n' "$@"; }\n${script}`], { env });
  return ran.stdout.toString();
}

test("the example for tikv/pd is a valid settings file", () => {
  expect([repo?.source, repo?.pull.signoff, repo?.pull.merge]).toEqual(["tikv/pd", true, "never"] as never);
});

test("each part of PD runs its tests by its own make, under the harness of its CI", () => {
  const line = repo?.toolchain?.test ?? "";
  expect(makes(line, "github.com/tikv/pd/pkg/core").split("\n").slice(0, 3)).toEqual(["-C", ".", "gotest"]);
  expect(makes(line, "github.com/tikv/pd/client/retry")).toContain("\nclient\n");
  expect(makes(line, "github.com/tikv/pd/tests/integrations/mcs")).toContain("\ntests/integrations\n");
  const all = makes(line, "github.com/tikv/pd/pkg/core");
  for (const part of [
    "-race",
    "-tags deadlock",
    "-cpu 1",
    "-shuffle on",
    "-timeout 10m",
    "$$TASK_TEST_REGEX",
  ])
    expect(all).toContain(part);
});
