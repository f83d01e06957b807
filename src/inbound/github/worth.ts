import { type Config, repoConfig } from "../../config/index.ts";
import { LABELS, OUR_LABELS } from "../../features/issues/labels.ts";
import { PAYLOADS, type Payload, type PayloadKind } from "./payloads.ts";

type Tests = { [K in PayloadKind]?: (payload: Payload<K>) => boolean };

/** What is done to an issue and is somebody's news, or a yes; other labels of ours the card tells. */
const TELLS: Tests["issues"] = ({ action, label }) => {
  if (action === "labeled" || action === "unlabeled")
    return label !== undefined && (label.name === LABELS.approved || !OUR_LABELS.has(label.name));
  return ["closed", "reopened", "assigned", "unassigned"].includes(action);
};

const TESTS: Tests = {
  workflow_run: ({ action }) => action === "completed",
  issues: TELLS,
  issue_comment({ action, comment, changes }) {
    if (action === "deleted") return true;
    if (comment.user.type === "Bot") return false;
    return action === "created" || (action === "edited" && changes?.body !== undefined);
  },
};

/** Kinds whose repository may be another than the configured ones: a fork's commit has checks there. */
const ANYWHERE: readonly PayloadKind[] = ["check_run", "status"];

/**
 * Whether anything may be made of a webhook in GitHub's form, as far as it tells by itself: of most, nothing is. One of
 * a known kind and another form is worth a look, which says so.
 */
export function isWorthWork(config: Config, kind: string, payload: unknown): boolean {
  if (!isKind(kind)) return false;
  const read = readPayload(kind, payload);
  return "faults" in read || concerns(config, kind, read.payload);
}

/** A webhook's payload as its kind has it, or how many faults it has. */
export function readPayload<K extends PayloadKind>(
  kind: K,
  payload: unknown,
): { payload: Payload<K> } | { faults: number } {
  const parsed = PAYLOADS[kind].safeParse(payload);
  // parsed with this very kind's schema
  return parsed.success ? { payload: parsed.data as Payload<K> } : { faults: parsed.error.issues.length };
}

/** The same of a payload that was read. */
export function concerns<K extends PayloadKind>(config: Config, kind: K, read: Payload<K>): boolean {
  if (!ANYWHERE.includes(kind) && repoConfig(config, read.repository.full_name) === undefined) return false;
  return TESTS[kind]?.(read) ?? true;
}

export const isKind = (kind: string): kind is PayloadKind => Object.hasOwn(PAYLOADS, kind);
