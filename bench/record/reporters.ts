import type { Suite } from "./suite.ts";

/** Python's unittest under other runners. */
const UNITTEST = `import unittest

class StoreTests(unittest.TestCase):
    def test_puts(self):
        self.assertEqual(1, 1)

    def test_gets(self):
        self.assertEqual(2, 3)

    def test_throws(self):
        raise KeyError("no such key")
`;

const LUAUNIT = `local lu = require("luaunit")
TestStore = {}
function TestStore:testPuts() lu.assertEquals(1, 1) end
function TestStore:testGets() lu.assertEquals(1 + 1, 3) end
function TestStore:testThrows() error("no such key") end
os.exit(lu.LuaUnit.run())
`;

const SPEC = `describe("store", () => {
  it("puts", () => {});
  describe("when empty", () => {
    it("gets what was put", () => { if (1 + 1 !== 3) throw new Error("2 is not 3"); });
  });
  it("throws", () => { throw new TypeError("no such key"); });
});
`;
const karma = (reporter: string): string => `module.exports = (config) => config.set({
  frameworks: ["mocha"], files: ["store.js"], browsers: ["jsdom"], reporters: ["${reporter}"], singleRun: true,
});
`;
const KARMA = {
  karma: "6.4.4",
  "karma-mocha": "2.0.1",
  mocha: "11.7.1",
  "karma-jsdom-launcher": "17.0.0",
  jsdom: "24.1.3",
};

/** Reporters and runners around other frameworks, and suites of tools. */
export const reporters: readonly Suite[] = [
  {
    name: "karma-mocha-reporter",
    programs: ["node", "npm"],
    npm: { ...KARMA, "karma-mocha-reporter": "2.2.5" },
    files: { "karma.conf.js": karma("mocha"), "store.js": SPEC },
    command: "karma start karma.conf.js",
    failed: ["gets what was put", "throws"],
  },
  {
    name: "karma-spec-reporter",
    programs: ["node", "npm"],
    npm: { ...KARMA, "karma-spec-reporter": "0.0.36" },
    files: { "karma.conf.js": karma("spec"), "store.js": SPEC },
    command: "karma start karma.conf.js",
    failed: ["gets what was put", "throws"],
  },
  {
    name: "jasmine-spec-reporter",
    programs: ["node", "npm"],
    npm: { jasmine: "5.9.0", "jasmine-spec-reporter": "7.0.0" },
    files: {
      "spec/store.spec.js": `const { SpecReporter } = require("jasmine-spec-reporter");
jasmine.getEnv().clearReporters();
jasmine.getEnv().addReporter(new SpecReporter());
jasmine.getEnv().configure({ random: false });
${SPEC}`,
    },
    command: "jasmine spec/store.spec.js",
    failed: ["store when empty gets what was put", "store throws"],
  },
  {
    name: "tap-spec",
    programs: ["node", "npm"],
    npm: { tape: "5.9.0", "tap-spec": "5.0.0" },
    files: {
      "store.js": `const test = require("tape");
test("store", (t) => { t.equal(1, 1, "puts"); t.equal(1 + 1, 3, "gets what was put"); t.end(); });
`,
    },
    command: "node store.js | tap-spec",
    failed: ["gets what was put"],
  },
  {
    name: "newman",
    programs: ["node", "npm"],
    npm: { newman: "6.2.1" },
    files: {
      "serve.js": `require("http").createServer((_, answer) => answer.end("2")).listen(Number(process.argv[2]));\n`,
      "store.json": JSON.stringify({
        info: {
          name: "Store",
          schema: "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
        },
        item: [
          {
            name: "Get hay",
            request: { url: "http://127.0.0.1:18653/hay", method: "GET" },
            event: [
              {
                listen: "test",
                script: {
                  exec: [
                    'pm.test("answers", () => pm.response.to.have.status(200));',
                    'pm.test("gets what was put", () => pm.expect(pm.response.text()).to.equal("3"));',
                  ],
                },
              },
            ],
          },
        ],
      }),
    },
    command: "node serve.js 18653 & sleep 1; newman run store.json; kill $!",
    failed: ["gets what was put"],
  },
  {
    name: "luaunit",
    programs: ["lua"],
    needs: ["/usr/share/lua/5.1/luaunit.lua"],
    files: { "store_test.lua": LUAUNIT },
    command: "lua store_test.lua",
    failed: ["testGets", "testThrows"],
  },
  {
    name: "luaunit-verbose",
    programs: ["lua"],
    needs: ["/usr/share/lua/5.1/luaunit.lua"],
    files: { "store_test.lua": LUAUNIT },
    command: "lua store_test.lua -v",
    failed: ["testGets", "testThrows"],
  },
  {
    name: "busted-gtest",
    programs: ["busted"],
    files: {
      "spec/store_spec.lua": `describe("store", function()
  it("puts", function() assert.is_true(true) end)
  it("gets what was put", function() assert.are.equal(3, 1 + 1) end)
  it("throws", function() error("no such key") end)
end)
`,
    },
    command: "busted -o gtest",
    failed: ["store gets what was put", "store throws"],
  },
  {
    name: "stestr",
    programs: ["stestr"],
    files: {
      "tests/__init__.py": "",
      "tests/test_store.py": UNITTEST,
      ".stestr.conf": "[DEFAULT]\ntest_path=./tests\ntop_dir=./\n",
    },
    command: "stestr run --serial",
    failed: ["test_gets", "test_throws"],
  },
  {
    name: "zope-testrunner",
    programs: ["zope-testrunner"],
    files: { "tests/__init__.py": "", "tests/test_store.py": UNITTEST },
    command: "zope-testrunner --path . --tests-pattern '^test_store$'",
    failed: ["test_gets", "test_throws"],
  },
  {
    name: "doctest-module",
    programs: ["python3"],
    files: {
      "store.py":
        'def get():\n    """\n    >>> get()\n    3\n    """\n    return 2\n\n\nif __name__ == "__main__":\n    import doctest\n    doctest.testmod()\n',
    },
    command: "python3 store.py",
    failed: ["__main__.get"],
  },
  {
    name: "dejagnu",
    programs: ["runtest"],
    files: {
      "testsuite/lib/store.exp": "",
      "testsuite/config/default.exp": "",
      "testsuite/store.get/get.exp": 'pass "puts"\nfail "gets what was put"\nfail "waits (timeout)"\n',
    },
    command: "cd testsuite && runtest --tool store --srcdir . | grep -v '^Test run by '",
    failed: ["gets what was put", "waits (timeout)"],
  },
  {
    name: "autotest",
    programs: ["autom4te"],
    files: {
      "testsuite.at": `m4_define([AT_PACKAGE_NAME], [store])
m4_define([AT_PACKAGE_TARNAME], [store])
m4_define([AT_PACKAGE_VERSION], [1])
m4_define([AT_PACKAGE_STRING], [store 1])
m4_define([AT_PACKAGE_BUGREPORT], [bugs])
m4_define([AT_PACKAGE_URL], [url])
AT_INIT([store])
AT_SETUP([puts])
AT_CHECK([true])
AT_CLEANUP
AT_SETUP([gets what was put])
AT_CHECK([echo 2], 0, [3
])
AT_CLEANUP
`,
      atconfig: "at_tested=''\n",
      atlocal: "\n",
    },
    prepare: "autom4te -l autotest -o testsuite testsuite.at",
    command: "sh ./testsuite",
    failed: ["gets what was put"],
  },
];
