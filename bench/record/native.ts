import type { Suite } from "./suite.ts";

const cmake = (lines: string) =>
  `cmake_minimum_required(VERSION 3.10)\nproject(store CXX)\nset(CMAKE_CXX_STANDARD 17)\nenable_testing()\n${lines}\n`;
const GTEST = `#include <gtest/gtest.h>
TEST(Store, Puts) {}
TEST(Store, Gets) { EXPECT_EQ(1 + 1, 3) << "sum"; }
TEST(Store, Throws) { throw std::runtime_error("no such key"); }
class Doubles : public ::testing::TestWithParam<int> {};
TEST_P(Doubles, Fits) { ASSERT_EQ(GetParam() * 2, 2); }
INSTANTIATE_TEST_SUITE_P(Small, Doubles, ::testing::Values(1, 2));
TEST(Shop, Skips) { GTEST_SKIP() << "slow"; }
`;

export const native: readonly Suite[] = [
  {
    name: "googletest",
    programs: ["g++"],
    needs: ["/usr/include/gtest/gtest.h"],
    files: { "store_test.cc": GTEST },
    prepare: "g++ -std=c++17 store_test.cc -lgtest -lgtest_main -pthread -o store_test",
    command: "./store_test",
    failed: ["Gets", "Throws", "Fits/1"],
  },
  {
    name: "googletest-crash",
    programs: ["g++"],
    needs: ["/usr/include/gtest/gtest.h"],
    files: {
      "store_test.cc": `#include <gtest/gtest.h>
#include <csignal>
TEST(Store, Puts) {}
TEST(Store, Crashes) { raise(SIGSEGV); }
TEST(Store, NeverRun) {}
`,
    },
    prepare: "g++ -std=c++17 store_test.cc -lgtest -lgtest_main -pthread -o store_test",
    command: "sh -c './store_test; true'",
    failed: ["Crashes"],
  },
  {
    name: "ctest",
    programs: ["cmake", "ctest", "g++"],
    files: {
      "CMakeLists.txt": cmake(
        // biome-ignore lint/suspicious/noTemplateCurlyInString: it is CMake's
        "add_executable(passes a.cc)\nadd_executable(fails b.cc)\nadd_executable(hangs c.cc)\nadd_executable(crashes d.cc)\nforeach(t passes fails hangs crashes)\nadd_test(NAME store.${t} COMMAND ${t})\nendforeach()\nset_tests_properties(store.hangs PROPERTIES TIMEOUT 1)",
      ),
      "a.cc": "int main() { return 0; }\n",
      "b.cc": '#include <cstdio>\nint main() { std::puts("1 + 1 is not 3"); return 1; }\n',
      "c.cc": "#include <unistd.h>\nint main() { sleep(30); }\n",
      "d.cc": "#include <cstdlib>\nint main() { std::abort(); }\n",
    },
    prepare: "cmake -S . -B build && cmake --build build",
    command: "cd build && ctest --output-on-failure",
    failed: ["store.fails", "store.hangs", "store.crashes"],
  },
  {
    name: "ctest-googletest",
    programs: ["cmake", "ctest", "g++"],
    needs: ["/usr/include/gtest/gtest.h"],
    files: {
      "CMakeLists.txt": cmake(
        "find_package(GTest REQUIRED)\nadd_executable(store_test store_test.cc)\ntarget_link_libraries(store_test GTest::gtest_main)\nadd_test(NAME store_test COMMAND store_test)",
      ),
      "store_test.cc": GTEST,
    },
    prepare: "cmake -S . -B build && cmake --build build",
    command: "cd build && ctest --output-on-failure",
    failed: ["Gets", "Throws", "Fits/1"],
  },
  {
    name: "catch2",
    programs: ["g++"],
    needs: ["/usr/include/catch2/catch.hpp"],
    files: {
      "store_test.cc": `#define CATCH_CONFIG_MAIN
#include <catch2/catch.hpp>
#include <stdexcept>
TEST_CASE("puts") { REQUIRE(1 == 1); }
TEST_CASE("gets what was put", "[store]") {
  SECTION("once") { CHECK(1 + 1 == 2); }
  SECTION("twice") { REQUIRE(1 + 1 == 3); }
}
TEST_CASE("throws") { throw std::runtime_error("no such key"); }
`,
    },
    prepare: "g++ -std=c++17 store_test.cc -o store_test",
    command: "./store_test",
    failed: ["gets what was put", "throws"],
  },
  {
    name: "doctest",
    programs: ["g++"],
    needs: ["/usr/include/doctest/doctest.h"],
    files: {
      "store_test.cc": `#define DOCTEST_CONFIG_IMPLEMENT_WITH_MAIN
#include <doctest/doctest.h>
#include <stdexcept>
TEST_CASE("puts") { CHECK(1 == 1); }
TEST_CASE("gets what was put") {
  SUBCASE("twice") { CHECK(1 + 1 == 3); }
}
TEST_CASE("throws") { throw std::runtime_error("no such key"); }
`,
    },
    prepare: "g++ -std=c++17 store_test.cc -o store_test",
    command: "./store_test",
    failed: ["gets what was put", "throws"],
  },
  {
    name: "boost-test",
    programs: ["g++"],
    needs: ["/usr/include/boost/test/included/unit_test.hpp"],
    files: {
      "store_test.cc": `#define BOOST_TEST_MODULE store
#include <boost/test/included/unit_test.hpp>
BOOST_AUTO_TEST_CASE(stores) { BOOST_TEST(true); }
BOOST_AUTO_TEST_CASE(gets) { BOOST_TEST(1 + 1 == 3); }
BOOST_AUTO_TEST_SUITE(when_empty)
BOOST_AUTO_TEST_CASE(throws) { throw std::runtime_error("no such key"); }
BOOST_AUTO_TEST_CASE(needs) { BOOST_REQUIRE_EQUAL(1, 2); }
BOOST_AUTO_TEST_SUITE_END()
`,
    },
    prepare: "g++ -std=c++17 store_test.cc -o store_test",
    command: "./store_test",
    failed: ["gets", "when_empty/throws", "when_empty/needs"],
  },
  {
    name: "cpputest",
    programs: ["g++"],
    needs: ["/usr/include/CppUTest/TestHarness.h"],
    files: {
      "store_test.cc": `#include "CppUTest/TestHarness.h"
#include "CppUTest/CommandLineTestRunner.h"
TEST_GROUP(Store) {};
TEST(Store, Puts) {}
TEST(Store, Gets) { LONGS_EQUAL(3, 1 + 1); }
TEST(Store, Fails) { FAIL("no such key"); }
int main(int n, char** v) { return CommandLineTestRunner::RunAllTests(n, v); }
`,
    },
    prepare: "g++ store_test.cc -lCppUTest -o store_test",
    command: "./store_test -v",
    failed: ["Fails", "Gets"],
  },
  {
    name: "cppunit",
    programs: ["g++"],
    needs: ["/usr/include/cppunit/TestCase.h"],
    files: {
      "store_test.cc": `#include <cppunit/extensions/HelperMacros.h>
#include <cppunit/extensions/TestFactoryRegistry.h>
#include <cppunit/ui/text/TestRunner.h>
#include <stdexcept>
class StoreTest : public CppUnit::TestFixture {
  CPPUNIT_TEST_SUITE(StoreTest);
  CPPUNIT_TEST(puts);
  CPPUNIT_TEST(gets);
  CPPUNIT_TEST(throws);
  CPPUNIT_TEST_SUITE_END();
  void puts() {}
  void gets() { CPPUNIT_ASSERT_EQUAL(3, 1 + 1); }
  void throws() { throw std::runtime_error("no such key"); }
};
CPPUNIT_TEST_SUITE_REGISTRATION(StoreTest);
int main() {
  CppUnit::TextUi::TestRunner runner;
  runner.addTest(CppUnit::TestFactoryRegistry::getRegistry().makeTest());
  return !runner.run();
}
`,
    },
    prepare: "g++ store_test.cc -lcppunit -o store_test",
    command: "./store_test",
    failed: ["gets", "throws"],
  },
  {
    name: "check",
    programs: ["gcc"],
    needs: ["/usr/include/check.h"],
    files: {
      "store_test.c": `#include <check.h>
#include <signal.h>
#include <unistd.h>
START_TEST(puts_it) {} END_TEST
START_TEST(gets_it) { ck_assert_int_eq(1 + 1, 3); } END_TEST
START_TEST(crashes) { raise(SIGSEGV); } END_TEST
int main(void) {
  Suite *s = suite_create("store");
  TCase *c = tcase_create("core");
  tcase_add_test(c, puts_it); tcase_add_test(c, gets_it); tcase_add_test(c, crashes);
  suite_add_tcase(s, c);
  SRunner *r = srunner_create(s);
  srunner_run_all(r, CK_NORMAL);
  return srunner_ntests_failed(r);
}
`,
    },
    prepare: "gcc store_test.c -lcheck -lsubunit -lm -lrt -pthread -o store_test",
    command: "./store_test",
    failed: ["gets_it", "crashes"],
  },
  {
    name: "criterion",
    programs: ["gcc"],
    needs: ["/usr/include/criterion/criterion.h"],
    files: {
      "store_test.c": `#include <criterion/criterion.h>
#include <signal.h>
Test(store, puts) {}
Test(store, gets) { cr_assert_eq(1 + 1, 3, "sum"); }
Test(store, crashes) { raise(SIGSEGV); }
`,
    },
    prepare: "gcc store_test.c -lcriterion -o store_test",
    command: "./store_test -j1",
    failed: ["crashes", "gets"],
  },
  {
    name: "meson",
    programs: ["meson", "ninja", "gcc"],
    files: {
      "meson.build":
        "project('store', 'c')\nforeach n : ['passes', 'fails', 'hangs']\n  test(n, executable(n, n + '.c'), timeout: 1)\nendforeach\n",
      "passes.c": "int main(void) { return 0; }\n",
      "fails.c": '#include <stdio.h>\nint main(void) { puts("1 + 1 is not 3"); return 1; }\n',
      "hangs.c": "#include <unistd.h>\nint main(void) { sleep(30); }\n",
    },
    prepare: "meson setup build",
    command: "meson test -C build --print-errorlogs",
    failed: ["fails", "hangs"],
  },
  {
    name: "qt-test",
    programs: ["g++", "qmake"],
    needs: ["/usr/lib/x86_64-linux-gnu/libQt5Test.so"],
    files: {
      "store.pro": "QT = core testlib\nSOURCES = store.cpp\nTARGET = store\n",
      "store.cpp": `#include <QtTest>
class StoreTest : public QObject {
  Q_OBJECT
private slots:
  void puts() {}
  void gets() { QCOMPARE(1 + 1, 3); }
  void doubles_data() { QTest::addColumn<int>("n"); QTest::newRow("one") << 1; QTest::newRow("two") << 2; }
  void doubles() { QFETCH(int, n); QVERIFY(n * 2 == 2); }
};
QTEST_APPLESS_MAIN(StoreTest)
#include "store.moc"
`,
    },
    prepare: "qmake && make",
    command: "./store",
    failed: ["gets()", "doubles(two)"],
  },
  {
    name: "cargo-workspace",
    programs: ["cargo"],
    files: {
      "Cargo.toml": '[package]\nname = "store"\nversion = "0.1.0"\nedition = "2021"\n',
      "src/lib.rs": `#[cfg(test)]
mod tests {
    #[test]
    fn puts() {}
    #[test]
    fn gets() { assert_eq!(1 + 1, 3, "sum"); }
    #[test]
    #[should_panic]
    fn should_panic() {}
    #[test]
    #[ignore]
    fn slow() {}
    #[test]
    fn errs() -> Result<(), String> { Err("no such key".into()) }
}
`,
      "tests/shop.rs": `#[test]
fn sells() { let v: Vec<i32> = vec![]; println!("{}", v[0]); }
`,
    },
    command: "cargo test --offline --no-fail-fast",
    failed: ["gets", "should_panic", "errs", "sells"],
  },
  {
    name: "cargo-abort",
    programs: ["cargo"],
    files: {
      "Cargo.toml": '[package]\nname = "store"\nversion = "0.1.0"\nedition = "2021"\n',
      "src/lib.rs": `#[cfg(test)]
mod tests {
    #[test]
    fn puts() {}
    #[test]
    fn aborts() { std::process::abort(); }
}
`,
    },
    command: "cargo test --offline -- --test-threads=1",
    failed: ["aborts"],
  },
];
