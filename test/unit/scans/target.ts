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

/** Jobs of the workflow; each ends as the file of its name says. */
const JOBS = ["a", "b", "c", "d", "e"];

const WORKFLOW = `name: Test
on: { push: { branches: [main] }, pull_request: {} }
jobs:
${JOBS.map(
  (name) => `  ${name}:
    name: shard ${name} (go1.23)
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: echo "go version go1.23.4 linux/amd64"; sh .ci/run.sh ${name}
`,
).join("")}`;

/** Where there is a file `heals`, whatever fails passes when it is run again. */
const RUN =
  'if [ -e .ci/heals ] && [ "$GITHUB_RUN_ATTEMPT" != 1 ]; then exit 0; fi\ncat .ci/$1\ntest ! -s .ci/$1\n';

/** Files that decide what each job prints; a job that prints something fails, the others pass. */
export const prints = (by: Record<string, string>): Record<string, string> =>
  Object.fromEntries(JOBS.map((name) => [`.ci/${name}`, by[name] ?? ""]));

/** A repository whose CI prints what is committed. */
export const printingTarget = (by: Record<string, string> = {}): Record<string, string> => ({
  "README.md": "# Shop\n",
  ".github/workflows/test.yml": WORKFLOW,
  ".ci/run.sh": RUN,
  ...prints(by),
});
