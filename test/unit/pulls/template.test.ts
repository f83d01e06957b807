import { expect, test } from "bun:test";
import { fillTemplate } from "../../../src/features/pulls/template.ts";

const BODY = `## Why it failed, and why it can't now

The leader is read before the election ended; now it waits.

## Is the product at fault?

No: the election promises no time.

## What changed

Waits for the leader.

## Proof

- After: 0 of 40 runs failed.

## Gates

| gate |
`;
const parts = {
  body: BODY,
  commitMessage: "test: make TestX stable\n\nWaits for the leader.\n",
  issue: 12,
  link: "ref" as const,
  changesTests: true,
};

const PROW = `<!-- thanks -->
### What problem does this PR solve?
<!-- why -->
Issue Number: Close #xxx

### What is changed and how does it work?

\`\`\`commit-message

\`\`\`

### Check List
Tests
- [ ] Unit test
- [ ] Manual test

### Release note

\`\`\`release-note
None.
\`\`\`
`;

test("a template of Prow's kind is filled: issue, commit message, release note, boxes; the rest comes after", () => {
  expect(fillTemplate(PROW, parts)).toMatchSnapshot();
});

test("the mechanism leads where the template asks for it late", () => {
  const text = fillTemplate("### What changes\n\n### Why\n\n### How it was tested\n\nIssue: ref #\n", parts);
  expect(text).toMatchSnapshot();
  expect(text.startsWith("### Why it failed")).toBe(true);
});

test("without an issue the line goes; without a line the reference stands at the end", () => {
  expect(fillTemplate(PROW, { ...parts, issue: null })).not.toContain("Issue Number");
  expect(fillTemplate("### Why\n", parts)).toEndWith("---\n\nIssue Number: ref #12");
});
