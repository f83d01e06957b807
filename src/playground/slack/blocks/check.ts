import type { z } from "zod";
import { ApiError } from "../api/error.ts";
import type { Ids } from "../ids.ts";
import { type Block, Blocks, type Control } from "./schema.ts";

const MAX_CHARACTERS = 13_000;

/** The controls of a block, in the order they are shown. */
export function controlsOf(block: Block): Control[] {
  if (block.type === "actions") return block.elements;
  if (block.type === "input") return [block.element];
  if (block.type === "section" && block.accessory && block.accessory.type !== "image")
    return [block.accessory];
  return [];
}

/** Checks blocks as Slack does and gives those without one a block id and action ids. Throws ApiError. */
export function checkBlocks(raw: unknown, surface: "message" | "modal", ids: Ids): Block[] {
  const most = surface === "message" ? 50 : 100;
  if (!Array.isArray(raw)) throw new ApiError("invalid_blocks_format");
  if (raw.length > most) {
    throw invalid([`[ERROR] no more than ${most} items allowed [json-pointer:/blocks]`]);
  }
  const parsed = Blocks.safeParse(raw);
  if (!parsed.success) throw invalid(parsed.error.issues.map(issueText));
  if (surface === "message" && characters(parsed.data) > MAX_CHARACTERS) {
    throw new ApiError("msg_blocks_too_long");
  }
  const faults = parsed.data.flatMap(emptySection);
  for (const block of parsed.data) {
    block.block_id ??= ids.id("", 5);
    for (const control of controlsOf(block)) control.action_id ??= ids.id("", 5);
  }
  faults.push(...duplicateFaults(parsed.data));
  if (faults.length > 0) throw invalid(faults);
  return parsed.data;
}

const invalid = (messages: string[]) => new ApiError("invalid_blocks", { response_metadata: { messages } });

function emptySection(block: Block, index: number): string[] {
  if (block.type !== "section" || block.text || block.fields) return [];
  return [`[ERROR] missing required field: text [json-pointer:/blocks/${index}/text]`];
}

function duplicateFaults(blocks: Block[]): string[] {
  const faults: string[] = [];
  const seen = new Set<string>();
  for (const [index, block] of blocks.entries()) {
    const id = block.block_id ?? "";
    if (seen.has(id)) {
      faults.push(`[ERROR] block_id "${id}" already exists [json-pointer:/blocks/${index}/block_id]`);
    }
    seen.add(id);
    const actions = new Set<string>();
    for (const [place, control] of controlsOf(block).entries()) {
      const action = control.action_id ?? "";
      if (actions.has(action)) {
        faults.push(
          `[ERROR] action_id "${action}" already exists [json-pointer:/blocks/${index}/elements/${place}/action_id]`,
        );
      }
      actions.add(action);
    }
  }
  return faults;
}

function issueText(issue: z.core.$ZodIssue): string {
  const where = `[json-pointer:/blocks/${issue.path.map(String).join("/")}]`;
  if (issue.code === "too_big") {
    const unit = issue.origin === "string" ? "characters" : "items";
    return issue.origin === "string"
      ? `[ERROR] must be less than ${Number(issue.maximum) + 1} ${unit} ${where}`
      : `[ERROR] no more than ${issue.maximum} ${unit} allowed ${where}`;
  }
  if (issue.code === "too_small") {
    return `[ERROR] must be more than ${Number(issue.minimum) - 1} ${issue.origin === "string" ? "characters" : "items"} ${where}`;
  }
  if (issue.code === "unrecognized_keys") {
    return `[ERROR] invalid additional property: ${issue.keys.join(", ")} ${where}`;
  }
  if (issue.code === "invalid_union" && issue.errors.length === 0) return `[ERROR] unsupported type ${where}`;
  return `[ERROR] ${issue.message} ${where}`;
}

/** Characters of all texts people see. */
function characters(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, each) => sum + characters(each), 0);
  if (value === null || typeof value !== "object") return 0;
  return Object.entries(value).reduce(
    (sum, [key, each]) => sum + (key === "text" && typeof each === "string" ? each.length : characters(each)),
    0,
  );
}
