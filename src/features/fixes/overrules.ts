import { and, desc, eq, gte, isNull, or } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import { overrules, tasks } from "../../../db/schema.ts";
import { type Actor, bot } from "../../kernel/actor.ts";
import { ForbiddenError, UserError } from "../../kernel/errors.ts";
import { type FindingId, Login } from "../../kernel/ids.ts";
import { clamp } from "../../kernel/text/clamp.ts";
import { redact } from "../../kernel/text/redact.ts";
import { record } from "../../platform/audit.ts";
import { askedOnce, hasRight, requireRightOf } from "../approvals/rights.ts";
import type { Context } from "../context.ts";
import { type Finding, nameOf, type State } from "../findings/model.ts";
import { type Overrule, RULES } from "./run/gates/index.ts";
import type { Task } from "./store.ts";

type Deps = Pick<Context, "db" | "clock" | "config" | "forge">;

/** States after which no fix comes unless the finding is taken up anew. */
const OVER: ReadonlySet<State> = new Set(["merged", "deployed", "dismissed"]);
const MAX_REASON = 500;
const MAX_GLOB = 200;

export interface OverruleAsk {
  finding: Finding;
  actor: Actor;
  rule: string;
  /** A glob; null for every path. */
  path: string | null;
  reason: string;
}

/**
 * Keeps a maintainer's word that what one restraint rule objects to may stand in the finding's next fix, with its audit
 * row in one transaction. The right is asked of GitHub now.
 * @throws UserError for a rule there is none of, a missing right, or a finding that gets no fix; each is in the audit.
 */
export async function overrule(deps: Deps, ask: OverruleAsk): Promise<void> {
  const { finding, actor, rule, path } = ask;
  const at = deps.clock.now();
  const login = await admit(deps, ask);
  const reason = redact(clamp(ask.reason, MAX_REASON));
  await deps.db.transaction(async (tx) => {
    await tx.insert(overrules).values({ findingId: finding.id, rule, path, login, reason, at });
    const detail = { rule, path, reason };
    await record(tx, { at, actor, action: "overrule", finding: finding.id, detail });
  });
}

function checkRule(rule: string): void {
  if (Object.hasOwn(RULES, rule)) return;
  throw new UserError(
    `There is no such rule. The rules are ${Object.keys(RULES).join(", ")}; docs/gates.md says what each means.`,
  );
}

/**
 * Takes back what was said of a rule and path and no task has begun with, whoever of the maintainers said it.
 * @param ask.reason why; may be empty.
 * @throws UserError for a missing right, or where nothing waits; each is in the audit.
 */
export function undoOverrule(deps: Deps, ask: OverruleAsk): Promise<void> {
  const { finding, actor, rule, path } = ask;
  return audited(deps, ask, async () => {
    await requireRightOf(deps, finding.repo, actor, "maintain");
    checkRule(rule);
    await deps.db.transaction(async (tx) => {
      const same = path === null ? isNull(overrules.path) : eq(overrules.path, path);
      const gone = await tx
        .delete(overrules)
        .where(and(waiting(finding.id), eq(overrules.rule, rule), same))
        .returning({ login: overrules.login });
      if (gone.length === 0)
        throw new UserError(
          `Nothing that was said of this rule${path === null ? "" : " and path"} waits for ${nameOf(finding)}. What a task has begun with is the task's: \`cancel\` stops that.`,
        );
      const reason = redact(clamp(ask.reason, MAX_REASON));
      const detail = { rule, path, reason, said: [...new Set(gone.map(({ login }) => login))] };
      await record(tx, {
        at: deps.clock.now(),
        actor,
        action: "overrule.undone",
        finding: finding.id,
        detail,
      });
    });
  });
}

/** Drops what waits for a finding that gets no fix of its own any more. @returns how much it was. */
export async function dropWaiting(
  tx: Db,
  drop: { finding: FindingId; actor: Actor; at: Date; why: string },
): Promise<number> {
  const { finding, actor, at, why } = drop;
  const gone = await tx.delete(overrules).where(waiting(finding)).returning();
  for (const { rule, path, login } of gone) {
    const detail = { rule, path, by: login, why };
    await record(tx, { at, actor, action: "overrule.dropped", finding, detail });
  }
  return gone.length;
}

const waiting = (finding: FindingId) => and(eq(overrules.findingId, finding), isNull(overrules.taskId));

function admit(deps: Deps, ask: OverruleAsk): Promise<Login> {
  const { finding, actor, rule, path, reason } = ask;
  return audited(deps, ask, async () => {
    const login = await requireRightOf(deps, finding.repo, actor, "maintain");
    checkRule(rule);
    if (reason.trim() === "")
      throw new UserError(`Say why it may stand: \`overrule ${nameOf(finding)} ${rule} …\`.`);
    if ((path ?? "").length > MAX_GLOB)
      throw new UserError(`The path is too long: ${MAX_GLOB} characters at most.`);
    if (OVER.has(finding.state))
      throw new UserError(`${nameOf(finding)} is ${finding.state}: there is no fix to come.`);
    return login;
  });
}

/** Does `work`; what it refuses is in the audit too. */
async function audited<T>(deps: Deps, { actor, finding }: OverruleAsk, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UserError) {
      const detail = { why: error.message, refused: error instanceof ForbiddenError };
      const at = deps.clock.now();
      await record(deps.db, { at, actor, action: "overrule.refused", finding: finding.id, detail });
    }
    throw error;
  }
}

/**
 * What may stand in a task: what was said since the finding's last task began, which is the task's from now on, and for
 * a further round what the fix it goes on from was allowed. Newest first. Whoever may not say it any more is not heard.
 */
export async function overrulesFor(deps: Deps, task: Task, finding: Finding): Promise<Overrule[]> {
  await deps.db.update(overrules).set({ taskId: task.id }).where(waiting(finding.id));
  const since = task.kind === "fix" ? null : await fixSince(deps.db, finding.id);
  const mine = eq(overrules.taskId, task.id);
  const rows = await deps.db
    .select({ said: overrules })
    .from(overrules)
    .innerJoin(tasks, eq(tasks.id, overrules.taskId))
    .where(
      and(
        eq(overrules.findingId, finding.id),
        since === null ? mine : or(mine, and(eq(tasks.state, "done"), gte(tasks.createdAt, since))),
      ),
    )
    .orderBy(desc(overrules.id));
  const heard: Overrule[] = [];
  const may = askedOnce((login) => hasRight(deps, finding.repo, login, "maintain"));
  for (const { said } of rows) {
    const { rule, path, login, reason } = said;
    if (await may(Login.parse(login)))
      heard.push({ rule, ...(path === null ? {} : { path }), by: login, reason });
    else
      await record(deps.db, {
        at: deps.clock.now(),
        actor: bot,
        action: "overrule.dropped",
        finding: finding.id,
        detail: { rule, path, by: login, task: task.id, why: "the right is gone" },
      });
  }
  return heard;
}

/**
 * How what ended a task can be overruled, in mrkdwn; empty unless a restraint rule refused.
 * @param name the finding's, as commands know it
 */
export function overruleHint(name: string, error: string): string {
  if (!error.startsWith("gate_refused")) return "";
  const rules = [...error.matchAll(/ ([a-z-]+) \(refuse\): /g)].flatMap(([, rule]) => rule ?? []);
  const rule = rules.find((one) => Object.hasOwn(RULES, one));
  return rule === undefined
    ? ""
    : `\nA maintainer who would have it so says \`overrule ${name} ${rule} reason\`, and starts it again.`;
}

/** When the fix that the pull request began with was asked for. */
async function fixSince(db: Db, finding: FindingId): Promise<Date | null> {
  const [row] = await db
    .select({ at: tasks.createdAt })
    .from(tasks)
    .where(and(eq(tasks.findingId, finding), eq(tasks.kind, "fix"), eq(tasks.state, "done")))
    .orderBy(desc(tasks.createdAt))
    .limit(1);
  return row?.at ?? null;
}
