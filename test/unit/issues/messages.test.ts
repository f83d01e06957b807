import { describe, expect, test } from "bun:test";
import type { Sighting } from "../../../src/features/failures/store.ts";
import { STATES } from "../../../src/features/findings/model.ts";
import { composeBody } from "../../../src/features/issues/blocks.ts";
import {
  type IssueFacts,
  issueBlocks,
  issueTitle,
  updatedBody,
} from "../../../src/features/issues/messages.ts";
import { reproduceCommand } from "../../../src/features/issues/reproduce.ts";
import { sample } from "../findings/sample.ts";

const MINUTE = 60_000;
const NEWEST = Date.parse("2026-03-13T21:40:00Z");

const seen = (n: number, more: Partial<Sighting> = {}): Sighting => ({
  id: n,
  fingerprint: "ab".repeat(32),
  findingId: 12,
  repo: "acme/shop",
  job: 900 + n,
  run: 500 + n,
  attempt: 1,
  jobName: "test (linux)",
  sha: String(n % 10).repeat(40),
  branch: "main",
  pull: n % 2 === 0 ? null : 40 + n,
  author: "alice",
  at: new Date(NEWEST - n * 90 * MINUTE),
  test: "TestTransferLeader/quick",
  suite: null,
  package: "server/cluster",
  file: "server/cluster_test.go",
  framework: "go-test",
  kind: "assert",
  message: "Not equal",
  signature: "Not equal",
  line: 100 + n,
  retriedOk: n === 1,
  cascadeOf: null,
  fellTogether: 1,
  infra: [],
  excerpt: n < 2 ? `--- FAIL: TestTransferLeader (0.3${n}s)\n    cluster_test.go:44: Not equal` : null,
  url: `https://github.example/acme/shop/actions/runs/${500 + n}/job/${900 + n}`,
  ...more,
});

const facts = (more: Partial<IssueFacts> = {}): IssueFacts => ({
  finding: sample(),
  fingerprints: ["ab".repeat(32)],
  sightings: [0, 1, 2].map((n) => seen(n)),
  ranOn: [],
  independent: 3,
  errors: null,
  reproduce: "go test ./server/cluster -run '^TestTransferLeader$/^quick$' -count=20 -race",
  earlier: [],
  relay: true,
  console: "https://flaky.example",
  pullUrl: null,
  ...more,
});

test("the issue as people see it", () => {
  expect(issueTitle(sample())).toMatchInlineSnapshot(
    `"[flaky] TestTransferLeader/quick — Not equal: expected "pd-2", actual "pd-1""`,
  );
  expect(
    composeBody(issueBlocks(facts({ ranOn: [{ platform: "Ubuntu 24.04.3 LTS, x64, go 1.23.4", jobs: 3 }] }))),
  ).toMatchSnapshot();
});

test.each([...STATES])("next actions while it is %s", (state) => {
  const pullUrl = ["pending_review", "merged", "deployed"].includes(state)
    ? "https://github.example/acme/shop/pull/7"
    : null;
  expect(issueBlocks(facts({ finding: sample({ state }), pullUrl }))["Next actions"]).toMatchSnapshot();
});

describe("where it ran", () => {
  const line = (...ranOn: IssueFacts["ranOn"]) =>
    /^\*\*Ran on:\*\* (.*)$/m.exec(issueBlocks(facts({ ranOn })).Evidence)?.[1];
  const linux = "Ubuntu 24.04.3 LTS, x64, go 1.23.4";

  test("is one name where it was always the same", () => {
    expect(line({ platform: linux, jobs: 3 })).toBe(`\`${linux}\``);
  });

  test("is counted where it differs or is not always known", () => {
    expect(
      line({ platform: linux, jobs: 3 }, { platform: "macos-14", jobs: 1 }, { platform: null, jobs: 2 }),
    ).toBe(`\`${linux}\` (3 times); \`macos-14\` (1 time); not known (2 times)`);
  });

  test("is cut where it is much", () => {
    const many = Array.from({ length: 12 }, (_, n) => ({ platform: `os ${n}`, jobs: 20 - n }));
    expect(line(...many)).toEndWith("`os 4` (16 times); … and 7 more");
  });

  test("is left out where nothing is known", () => {
    expect(line()).toBeUndefined();
    expect(line({ platform: null, jobs: 3 })).toBeUndefined();
  });
});

test("equal facts give equal text", () => {
  expect(issueBlocks(facts())).toEqual(issueBlocks(facts()));
});

test("many tests that one crash took down are one issue, which names them", () => {
  const fell = Array.from({ length: 30 }, (_, n) =>
    seen(0, {
      id: 100 + n,
      test: `TestOther${String(n).padStart(2, "0")}`,
      fingerprint: `${n}`.padStart(64, "c"),
      cascadeOf: "TestTransferLeader/quick",
      excerpt: "panic: test timed out",
    }),
  );
  const blocks = issueBlocks(facts({ sightings: [...fell, seen(0), seen(1)] }));
  expect(blocks.Evidence).toMatchSnapshot();
  expect(blocks.Summary).toContain("**Seen:** 2 times");
  expect(blocks["Log excerpts"]).not.toContain("timed out");
});

test("earlier issues of the test stand there with their outcome", () => {
  const earlier = [
    { number: 41, outcome: "fixed by #45, which held" },
    { number: 7, outcome: "closed as not planned" },
  ];
  expect(issueBlocks(facts({ earlier })).Evidence).toEndWith(
    "\n\n**Earlier issues of this test**\n\n- #41: fixed by #45, which held\n- #7: closed as not planned",
  );
});

test("below the bar it does not say that it is flaky", () => {
  const { Summary } = issueBlocks(facts({ finding: sample({ class: "unknown", confidence: 0.6 }) }));
  expect(Summary).toContain("the evidence does not settle yet whether it is flaky");
});

describe("the failing line of an excerpt is marked", () => {
  const of = (more: Partial<Sighting>) => issueBlocks(facts({ sightings: [seen(0, more)] }))["Log excerpts"];
  const log = Array.from({ length: 60 }, (_, at) => `line ${at + 1}`);

  test("where the log's numbers say, and the test is named", () => {
    const excerpt = log.with(25, "--- FAIL: TestTransferLeader/quick (0.30s)").join("\n");
    expect(of({ excerpt, line: 900 })).toContain(
      "\n  line 25\n> --- FAIL: TestTransferLeader/quick (0.30s)\n  line 27\n",
    );
  });

  test("near the log's begin as well", () => {
    expect(of({ excerpt: ["a", "b", "--- FAIL: TestTransferLeader/quick"].join("\n"), line: 3 })).toContain(
      "\n> --- FAIL",
    );
  });

  test("by the message, where the excerpt begins elsewhere", () => {
    const excerpt = log.with(7, '    Not equal: expected "pd-2"').join("\n");
    expect(of({ excerpt, line: 5, message: 'Not equal: expected "pd-2"\nmore' })).toContain(
      '\n>     Not equal: expected "pd-2"\n',
    );
  });

  test("or not at all", () => {
    expect(of({ excerpt: log.join("\n"), line: 900 })).not.toContain("\n>");
  });
});

describe("much", () => {
  test("of everything, and hostile, never goes beyond what GitHub takes", () => {
    const kinds = ["x", "`", "\\", "|", "<", "&", "_", "\u202e", "'", "\n", "🧪", "@a #1 "];
    for (const kind of kinds) {
      const huge = kind.repeat(20_000);
      const many = Array.from({ length: 60 }, (_, n) =>
        seen(n, {
          test: n % 2 === 0 ? huge : `${huge}${n}`,
          cascadeOf: n % 3 === 0 ? null : huge,
          fingerprint: `${n}`.padStart(64, "0"),
          jobName: huge,
          branch: huge,
          pull: null,
          url: `https://x.test/${"a".repeat(390)}`,
          message: huge,
          excerpt: huge,
        }),
      );
      const finding = sample({
        test: huge,
        package: huge,
        file: huge,
        signature: huge,
        threadUrl: `https://x.test/${huge}`,
        reasons: Array.from({ length: 50 }, () => ({ rule: huge, text: huge })),
      });
      const blocks = issueBlocks(
        facts({
          finding,
          sightings: many,
          ranOn: Array.from({ length: 9 }, (_, n) => ({ platform: huge, jobs: n + 1 })),
          fingerprints: Array.from({ length: 300 }, (_, n) => `${n}`.padStart(64, "0")),
          reproduce: reproduceCommand({ ...finding, framework: "go-test", suite: huge }, null),
          earlier: Array.from({ length: 50 }, (_, n) => ({ number: n + 1, outcome: huge })),
        }),
      );
      expect([
        kind,
        composeBody(blocks).length < 65_000,
        blocks["Log excerpts"].includes("<details>"),
      ]).toEqual([kind, true, true]);
      expect(issueTitle(finding).length).toBeLessThan(256);
    }
  });

  test("of everything still fits into an issue, and says what was left out", () => {
    const excerpt = Array.from({ length: 5000 }, (_, at) => `line ${at} ${"x".repeat(80)}`).join("\n");
    const many = Array.from({ length: 200 }, (_, n) => seen(n, { excerpt, jobName: "job ".repeat(30) }));
    const blocks = issueBlocks(facts({ sightings: many }));
    expect(composeBody(blocks).length).toBeLessThan(65_536);
    expect(blocks.Evidence).toContain("… and 180 more, see the console.");
    for (const block of blocks["Log excerpts"].split("</details>"))
      expect(block.split("\n").length).toBeLessThan(130);
  });

  test("that people wrote makes ours shorter, and never goes", () => {
    const excerpt = Array.from({ length: 110 }, (_, at) => `line ${at} ${"x".repeat(100)}`).join("\n");
    const much = facts({ sightings: [seen(0, { excerpt })] });
    const first = composeBody(issueBlocks(facts()));
    for (const size of [100, 40_000, 55_000, 63_500]) {
      const theirs = "w".repeat(size);
      const next = updatedBody(`${theirs}\n\n${first}`, much);
      expect(next).toStartWith(theirs);
      expect(next?.length).toBeLessThanOrEqual(65_536);
      expect([size, next?.includes("<details>")]).toEqual([size, size < 63_500]);
    }
    expect(updatedBody(`${"w".repeat(65_000)}\n\n${first}`, much)).toBeNull();
  });

  test("in a name is cut in the title", () => {
    const finding = sample({
      test: `Test${"Long".repeat(200)}`,
      signature: `${"many words ".repeat(100)}\nmore`,
    });
    expect(issueTitle(finding).length).toBeLessThan(256);
    expect(issueTitle(finding)).not.toContain("\n");
  });

  test("may be missing", () => {
    const bare = facts({
      finding: sample({ package: null, file: null, signature: "", threadUrl: null, reasons: [] }),
      sightings: [seen(0, { excerpt: null })],
      reproduce: null,
    });
    expect(issueTitle(bare.finding)).toBe("[flaky] TestTransferLeader/quick — no message");
    expect(composeBody(issueBlocks(bare))).toMatchSnapshot();
  });
});

test("hostile text has no force", () => {
  const evil =
    "@acme/all closes #1 <img src=x onerror=alert(1)> <!-- flaky:end Summary --> | `x` ``` [a](javascript:b)";
  const hostile = facts({
    finding: sample({
      test: evil,
      package: evil,
      file: evil,
      signature: evil,
      reasons: [{ rule: "r", text: evil }],
    }),
    sightings: [seen(0, { branch: evil, jobName: evil, excerpt: `${evil}\n\`\`\`\`\n</details><b>out</b>` })],
    ranOn: [{ platform: evil, jobs: 1 }],
    reproduce: evil,
  });
  expect(issueTitle(hostile.finding)).not.toMatch(/@acme|#1\b/);
  expect(composeBody(issueBlocks(hostile))).toMatchSnapshot();
});
