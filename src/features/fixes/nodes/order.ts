import { z } from "zod";
import { RepoName, TaskId } from "../../../kernel/ids.ts";
import { StressSetting } from "../../../kernel/stress.ts";
import type { FixInput } from "../model.ts";

const line = z.string().max(2000);
const text = z.string().max(400_000);
const globs = z.array(line).max(500);

/** `http://` or `https://` alone: git knows addresses that run a program. */
export const WebAddress = z.url({ protocol: /^https?$/ });

/** A fixer's input as it comes to a node over HTTP; what a fix on the service alone needs is left out. */
export const FixOrder = z.object({
  taskId: TaskId,
  kind: z.enum(["fix", "task", "error"]),
  repo: RepoName,
  source: z.object({ cloneUrl: WebAddress }),
  base: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._/-]{0,200}$/)
    .nullable(),
  branch: line,
  test: z
    .object({
      name: line,
      package: line.exactOptional(),
      file: line.nullable().exactOptional(),
      framework: line,
    })
    .nullable(),
  objective: text.nullable(),
  evidence: text,
  signatures: z.array(text).exactOptional(),
  analysis: text.nullable(),
  context: text.nullable(),
  discussion: z.array(z.object({ author: line, text, trusted: z.boolean() })),
  toolchain: z.object({
    setup: line.exactOptional(),
    test: line.exactOptional(),
    suite: line.exactOptional(),
    lint: line.exactOptional(),
    types: line.exactOptional(),
    coverage: line.exactOptional(),
  }),
  prove: z.object({ runs: z.int().min(0).max(10_000), stress: StressSetting.exactOptional() }),
  paths: z.object({ allow: globs, deny: globs, product: z.enum(["deny", "allow"]) }),
  gates: z.record(z.string(), z.enum(["refuse", "label", "allow"])).exactOptional(),
  overrules: z
    .array(z.object({ rule: line, path: line.exactOptional(), by: line, reason: text }))
    .exactOptional(),
  budget: z.object({
    usd: z.number().min(0),
    steps: z.int().min(0),
    minutes: z
      .number()
      .min(0)
      .max(24 * 60),
  }),
  earlierFixes: z.array(text),
  titlePrefix: line.exactOptional(),
});

/** What `POST /process-issue` takes: who reports where, and all that a fixer of ours starts from. */
export const Order = z.looseObject({
  task_id: TaskId,
  attempt: z.int().min(1),
  repository_url: WebAddress,
  credential_token: z.string().max(1000),
  push_branch: line.nullish(),
  report_url: WebAddress,
  report_token: z.string().min(20).max(200),
  fix: FixOrder,
});
export type Order = z.infer<typeof Order>;

/** A node's own credential, for the one site it belongs to. */
export interface OwnToken {
  token: string;
  origin: string;
}

/** The input of a run on this node; the credential goes into the address, which only git sees. */
export function inputOf(order: Order, own: OwnToken | null): FixInput {
  const url = new URL(order.repository_url);
  const token = order.credential_token || (own?.origin === url.origin ? own.token : "");
  url.username = token === "" ? "" : "x-access-token";
  url.password = token;
  return {
    ...order.fix,
    taskId: order.task_id,
    source: { cloneUrl: url.href },
    reviewComments: [],
    fixer: { kind: "model" },
  };
}
