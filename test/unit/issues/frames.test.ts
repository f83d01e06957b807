import { expect, test } from "bun:test";
import { filesNamed, type Origin } from "../../../src/features/issues/frames.ts";

const named = (log: string, more: Partial<Origin> = {}) =>
  filesNamed(log, { repo: "acme/shop", file: null, package: null, ...more }).map(
    ({ candidates, lines }) => `${candidates.join(" or ")}: ${lines.join(", ")}`,
  );

test.each([
  [
    "Go, with the checkout's root",
    "\t/home/runner/work/shop/shop/server/cluster.go:123 +0x1d",
    ["server/cluster.go: 123"],
  ],
  [
    "Go under another root",
    "\t/data/src/github.com/acme/shop/server/cluster.go:123 +0x1d",
    ["server/cluster.go: 123"],
  ],
  ["Python", '  File "tests/test_a.py", line 12, in test_a', ["tests/test_a.py: 12"]],
  ["pytest", "tests/test_a.py:12: AssertionError", ["tests/test_a.py: 12"]],
  ["JavaScript", "    at pay (/home/runner/work/shop/shop/src/pay.ts:3:14)", ["src/pay.ts: 3"]],
  ["JavaScript modules", "    at file:///home/runner/work/shop/shop/src/pay.mjs:3:14", ["src/pay.mjs: 3"]],
  [
    "Java",
    "\tat com.acme.Cart.add(Cart.java:42)",
    ["src/test/java/com/acme/Cart.java or src/main/java/com/acme/Cart.java: 42"],
  ],
  ["C#", "   at Shop.Cart.Add() in /home/runner/work/shop/shop/src/Cart.cs:line 9", ["src/Cart.cs: 9"]],
  ["Rust", "thread 'a' panicked at src/lib.rs:7:5:", ["src/lib.rs: 7"]],
  ["Ruby", "     # ./spec/cart_spec.rb:5:in `block'", ["spec/cart_spec.rb: 5"]],
  ["PHP", "/home/runner/work/shop/shop/tests/CartTest.php:31", ["tests/CartTest.php: 31"]],
  ["another root that says nothing", "/srv/x/y/z/lib/cart.ts:1", ["z/lib/cart.ts or lib/cart.ts: 1"]],
])("%s", (_, log, files) => {
  expect(named(log)).toEqual(files);
});

test("code of others is passed over", () => {
  const log = [
    "at run (/home/runner/work/shop/shop/node_modules/jest/run.js:1:1)",
    "/opt/hostedtoolcache/go/1.22/src/testing/testing.go:1446 +0x1d",
    "/root/go/pkg/mod/github.com/x/y@v1/z.go:3",
    '  File "/usr/lib/python3.12/unittest/case.py", line 57, in run',
    "at node:internal/process/task_queues.js:95:5",
    "\tat java.util.ArrayList.get(ArrayList.java:427)",
  ].join("\n");
  expect(named(log)).toEqual([]);
});

test("a file without a folder stands in the test's package", () => {
  const log = "    cart_test.go:44: Not equal\n    cart_test.go:50: again";
  expect(named(log, { package: "pkg/cart" })).toEqual(["pkg/cart/cart_test.go or cart_test.go: 44, 50"]);
  expect(named(log, { package: "github.com/acme/shop/v2/cart" })).toEqual([
    "cart/cart_test.go or cart_test.go: 44, 50",
  ]);
});

test("the test's own file comes first, and what it says stands with it", () => {
  const log = "src/pay.ts:3\ntest/pay.test.ts:9";
  expect(named(log, { file: "test/pay.test.ts" })).toEqual(["test/pay.test.ts: 9", "src/pay.ts: 3"]);
});

test("nothing leads out of the repository", () => {
  expect(
    named("../../etc/passwd.py:1\n/../../x/../y.go:3", { file: "/etc/shadow.py", package: "../.." }),
  ).toEqual([]);
});

test("a long crafted line takes no time", () => {
  const began = performance.now();
  for (const piece of ["a/", "a.", 'File "', "at a.", " in "]) named(piece.repeat(500_000));
  expect(performance.now() - began).toBeLessThan(2000);
});
