import { expect, test } from "bun:test";
import { textFaults } from "../../../src/features/fixes/run/text.ts";
import { twinsAmong } from "../../../src/features/fixes/twins.ts";
import { IssueNumber, Login } from "../../../src/kernel/ids.ts";
import type { ForgeIssue } from "../../../src/ports/forge.ts";

const pull = (number: number, title: string, over: Partial<ForgeIssue> = {}): ForgeIssue => ({
  number: IssueNumber.parse(number),
  title,
  body: "",
  url: `https://github.test/acme/shop/pull/${number}`,
  state: "open",
  stateReason: null,
  labels: [],
  author: Login.parse("bob"),
  isPull: true,
  updatedAt: new Date(0),
  ...over,
});
const finding = { test: "TestLeaderResign/quick", pullNumber: null };

test("a pull request of somebody else for the same test is a twin, an issue or another test's is none", () => {
  const listed = [
    pull(1, "server: bump etcd"),
    pull(2, "test: stabilize TestLeaderResign"),
    pull(3, "[flaky] TestLeaderResign", { isPull: false }),
    pull(4, "test: fix TestLeaderResignAgain"),
    pull(5, "fix a flaky test", { body: "TestLeaderResign reads too early", state: "closed" }),
    pull(6, "docs", { body: "mentions TestLeaderResign" }),
  ];
  const twins = twinsAmong(listed, finding);
  expect([twins.open?.number, twins.closed.map((one) => one.number)]).toEqual([2, [5]] as never);
  const own = { ...finding, pullNumber: IssueNumber.parse(2) } as never;
  expect(twinsAmong(listed, own).open).toBeNull();
});

const change = (path: string) =>
  `diff --git a/${path} b/${path}\nindex 1..2 100644\n--- a/${path}\n+++ b/${path}\n@@ -1 +1 @@\n-a\n+waits(1)\n`;

test("a description has to say what the change does", () => {
  const patch = change("test/pack.test.ts");
  expect(textFaults("Waits in `test/pack.test.ts`, as pack.test.ts did before.", patch)).toEqual([]);
  expect(textFaults("Waits, and changes `src/pack.ts`.", patch)).toEqual([
    "the text says that src/pack.ts is changed, which the change does not touch",
  ]);
  expect(textFaults("Only tests change.", change("src/pack.ts"))).toEqual([
    "the text says that only tests change, but product code does",
  ]);
});

test("code that a text tells of has to stand in the change, and what it says is gone has to go", () => {
  const patch = `diff --git a/test/pack.test.ts b/test/pack.test.ts
index 1111111..2222222 100644
--- a/test/pack.test.ts
+++ b/test/pack.test.ts
@@ -1,3 +1,3 @@
 const packer = new Packer();
-await Bun.sleep(20);
-expect(packer.size).toBe(1);
+await packer.settled();
+expect(packer.length).toBe(1);
`;
  const faults = (said: string) => textFaults(said, patch);
  expect(faults("Removes the fixed sleep and waits for `packer.settled()`.")).toEqual([]);
  expect(faults("Waits for `queue.drained()`.")).toEqual([
    "the text tells of `queue.drained()`, which stands nowhere in the change",
  ]);
  expect(faults("Removes the retry.")).toEqual([
    'the text says "Removes the retry", but no such line is taken out',
  ]);
  expect(faults("The assertions stay the same.")).toEqual([
    "the text says that no assertion changes, but one does",
  ]);
  expect(faults("It behaves as `other.helper` elsewhere; no sleep is needed.")).toEqual([]);
});
