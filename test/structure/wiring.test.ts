import { expect, test } from "bun:test";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Context } from "../../src/features/context.ts";
import { TASK_TEMPLATES } from "../../src/features/fixes/model.ts";
import { commandKind } from "../../src/features/issues/bare-commands.ts";
import { noteSenderKind } from "../../src/features/issues/comments.ts";
import { handlers } from "../../src/inbound/jobs.ts";
import { senders } from "../../src/inbound/senders.ts";
import { InboxReceiver } from "../../src/inbound/slack/receiver.ts";
import { loadPrompts } from "../../src/kernel/prompt.ts";
import { JOBS } from "../../src/platform/jobs.ts";
import { CODE, ROOT, sources } from "./sources.ts";

// the lists are only looked at, and nothing of them is called
const unused = {} as Context & { workDir: string };
const src = sources(["src/features", "src/commands", "src/inbound"], CODE);
const matches = (pattern: RegExp) =>
  new Set(src.flatMap(({ text }) => [...text.matchAll(pattern)].map((m) => m[1] ?? "")));

test("every job has a handler, and every handler a job", () => {
  const handled = Object.keys(handlers(unused, new InboxReceiver(unused)));
  expect(handled.sort()).toEqual(Object.keys(JOBS).sort());
});

test("every job is enqueued somewhere", () => {
  const sent = new Set(
    sources(["src"], CODE).flatMap(({ text }) =>
      [...text.matchAll(/\.send\(\s*[\w.]+,\s*"([\w.]+)"/g)].map((match) => match[1] ?? ""),
    ),
  );
  expect(Object.keys(JOBS).filter((job) => !sent.has(job))).toEqual([]);
});

test("every kind of write has a sender, and every sender a kind", () => {
  const written = matches(/\bkind: "([a-z]+\.[a-z]+)"/g);
  for (const _ of matches(/\bkind: (noteSenderKind)\b/g)) written.add(noteSenderKind);
  for (const _ of matches(/\bkind: (commandKind)\b/g)) written.add(commandKind);
  expect([...senders(unused).keys()].sort()).toEqual([...written].sort());
});

test("every prompt can be read, is used, and is there where it is used", () => {
  const folder = join(ROOT, "prompts");
  loadPrompts(folder);
  const there = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => file.replace(/\.md$/, ""));
  const templates = TASK_TEMPLATES.map((name) => `tasks/${name}`);
  expect([...matches(/\bprompts\(\s*"([\w-]+)"/g), ...templates].sort()).toEqual(there.sort());
});
