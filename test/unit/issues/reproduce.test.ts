import { describe, expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type NamedTest, reproduceCommand } from "../../../src/features/issues/reproduce.ts";

const named = (framework: string, name: string, more: Partial<NamedTest> = {}): NamedTest => ({
  framework,
  test: name,
  suite: null,
  package: null,
  file: null,
  ...more,
});

const KNOWN: [NamedTest, string][] = [
  [
    named("go-test", "TestX", { package: "server/cluster" }),
    "go test ./server/cluster -run '^TestX$' -count=20 -race",
  ],
  [
    named("go-test", "TestX/case_(1)", { package: "github.com/acme/shop/v2/cart" }),
    "go test github.com/acme/shop/v2/cart -run '^TestX$/^case_\\(1\\)$' -count=20 -race",
  ],
  [named("go-test", "TestX"), "go test ./... -run '^TestX$' -count=20 -race"],
  [
    named("gocheck", "suite.TestX", { package: "pkg/a" }),
    "go test ./pkg/a -check.f '^suite\\.TestX$' -count=20 -race",
  ],
  [
    named("ginkgo", "Cart adds [it]", { package: "cart" }),
    "ginkgo --repeat=20 --focus='Cart adds \\[it\\]' ./cart",
  ],
  [
    named("pytest", "test_a[x - y]", { file: "tests/test_a.py" }),
    "pytest 'tests/test_a.py::test_a[x - y]' -x",
  ],
  [
    named("pytest", "test_a", { file: "tests/test_a.py", suite: "TestCart" }),
    "pytest tests/test_a.py::TestCart::test_a -x",
  ],
  [named("pytest", "test_a[1]"), "pytest -x -k test_a"],
  [named("pytest", "test_a.py", { file: "test_a.py" }), "pytest test_a.py -x"],
  [
    named("unittest", "test_sub (i=0)", { suite: "test_store.Case" }),
    "python -m unittest test_store.Case.test_sub",
  ],
  [
    named("bun-test", "cart > adds 1+1", { file: "test/cart.test.ts" }),
    "bun test test/cart.test.ts -t 'cart (?:> )?adds 1\\+1$' --rerun-each 20",
  ],
  [
    named("bun-test", "throws", { suite: "cart > when empty", file: "a.test.ts" }),
    "bun test a.test.ts -t 'cart (?:> )?when empty (?:> )?throws$' --rerun-each 20",
  ],
  [named("jest", "adds", { file: "cart.test.js" }), "npx jest --runTestsByPath cart.test.js -t 'adds$'"],
  [
    named("jest", "throws", { suite: "cart › when empty", file: "app/[id].test.js" }),
    "npx jest --runTestsByPath 'app/[id].test.js' -t 'cart (?:> )?when empty (?:> )?throws$'",
  ],
  [named("vitest", "adds", { file: "-cart.test.ts" }), "npx vitest run ./-cart.test.ts -t 'adds$'"],
  [named("mocha", "adds it's"), "npx mocha -f 'adds it'\\''s'"],
  [named("mocha", "adds", { suite: "cart when empty" }), "npx mocha -f 'cart when empty adds'"],
  [named("mocha", '"before all" hook: opens', { suite: "shop" }), "npx mocha -f shop"],
  [
    named("gocheck", "TestX", { suite: "storeSuite", package: "pkg/a" }),
    "go test ./pkg/a -check.f '^storeSuite\\.TestX$' -count=20 -race",
  ],
  [
    named("phpunit", 'testAdds with data set "a b" (2)', { suite: "App\\CartTest" }),
    "vendor/bin/phpunit --filter 'App\\\\CartTest::testAdds'",
  ],
  [named("phpunit", "Adds", { suite: "Cart" }), "vendor/bin/phpunit --filter Adds"],
  [named("node-test", "adds", { file: "a.test.mjs" }), "node --test --test-name-pattern=adds a.test.mjs"],
  [
    named("playwright", "pays", { file: "e2e/pay.spec.ts" }),
    "npx playwright test e2e/pay.spec.ts -g pays --repeat-each=20",
  ],
  [named("cargo-test", "errs", { suite: "tests" }), "cargo test -- tests::errs --exact"],
  [named("cargo-test", "src/lib.rs - f (line 1)"), "cargo test --doc -- 'src/lib.rs - f (line 1)'"],
  [
    named("rspec", "Cart adds", { file: "spec/cart_spec.rb" }),
    "bundle exec rspec spec/cart_spec.rb -e 'Cart adds'",
  ],
  [
    named("minitest", "test_adds", { file: "test/cart_test.rb" }),
    "ruby -Itest test/cart_test.rb -n test_adds",
  ],
  [
    named("phpunit", "testAdds with data set #1", { file: "tests/CartTest.php" }),
    "vendor/bin/phpunit --filter testAdds tests/CartTest.php",
  ],
  [
    named("exunit", "adds", { file: "test/cart_test.exs" }),
    "mix test test/cart_test.exs --only 'test:test adds'",
  ],
  [
    named("dotnet", "Adds(x: 1)", { suite: "Shop.CartTests" }),
    "dotnet test --filter 'FullyQualifiedName~Shop.CartTests.Adds'",
  ],
  [
    named("googletest", "Adds", { suite: "Cart" }),
    "GTEST_FILTER=Cart.Adds GTEST_REPEAT=20 ctest --output-on-failure",
  ],
  [named("ctest", "cart"), "ctest -R '^cart$' --repeat until-fail:20"],
  [named("surefire", "adds[2]", { suite: "shop.CartTest" }), "mvn test -Dtest='shop.CartTest#adds'"],
  [
    named("gradle", "adds()", { suite: "shop.CartTest" }),
    "./gradlew test --rerun --tests shop.CartTest.adds",
  ],
  [named("scalatest", "adds", { suite: "CartSpec" }), "sbt 'testOnly *CartSpec -- -z \"adds\"'"],
  [named("xctest", "testAdds", { suite: "CartTests" }), "swift test --filter CartTests/testAdds"],
];

describe("without a toolchain, what the framework's users type", () => {
  test.each(KNOWN.map(([one, command]) => ({ one, command, name: one.framework })))(
    "$name: $command",
    ({ one, command }) => {
      expect(reproduceCommand(one, null)).toBe(command);
    },
  );

  test("nothing for a framework that has no such command", () => {
    expect(reproduceCommand(named("runtime", "TypeError"), null)).toBeNull();
    expect(reproduceCommand(named("constructor", "x"), null)).toBeNull();
  });

  test("a file from outside of the repository is left out", () => {
    expect(reproduceCommand(named("jest", "adds", { file: "/etc/passwd" }), null)).toBe(
      "npx jest -t 'adds$'",
    );
  });
});

test("the repository's own line comes first", () => {
  const line = "go test {package} -run '^{test_regex}$' -count={count} -timeout 5m";
  expect(reproduceCommand(named("go-test", "TestX/a.b", { package: "./cart" }), line)).toBe(
    "go test ./cart -run '^TestX/a\\.b$' -count=20 -timeout 5m",
  );
});

test("no name becomes shell text", async () => {
  const evil = "x'; touch owned; $(touch owned) `touch owned`\n";
  const folder = mkdtempSync(join(tmpdir(), "flaky-shell-"));
  const commands = KNOWN.map(([{ framework }]) =>
    reproduceCommand(named(framework, evil, { suite: evil, package: evil, file: evil }), null),
  ).map((command) => (command ?? "").replaceAll(/GTEST_\w+=/g, ""));
  const script = commands.map((command) => `set -- ${command}`).join("\n");
  const child = Bun.spawn(["bash", "-c", script], { cwd: folder, stderr: "pipe" });
  expect([await new Response(child.stderr).text(), await child.exited]).toEqual(["", 0]);
  expect(script.split("\n")).toHaveLength(KNOWN.length);
  expect(readdirSync(folder)).toEqual([]);
  rmSync(folder, { recursive: true });
});
