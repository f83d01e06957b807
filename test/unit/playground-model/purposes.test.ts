import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { ResponseFormatJSONSchema } from "openai/resources/shared";
import { systemClock } from "../../../src/kernel/clock.ts";
import { type ModelServer, startModel } from "../../../src/playground/model/index.ts";
import { flakyTests, history } from "../../../src/playground/target/index.ts";
import { clientOf } from "./support/agent.ts";
import { type Clone, cloneTarget } from "./support/clone.ts";

const NOTE = "(scripted playground model)";
const schema: ResponseFormatJSONSchema = {
  type: "json_schema",
  json_schema: {
    name: "analysis",
    strict: true,
    schema: {
      type: "object",
      properties: {
        cause: { type: "string" },
        evidence_lines: { type: "array", items: { type: "integer" } },
        reproduce: { type: "string" },
        fix: { type: "string" },
        risks: { type: "string" },
        note: { type: ["string", "null"] },
      },
      required: ["cause", "evidence_lines", "reproduce", "fix", "risks", "note"],
      additionalProperties: false,
    },
  },
};

let model: ModelServer;
beforeAll(async () => {
  model = await startModel({ clock: systemClock });
});
afterAll(() => model.stop());

async function ask(purpose: string, user: string, format?: ResponseFormatJSONSchema): Promise<string> {
  const reply = await clientOf(model).chat.completions.create({
    model: "any",
    messages: [
      { role: "system", content: `purpose: ${purpose}\nYou help with flaky tests.` },
      { role: "user", content: user },
    ],
    ...(format ? { response_format: format } : {}),
  });
  return reply.choices[0]?.message.content ?? "";
}

const numbered = (log: string): string =>
  log
    .split("\n")
    .map((line, index) => `${index + 101}: ${line}`)
    .join("\n");

/** A real log in which the test failed. */
async function failingLog(clone: Clone, file: string): Promise<string> {
  for (let run = 0; run < 80; run += 1) {
    const { exit, output } = await clone.bun("test", file);
    if (exit !== 0) return output;
  }
  throw new Error(`${file} never failed`);
}

const opening: Record<string, string> = {
  race: "A race.",
  "shared state": "State shared between tests.",
  deadline: "A deadline.",
};

describe.each([...flakyTests])("of a log with the $kind", ({ kind, file, test: name }) => {
  test("explains the cause, tied to lines of the log", async () => {
    await using clone = await cloneTarget();
    const log = numbered(await failingLog(clone, file));
    const user = `Test: ${name}\n\nLog:\n${log}\n`;

    const text = await ask("analyse", user);
    expect(text.match(/^## .+$/gm)).toEqual([
      "## Cause",
      "## How to reproduce",
      "## Smallest fix",
      "## Risks",
    ]);
    expect(text).toContain(opening[kind] ?? "?");
    expect(text).toEndWith(NOTE);

    const analysis = JSON.parse(await ask("analyse", user, schema));
    expect(Object.keys(analysis)).toEqual(["cause", "evidence_lines", "reproduce", "fix", "risks", "note"]);
    const lines = log.split("\n");
    const quoted = analysis.evidence_lines.map((line: number) =>
      lines.find((l) => l.startsWith(`${line}: `)),
    );
    expect(quoted.join("\n")).toMatch(/error: expect[\s\S]+Expected: [\s\S]+Received: [\s\S]+\(fail\)/);
    expect(analysis.note).toBeNull();

    const verdict = JSON.parse(await ask("classify", user));
    expect(verdict).toMatchObject({ class: "flaky-test", confidence: 0.85 });
    expect(verdict.reasons[0]).toEqual({
      line: analysis.evidence_lines[0],
      text: expect.stringContaining("error:"),
    });
  });
});

test("tells an outage and a regression from a flake", async () => {
  const of = (kind: string) => history.find((change) => change.kind === kind)?.files ?? {};
  await using broken = await cloneTarget(of("regression"));
  const regression = numbered((await broken.bun("test", "test/order.test.ts")).output);
  const verdict = JSON.parse(
    await ask("classify", `Test: order > adds the tax to the nearest cent\n${regression}`),
  );
  expect(verdict).toMatchObject({ class: "likely-regression" });

  const outage = numbered(
    "error: request to http://r.invalid/ failed, reason: getaddrinfo ENOTFOUND r.invalid",
  );
  expect(JSON.parse(await ask("classify", outage))).toEqual({
    class: "infra-flake",
    confidence: 0.9,
    reasons: [{ line: 101, text: expect.stringContaining("ENOTFOUND") }],
  });
  expect(JSON.parse(await ask("classify", "nothing here"))).toMatchObject({ class: "unknown", reasons: [] });
});

test("quotes the lines where the schema wants text", async () => {
  const properties = {
    cause: { type: "string" },
    evidence_lines: { type: "array", items: { type: "string" } },
  };
  const form: ResponseFormatJSONSchema = {
    type: "json_schema",
    json_schema: { name: "analysis", schema: { type: "object", properties, required: ["cause"] } },
  };
  const log =
    'Expected: "08:00"\nReceived: undefined\n(fail) pickup desk > notes the hour the carrier confirms';
  const user = `Test: pickup desk > notes the hour the carrier confirms\n${numbered(log)}`;
  const analysis = JSON.parse(await ask("analyse", user, form));
  expect(analysis.evidence_lines.slice(0, 2)).toEqual(['101: Expected: "08:00"', "102: Received: undefined"]);
  expect(analysis.cause).toEndWith("This shows in lines 101, 102, 103.");
});

test.each([
  ["Why does it fail?", "State shared between tests."],
  ["How do I reproduce it locally?", "--seed=N"],
  ["Can't we just use a longer timeout?", "would only hide it"],
  ["Is our product at fault?", "not at fault"],
])("answers %p", async (question, part) => {
  const user = `Finding F3\nTest: catalog > asks the list price for an apple\n\nalice asks:\n${question}`;
  const text = await ask("discuss", user);
  expect(text).toContain(part);
  expect(text).toEndWith(NOTE);
});

test("says that it knows only its own repository", async () => {
  for (const purpose of ["analyse", "discuss", "dance"]) {
    expect(await ask(purpose, "Test: TestUpdateMember\nWhy?")).toContain("I am a script and know only");
  }
});
