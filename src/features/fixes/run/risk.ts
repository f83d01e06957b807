import { TaskStatus } from "../model.ts";
import { exitCode } from "./status.ts";

export interface RiskRule {
  field: string;
  op: "<" | "<=" | ">" | ">=" | "==" | "!=";
  value: number;
}

/** Fields of `status.json` that a rule can compare: the numbers. */
export const RISK_FIELDS: readonly string[] = Object.entries(TaskStatus.shape)
  .filter(([, field]) => field.safeParse(1).success)
  .map(([name]) => name);

/** Reads `<status field> <op> <number>`; null when it is not of that form, or no field of numbers: it would never hold. */
export function parseRiskRule(text: string): RiskRule | null {
  const match = /^\s*([a-z_]+)\s*(<=|>=|==|!=|<|>)\s*(-?\d+(?:\.\d+)?)\s*%?\s*$/.exec(text);
  const [, field, op, value] = match ?? [];
  if (field === undefined || value === undefined || !isOp(op) || !RISK_FIELDS.includes(field)) return null;
  return { field, op, value: Number(value) };
}

const isOp = (op: string | undefined): op is RiskRule["op"] =>
  op !== undefined && ["<", "<=", ">", ">=", "==", "!="].includes(op);

/** True when a status shows what the rule warns of; a rule on what was not measured is false. */
export function riskHolds(rule: RiskRule, status: TaskStatus): boolean {
  const field = Object.entries(status).find(([name]) => name === rule.field)?.[1];
  if (typeof field !== "number") return false;
  const { op, value } = rule;
  if (op === "<") return field < value;
  if (op === "<=") return field <= value;
  if (op === ">") return field > value;
  if (op === ">=") return field >= value;
  return op === "==" ? field === value : field !== value;
}

/** A status whose risk rules were looked at: one that holds asks for a person's look. */
export function applyRiskRules(status: TaskStatus, rules: readonly string[]): TaskStatus {
  const holds = rules.some((text) => {
    const rule = parseRiskRule(text);
    return rule !== null && riskHolds(rule, status);
  });
  if (!holds) return status;
  const outcome = status.outcome === "done" ? "done_with_risk" : status.outcome;
  const risk_labels = [...new Set([...status.risk_labels, "needs-manual-review"])].sort();
  return { ...status, outcome, exit_code: exitCode(outcome), risk_level: "high", risk_labels };
}
