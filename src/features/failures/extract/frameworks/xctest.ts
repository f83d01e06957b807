import { defineFramework, type Rule, Tracker } from "../rule.ts";

const rules: readonly Rule<Tracker>[] = [
  {
    id: "error",
    needles: [": error: "],
    pattern: /^(\S+\.(?:swift|mm?)):\d+: error: (?:-\[(?:\w+\.)?(\w+) (\w+)\]|(\w+)\.(\w+)) : (.*)$/,
    example:
      '/x/StoreTests.swift:9: error: -[AppTests.StoreTests testGet] : XCTAssertEqual failed: ("1") is not equal to ("2")',
    test: "testGet",
    run(match, line, tracker) {
      const [, file, objcSuite, objcTest, suite, test, message] = match;
      tracker.sink.fail({
        test: objcTest ?? test ?? "",
        suite: objcSuite ?? suite,
        file,
        message,
        line: line.number,
      });
    },
  },
  {
    id: "case",
    needles: ["' failed (", "' failed on '"],
    pattern:
      /^Test [Cc]ase '(?:-\[(?:\w+\.)?(\w+) (\w+)\]|(\w+)[./](\w+)(?:\(\))?)' failed (?:on '[^']*' )?\(/,
    example: "Test Case '-[AppTests.StoreTests testGet]' failed (0.12 seconds).",
    test: "testGet",
    run: (match, line, tracker) =>
      void tracker.sink.fail({
        test: match[2] ?? match[4] ?? "",
        suite: match[1] ?? match[3],
        line: line.number,
      }),
  },
  {
    id: "xcodebuild",
    needles: ["Failing tests:\n", "Failing tests:\r"],
    pattern: /^Failing tests:$/,
    example: "Failing tests:\n\tStoreTests.testGet()\n\n** TEST FAILED **\n",
    test: "testGet",
    run(_match, line, tracker) {
      tracker.read(
        200,
        (text) => !/^\t\S/.test(text),
        (lines) => {
          lines.forEach((text, at) => {
            const name = /^\t(?:-\[(?:\w+\.)?(\w+) (\w+)\]|(\w+)\.(\w+)(?:\(\))?)$/.exec(text);
            const test = name?.[2] ?? name?.[4];
            if (test !== undefined)
              tracker.sink.fail({ test, suite: name?.[1] ?? name?.[3], line: line.number + at + 1 });
          });
        },
      );
    },
  },
  {
    id: "xcpretty",
    needles: ["✗\u001b[0m test", "✗ test", "✖ test"],
    pattern: /^\s*[✗✖] (test\w+), (\S.*)$/,
    example: '    ✗ testGet, XCTAssertEqual failed: ("1") is not equal to ("2")',
    test: "testGet",
    run: (match, line, tracker) =>
      void tracker.sink.fail({
        test: match[1] ?? "",
        message: match[2],
        line: line.number,
        kind: /crashed/.test(match[2] ?? "") ? "crash" : undefined,
      }),
  },
  {
    id: "swift-testing",
    needles: [" recorded an issue at ", "✘ Test "],
    pattern: /^\S*\s*Test "?(\S.*?)"? recorded an issue at ([^:]+):\d+:\d+: (.*)$/,
    example:
      '✘ Test "gets what was put" recorded an issue at StoreTests.swift:9:5: Expectation failed: 1 == 2',
    test: "gets what was put",
    run: (match, line, tracker) =>
      void tracker.sink.fail({
        test: (match[1] ?? "").replace(/\(\)$/, ""),
        file: match[2],
        message: match[3],
        line: line.number,
      }),
  },
];

/** XCTest, xcpretty's rendering of it, and Swift Testing. */
export const xctest = defineFramework("xctest", (sink) => new Tracker(sink), rules);
