/** Output of a failed Go test. */
export const goFailure = (name: string): string =>
  [
    `=== RUN   ${name}`,
    "    shop_test.go:12: the basket holds 1 apple, not 2",
    `--- FAIL: ${name} (0.01s)`,
    "FAIL",
    "FAIL\tacme/shop\t0.012s",
    "FAIL",
    "",
  ].join("\n");

/** Output of a Go test binary that hung while these tests ran. */
export const goTimeout = (names: readonly string[]): string =>
  [
    ...names.map((name) => `=== RUN   ${name}`),
    "panic: test timed out after 10m0s",
    "\trunning tests:",
    ...names.map((name) => `\t\t${name} (9m1s)`),
    "",
    "goroutine 1 [running]:",
    "testing.(*M).startAlarm.func1()",
    "\t/usr/lib/go/src/testing/testing.go:2366 +0x385",
    "FAIL\tacme/shop\t600.01s",
    "FAIL",
    "",
  ].join("\n");

const JOBS = ["a", "b", "c", "d", "e"];

/**
 * The workflow whose jobs print this; a job that prints something fails, the others pass. No job checks anything out,
 * and the texts stand coded in it, since a log shows the script as well.
 * @param heals whatever fails passes when it is run again.
 */
export const prints = (
  by: Record<string, string>,
  { heals = false }: { heals?: boolean } = {},
): Record<string, string> => {
  const jobOf = (name: string) => {
    const text = by[name] ?? "";
    const ends = heals ? '[ "$GITHUB_RUN_ATTEMPT" = 1 ] || exit 0; ' : "";
    const fails = `${ends}echo ${Buffer.from(text).toString("base64")} | base64 -d; exit 1`;
    return `  ${name}:
    name: shard ${name} (go1.23)
    runs-on: ubuntu-latest
    steps:
      - run: |
          echo "go version go1.23.4 linux/amd64"
          ${text === "" ? "exit 0" : fails}
`;
  };
  const on = "on: { push: { branches: [main] }, pull_request: {} }";
  return { ".github/workflows/test.yml": `name: Test\n${on}\njobs:\n${JOBS.map(jobOf).join("")}` };
};

/** A repository whose CI prints what is committed. */
export const printingTarget = (by: Record<string, string> = {}): Record<string, string> => ({
  "README.md": "# Shop\n",
  ...prints(by),
});
