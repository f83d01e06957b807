import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { contextOf, type NamedTest, type RankedFile } from "../../../src/features/fixes/context/index.ts";
import { history } from "../../../src/outbound/git/index.ts";

/** A folder of files that is taken away again. */
export async function folder(files: Record<string, string>): Promise<AsyncDisposable & { dir: string }> {
  const dir = await mkdtemp(join(tmpdir(), "context-"));
  await put(dir, files);
  return { dir, [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) };
}

export async function put(dir: string, files: Record<string, string>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), text);
  }
}

/** Commits all that is there, away from the machine's settings. */
export function commit(dir: string, subject: string): void {
  const who = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org", "-c", "commit.gpgsign=false"];
  for (const argv of [
    ["init", "-q"],
    ["add", "-A"],
    [...who, "commit", "-qm", subject],
  ]) {
    const env = { PATH: process.env.PATH ?? "", HOME: dir, GIT_CONFIG_NOSYSTEM: "1" };
    const done = Bun.spawnSync(["git", ...argv], { cwd: dir, env });
    if (done.exitCode !== 0) throw new Error(done.stderr.toString());
  }
}

export const ask = (dir: string, test: NamedTest, text = "", top = 10): Promise<readonly RankedFile[]> =>
  contextOf(dir, { tests: [test], text, top }, history);

export const paths = (files: readonly RankedFile[]): string[] => files.map(({ path }) => path);

/** A Go module with a nested one, a suite, a helper package and a failpoint. */
export const GO: Record<string, string> = {
  "go.mod": "module example.org/farm\n",
  "barn/barn.go": `package barn

import "example.org/farm/hay"

type Barn struct{ stack *hay.Stack }

func (b *Barn) Fill() { b.stack.Push() }
`,
  "barn/barn_test.go": `package barn

import "testing"

func TestFill(t *testing.T) {
	b := &Barn{}
	b.Fill()
}
`,
  "barn/door.go": "package barn\n\nfunc Door() {}\n",
  "hay/stack.go": `package hay

type Stack struct{}

func (s *Stack) Push() {}
`,
  "hay/unused.go": "package hay\n\nfunc Unused() {}\n",
  "sheep/sheep.go": "package sheep\n\nfunc Shear() {}\n",
  "tests/go.mod": "module example.org/farm/tests\n\nreplace example.org/farm => ../\n",
  "tests/farmhelper/helper.go": `package farmhelper

import "example.org/farm/barn"

func NewFarm() *barn.Barn { return &barn.Barn{} }
`,
  "tests/api/api_test.go": `package api

import (
	"testing"

	help "example.org/farm/tests/farmhelper"
)

type apiSuite struct{ suite.Suite }

func TestAPISuite(t *testing.T) {
	suite.Run(t, new(apiSuite))
}

func (suite *apiSuite) SetupTest() {}

func (suite *apiSuite) TestHarvest() {
	suite.checkHarvest()
}

func (suite *apiSuite) checkHarvest() {
	farm := help.NewFarm()
	farm.Fill()
}
`,
  "other/other_test.go": "package other\n\nfunc (suite *otherSuite) TestHarvest() {\n\tShear()\n}\n",
};
