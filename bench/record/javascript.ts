import type { Suite } from "./suite.ts";

const JEST_LIKE = `describe("store", () => {
  test("puts", () => {});
  test("gets what was put", () => { expect(1 + 1).toBe(3); });
  describe("when empty", () => {
    test("throws", () => { throw new TypeError("no such key"); });
    test.skip("is slow", () => {});
  });
  test.each([1, 2])("doubles %i", (n) => { expect(n * 2).toBe(2); });
  test("waits", () => new Promise(() => {}), 100);
});
test("outside any suite", () => { expect({ a: 1, b: [1] }).toEqual({ a: 1, b: [2] }); });
`;
const FAILED = ["gets what was put", "throws", "doubles 2", "waits", "outside any suite"];

const MOCHA = `const assert = require("node:assert");
describe("store", function () {
  it("puts", () => {});
  it("gets what was put", () => { assert.strictEqual(1 + 1, 3); });
  describe("when empty", () => {
    it("throws", () => { throw new TypeError("no such key"); });
    it.skip("is slow", () => {});
    it("waits", function (done) { this.timeout(50); });
  });
  let tries = 0;
  it("passes in the end", function () { this.retries(2); tries += 1; assert.ok(tries > 1); });
});
describe("shop", () => {
  before("opens the door", () => { throw new Error("locked"); });
  it("sells", () => {});
});
`;

export const javascript: readonly Suite[] = [
  {
    name: "jest",
    programs: ["node", "npm"],
    npm: { jest: "30.0.5" },
    files: {
      "package.json": "{}",
      "store.test.js": JEST_LIKE,
      "retry.test.js": `jest.retryTimes(2);
let tries = 0;
test("passes in the end", () => { tries += 1; expect(tries).toBe(2); });
`,
      "broken.test.js": `require("./nothing-there");\n`,
      "passing.test.js": `test("fine", () => {});\n`,
    },
    command: "jest --ci --verbose",
    failed: [...FAILED, "broken.test.js"],
  },
  {
    name: "jest-colours",
    programs: ["node", "npm"],
    npm: { jest: "29.7.0" },
    files: { "package.json": "{}", "store.test.js": JEST_LIKE },
    command: "FORCE_COLOR=1 jest",
    failed: FAILED,
  },
  {
    name: "vitest",
    programs: ["node", "npm"],
    npm: { vitest: "3.2.4" },
    files: {
      "package.json": `{"type":"module"}`,
      "store.test.js": `import { describe, expect, test } from "vitest";\n${JEST_LIKE}let tries = 0;
test("passes in the end", { retry: 2 }, () => { tries += 1; expect(tries).toBe(2); });
`,
      "broken.test.js": `import "./nothing-there";\n`,
    },
    command: "vitest run --reporter=verbose",
    failed: [...FAILED, "broken.test.js"],
  },
  {
    name: "vitest-default",
    programs: ["node", "npm"],
    npm: { vitest: "3.2.4" },
    files: {
      "package.json": `{"type":"module"}`,
      "store.test.js": `import { describe, expect, test } from "vitest";\n${JEST_LIKE}`,
    },
    command: "FORCE_COLOR=1 GITHUB_ACTIONS=true vitest run",
    failed: FAILED,
  },
  {
    name: "mocha",
    programs: ["node", "npm"],
    npm: { mocha: "11.7.1" },
    files: { "test/store.js": MOCHA },
    command: "mocha",
    failed: ["gets what was put", "throws", "waits", '"before all" hook: opens the door for "sells"'],
  },
  {
    name: "mocha-dot",
    programs: ["node", "npm"],
    npm: { mocha: "11.7.1" },
    files: { "test/store.js": MOCHA },
    command: "FORCE_COLOR=1 mocha --reporter dot",
    failed: ["gets what was put", "throws", "waits", '"before all" hook: opens the door for "sells"'],
  },
  {
    name: "mocha-tap",
    programs: ["node", "npm"],
    npm: { mocha: "11.7.1" },
    files: { "test/store.js": MOCHA },
    command: "mocha --reporter tap",
    failed: [
      "store gets what was put",
      "store when empty throws",
      "store when empty waits",
      'shop "before all" hook: opens the door for "sells"',
    ],
  },
  {
    name: "jasmine",
    programs: ["node", "npm"],
    npm: { jasmine: "5.9.0" },
    files: {
      "spec/store.spec.js": `describe("store", () => {
  it("puts", () => { expect(1).toBe(1); });
  it("gets what was put", () => { expect(1 + 1).toBe(3); });
  describe("when empty", () => {
    it("throws", () => { throw new TypeError("no such key"); });
    xit("is slow", () => {});
    it("waits", (done) => {}, 50);
  });
});
`,
    },
    command: "jasmine --random=false 'spec/*.spec.js'",
    failed: ["store gets what was put", "store when empty throws", "store when empty waits"],
  },
  {
    name: "ava",
    programs: ["node", "npm"],
    npm: { ava: "6.4.1" },
    files: {
      "package.json": `{"type":"module"}`,
      "store.test.js": `import test from "ava";
test("puts", (t) => t.pass());
test("gets what was put", (t) => t.is(1 + 1, 3));
test("throws", () => { throw new TypeError("no such key"); });
test.skip("is slow", (t) => t.pass());
`,
      "shop.test.js": `import test from "ava";
test("sells", async (t) => { await Promise.reject(new Error("sold out")); });
`,
    },
    command: "ava",
    failed: ["gets what was put", "throws", "sells"],
  },
  {
    name: "playwright",
    programs: ["node", "npm"],
    npm: { "@playwright/test": "1.55.0" },
    files: {
      "playwright.config.js":
        "module.exports = { retries: 1, timeout: 1000, workers: 1, projects: [{ name: 'unit' }] };\n",
      "store.spec.js": `const { test, expect } = require("@playwright/test");
test.describe("store", () => {
  test("puts", () => {});
  test("gets what was put", () => { expect(1 + 1).toBe(3); });
  test("throws", () => { throw new TypeError("no such key"); });
  test("waits", () => new Promise(() => {}));
  test.skip("is slow", () => {});
});
test("passes in the end", ({}, info) => { expect(info.retry).toBe(1); });
`,
    },
    command: "playwright test",
    failed: ["gets what was put", "throws", "waits"],
    retried: ["passes in the end"],
  },
  {
    name: "tape",
    programs: ["node", "npm"],
    npm: { tape: "5.9.0" },
    files: {
      "store.js": `const test = require("tape");
test("puts", (t) => { t.ok(true, "is there"); t.end(); });
test("gets what was put", (t) => { t.equal(1 + 1, 3, "sum"); t.end(); });
`,
    },
    command: "node store.js",
    failed: ["sum"],
  },
  {
    name: "node-tap",
    programs: ["node", "npm"],
    npm: { tap: "21.1.0" },
    files: {
      "package.json": "{}",
      "test/store.js": `const t = require("tap");
t.test("puts", (t) => { t.ok(true); t.end(); });
t.test("gets what was put", (t) => { t.equal(1 + 1, 3, "sum"); t.end(); });
t.test("throws", () => { throw new Error("no such key"); });
`,
    },
    command: "tap --disable-coverage --reporter=tap test/store.js",
    failed: ["sum", "no such key"],
  },
  {
    name: "qunit",
    programs: ["node", "npm"],
    npm: { qunit: "2.24.1" },
    files: {
      "test/store.js": `QUnit.module("store", () => {
  QUnit.test("puts", (assert) => { assert.ok(true); });
  QUnit.test("gets what was put", (assert) => { assert.equal(1 + 1, 3); });
  QUnit.test("throws", () => { throw new TypeError("no such key"); });
});
`,
    },
    command: "qunit",
    failed: ["store > gets what was put", "store > throws"],
  },
  {
    name: "uvu",
    programs: ["node", "npm"],
    npm: { uvu: "0.5.6" },
    files: {
      "tests/store.js": `const { suite } = require("uvu");
const assert = require("uvu/assert");
const store = suite("store");
store("puts", () => {});
store("gets what was put", () => { assert.is(1 + 1, 3); });
store("throws", () => { throw new TypeError("no such key"); });
store.run();
`,
    },
    command: "uvu tests",
    failed: ["gets what was put", "throws"],
  },
  {
    name: "cucumber-js",
    programs: ["node", "npm"],
    npm: { "@cucumber/cucumber": "12.1.0" },
    files: {
      "features/store.feature": `Feature: store

  Scenario: putting
    Given a store
    Then it has 1 thing

  Scenario: getting what was put
    Given a store
    Then it has 3 things

  Scenario Outline: counting <n>
    Given a store
    Then it has <n> things
    Examples:
      | n |
      | 1 |
      | 2 |
`,
      "features/steps.js": `const { Given, Then } = require("@cucumber/cucumber");
const assert = require("node:assert");
Given("a store", () => {});
Then("it has {int} thing(s)", (n) => { assert.strictEqual(1, n); });
`,
    },
    command: "cucumber-js",
    failed: ["getting what was put", "counting 2"],
  },
  {
    name: "karma",
    programs: ["node", "npm"],
    npm: { karma: "6.4.4", "karma-jasmine": "5.1.0", "karma-jsdom-launcher": "17.0.0", jsdom: "24.1.3" },
    files: {
      "karma.conf.js": `module.exports = (config) => config.set({
  frameworks: ["jasmine"], files: ["store.js"], browsers: ["jsdom"], singleRun: true,
  client: { jasmine: { random: false } },
});
`,
      "store.js": `describe("store", () => {
  it("puts", () => { expect(1).toBe(1); });
  it("gets what was put", () => { expect(1 + 1).toBe(3); });
  it("throws", () => { throw new TypeError("no such key"); });
});
`,
    },
    command: "karma start karma.conf.js",
    failed: ["store gets what was put", "store throws"],
  },
  {
    name: "lab",
    programs: ["node", "npm"],
    npm: { "@hapi/lab": "26.0.0", "@hapi/code": "9.0.3" },
    files: {
      "test/store.js": `const { expect } = require("@hapi/code");
const { describe, it } = (exports.lab = require("@hapi/lab").script());
describe("store", () => {
  it("puts", () => {});
  it("gets what was put", () => { expect(1 + 1).to.equal(3); });
  it("throws", () => { throw new TypeError("no such key"); });
});
`,
    },
    command: "lab",
    failed: ["store gets what was put", "store throws"],
  },
  {
    name: "deno",
    programs: ["node", "npm"],
    npm: { "@deno/linux-x64-glibc": "2.4.2" },
    files: {
      "store.test.ts": `Deno.test("puts", () => {});
Deno.test("gets what was put", () => { if (1 + 1 !== Number("3")) throw new Error("Values are not equal: 2, 3"); });
Deno.test("when empty", async (t) => {
  await t.step("throws", () => { throw new TypeError("no such key"); });
  await t.step("counts", () => {});
});
Deno.test({ name: "is slow", ignore: true, fn() {} });
Deno.test("leaks", () => { setTimeout(() => {}, 5000); });
`,
    },
    command: "node_modules/@deno/linux-x64-glibc/deno test --no-check",
    failed: ["gets what was put", "throws", "leaks"],
  },
  {
    name: "node-test-files",
    programs: ["node"],
    files: {
      "store.test.mjs": `import { describe, it, test } from "node:test";
import assert from "node:assert";
describe("store", () => {
  it("puts", () => {});
  it("gets what was put", () => { assert.strictEqual(1 + 1, 3); });
  it("waits", { timeout: 50 }, () => new Promise((done) => setTimeout(done, 500)));
  it.skip("is slow", () => {});
  it.todo("is written one day");
});
test("throws", () => { throw new TypeError("no such key"); });
`,
    },
    command:
      "node --test --test-reporter=spec store.test.mjs; node --test --test-reporter=dot store.test.mjs",
    failed: ["gets what was put", "waits", "throws"],
  },
  {
    name: "bun-test-small",
    programs: ["bun"],
    files: {
      "store.test.ts": `import { describe, expect, test } from "bun:test";\n${JEST_LIKE}let tries = 0;
test("passes in the end", () => { tries += 1; expect(tries).toBe(2); }, { retry: 2 });
`,
    },
    command: "bun test",
    failed: FAILED,
    retried: ["passes in the end"],
  },
];
