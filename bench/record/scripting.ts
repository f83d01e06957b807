import type { Suite } from "./suite.ts";

const RSPEC = `RSpec.describe "store" do
  it("puts") { expect(1).to eq(1) }
  it("gets what was put") { expect(1 + 1).to eq(3) }
  context "when empty" do
    it("throws") { raise KeyError, "no such key" }
    xit("is slow") { }
  end
  [1, 2].each { |n| it("doubles #{n}") { expect(n * 2).to eq(2) } }
  it { expect([]).not_to be_empty }
end
`;
const MINITEST = `require "minitest/autorun"
class StoreTest < Minitest::Test
  i_suck_and_my_tests_are_order_dependent!
  def test_puts; end
  def test_gets; assert_equal 3, 1 + 1; end
  def test_throws; raise KeyError, "no such key"; end
  def test_skipped; skip "slow"; end
end
describe "shop" do
  it("sells what it has") { _(1 + 1).must_equal 3 }
end
`;

export const scripting: readonly Suite[] = [
  {
    name: "rspec",
    programs: ["rspec"],
    files: { "spec/store_spec.rb": RSPEC },
    command: "rspec --no-color",
    failed: [
      "store gets what was put",
      "store when empty throws",
      "store doubles 2",
      "store is expected not to be empty",
    ],
  },
  {
    name: "rspec-documentation",
    programs: ["rspec"],
    files: { "spec/store_spec.rb": RSPEC },
    command: "rspec --format documentation --force-color",
    failed: [
      "store gets what was put",
      "store when empty throws",
      "store doubles 2",
      "store is expected not to be empty",
    ],
  },
  {
    name: "minitest",
    programs: ["ruby"],
    needs: ["/usr/share/rubygems-integration/all/specifications"],
    files: { "test/store_test.rb": MINITEST },
    command: "ruby test/store_test.rb --seed 1",
    failed: ["test_gets", "test_throws", "test_0001_sells what it has"],
  },
  {
    name: "minitest-verbose",
    programs: ["ruby"],
    files: { "test/store_test.rb": MINITEST },
    command: "ruby test/store_test.rb --seed 1 --verbose",
    failed: ["test_gets", "test_throws", "test_0001_sells what it has"],
  },
  {
    name: "test-unit",
    programs: ["ruby"],
    files: {
      "test/store_test.rb": `require "test/unit"
class StoreTest < Test::Unit::TestCase
  def test_puts; end
  def test_gets; assert_equal(3, 1 + 1); end
  def test_throws; raise KeyError, "no such key"; end
end
`,
    },
    command: "ruby test/store_test.rb",
    failed: ["test_gets", "test_throws"],
  },
  {
    name: "cucumber-ruby",
    programs: ["cucumber"],
    files: {
      "features/store.feature": `Feature: store

  Scenario: putting
    Given a store
    Then it has 1 things

  Scenario: getting what was put
    Given a store
    Then it has 3 things
`,
      "features/steps.rb": `Given("a store") { }
Then(/it has (\\d+) things/) { |n| raise "1 is not #{n}" unless n.to_i == 1 }
`,
    },
    command: "cucumber",
    failed: ["getting what was put"],
  },
  {
    name: "phpunit",
    programs: ["phpunit"],
    files: {
      "StoreTest.php": `<?php
use PHPUnit\\Framework\\TestCase;

final class StoreTest extends TestCase
{
    public function testPuts(): void { $this->assertTrue(true); }
    public function testGets(): void { $this->assertSame(3, 1 + 1); }
    public function testThrows(): void { throw new RuntimeException('no such key'); }
    /** @dataProvider numbers */
    public function testDoubles(int $n): void { $this->assertSame(2, $n * 2); }
    public static function numbers(): array { return ['one' => [1], 'two' => [2]]; }
    public function testSkipped(): void { $this->markTestSkipped('slow'); }
}
`,
    },
    command: "phpunit StoreTest.php",
    failed: ["testThrows", "testGets", 'testDoubles with data set "two" (2)'],
  },
  {
    name: "phpunit-testdox",
    programs: ["phpunit"],
    files: {
      "StoreTest.php": `<?php
use PHPUnit\\Framework\\TestCase;

final class StoreTest extends TestCase
{
    public function testPuts(): void { $this->assertTrue(true); }
    public function testGets(): void { $this->assertSame(3, 1 + 1); }
    public function testThrows(): void { throw new RuntimeException('no such key'); }
}
`,
    },
    command: "phpunit --testdox StoreTest.php",
    failed: ["Gets", "Throws"],
  },
  {
    name: "exunit",
    programs: ["elixir"],
    files: {
      "store_test.exs": `ExUnit.start(seed: 0)
defmodule StoreTest do
  use ExUnit.Case
  test "puts", do: assert(1 == 1)
  test "gets what was put", do: assert(1 + 1 == 3)
  describe "when empty" do
    test "throws", do: raise(KeyError, key: :a, term: %{})
    @tag :skip
    test "is slow", do: :ok
    @tag timeout: 50
    test "waits", do: Process.sleep(2000)
  end
end
`,
    },
    command: "elixir store_test.exs",
    failed: ["gets what was put", "when empty throws", "when empty waits"],
  },
  {
    name: "eunit",
    programs: ["erl", "erlc"],
    files: {
      "store_tests.erl": `-module(store_tests).
-include_lib("eunit/include/eunit.hrl").
puts_test() -> ok.
gets_test() -> ?assertEqual(3, 1 + 1).
throws_test() -> error(no_such_key).
`,
    },
    prepare: "erlc store_tests.erl",
    command: "erl -noshell -eval 'eunit:test(store_tests, [verbose]), halt().'",
    failed: ["gets_test", "throws_test"],
  },
  {
    name: "common-test",
    programs: ["ct_run"],
    files: {
      "store_SUITE.erl": `-module(store_SUITE).
-export([all/0, puts/1, gets/1, throws/1]).
all() -> [puts, gets, throws].
puts(_) -> ok.
gets(_) -> 3 = 1 + 1.
throws(_) -> error(no_such_key).
`,
    },
    command: "mkdir logs && ct_run -noinput -suite store_SUITE -logdir logs",
    failed: ["gets", "throws"],
  },
  {
    name: "prove",
    programs: ["prove"],
    files: {
      "t/puts.t": 'use Test::More tests => 1;\nok(1, "puts");\n',
      "t/store.t": `use Test::More tests => 3;
ok(1, "puts");
is(1 + 1, 3, "gets what was put");
TODO: { local $TODO = "later"; ok(0, "known"); }
`,
      "t/dies.t": 'use Test::More tests => 2;\nok(1, "opens");\ndie "no such key";\n',
    },
    command: "prove t",
    failed: ["t/dies.t", "gets what was put"],
  },
  {
    name: "prove-verbose",
    programs: ["prove"],
    files: {
      "t/store.t": `use Test::More;
ok(1, "puts");
is(1 + 1, 3, "gets what was put");
subtest "when empty" => sub { ok(0, "is there"); ok(1, "is quick") };
SKIP: { skip "slow", 1; ok(0, "slow one"); }
done_testing;
`,
    },
    command: "prove -v t",
    failed: ["gets what was put", "is there"],
  },
  {
    name: "bats",
    programs: ["bats"],
    files: {
      "store.bats": `@test "puts" { true; }
@test "gets what was put" { [ "$((1 + 1))" = 3 ]; }
@test "runs nothing" { run false; [ "$status" -eq 0 ]; }
@test "is slow" { skip "slow"; }
`,
    },
    command: "bats --tap store.bats",
    failed: ["gets what was put", "runs nothing"],
  },
  {
    name: "bats-pretty",
    programs: ["bats"],
    files: {
      "store.bats": `@test "puts" { true; }
@test "gets what was put" { [ "$((1 + 1))" = 3 ]; }
@test "is slow" { skip "slow"; }
`,
    },
    command: "bats --pretty store.bats",
    failed: ["gets what was put"],
  },
  {
    name: "busted",
    programs: ["busted"],
    files: {
      "spec/store_spec.lua": `describe("store", function()
  it("puts", function() assert.is_true(true) end)
  it("gets what was put", function() assert.are.equal(3, 1 + 1) end)
  describe("when empty", function()
    it("throws", function() error("no such key") end)
    pending("is slow")
  end)
end)
`,
    },
    command: "busted",
    failed: ["store gets what was put", "store when empty throws"],
  },
  {
    name: "testthat",
    programs: ["Rscript"],
    needs: ["/usr/lib/R/site-library/testthat"],
    files: {
      "tests/test-store.R": `test_that("puts", { expect_true(TRUE) })
test_that("gets what was put", { expect_equal(1 + 1, 3) })
test_that("throws", { stop("no such key") })
`,
    },
    command: `Rscript -e 'library(testthat); test_dir("tests")'`,
    failed: ["gets what was put", "throws"],
  },
  {
    name: "alcotest",
    programs: ["ocamlfind"],
    needs: ["/usr/lib/ocaml/alcotest"],
    files: {
      "store.ml": `let puts () = ()
let gets () = Alcotest.(check int) "sum" 3 (1 + 1)
let throws () = raise Not_found
let () = Alcotest.run "store" [ ("basic", [ Alcotest.test_case "puts" \`Quick puts; Alcotest.test_case "gets what was put" \`Quick gets ]);
  ("empty", [ Alcotest.test_case "throws" \`Quick throws ]) ]
`,
    },
    prepare: "ocamlfind ocamlopt -package alcotest -linkpkg store.ml -o store",
    command: "./store",
    failed: ["gets what was put", "throws"],
  },
  {
    name: "ounit",
    programs: ["ocamlfind"],
    needs: ["/usr/lib/ocaml/ounit2"],
    files: {
      "store.ml": `open OUnit2
let () = run_test_tt_main ("store" >::: [
  "puts" >:: (fun _ -> ());
  "gets" >:: (fun _ -> assert_equal ~printer:string_of_int 3 (1 + 1));
  "throws" >:: (fun _ -> raise Not_found) ])
`,
    },
    prepare: "ocamlfind ocamlopt -package ounit2 -linkpkg store.ml -o store",
    command: "./store -no-output-file",
    failed: ["gets", "throws"],
  },
  {
    name: "hspec",
    programs: ["ghc"],
    needs: ["/usr/share/doc/libghc-hspec-dev"],
    files: {
      "Store.hs": `import Test.Hspec
main :: IO ()
main = hspec $ describe "store" $ do
  it "puts" $ (1 :: Int) \`shouldBe\` 1
  it "gets what was put" $ (1 + 1 :: Int) \`shouldBe\` 3
  describe "when empty" $ it "throws" $ (error "no such key" :: IO ())
`,
    },
    prepare: "ghc -package hspec Store.hs -o store",
    command: "./store --seed 1",
    failed: ["gets what was put", "throws"],
  },
  {
    name: "tasty",
    programs: ["ghc"],
    needs: ["/usr/share/doc/libghc-tasty-hunit-dev"],
    files: {
      "Store.hs": `import Test.Tasty
import Test.Tasty.HUnit
main :: IO ()
main = defaultMain $ testGroup "store"
  [ testCase "puts" $ 1 @?= (1 :: Int)
  , testCase "gets what was put" $ 1 + 1 @?= (3 :: Int)
  , testGroup "when empty" [ testCase "throws" $ error "no such key" ] ]
`,
    },
    prepare: "ghc -package tasty -package tasty-hunit Store.hs -o store",
    command: "./store",
    failed: ["gets what was put", "throws"],
  },
];
