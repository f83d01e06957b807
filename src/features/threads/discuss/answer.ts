import type { Db } from "../../../../db/client.ts";
import { repoConfig } from "../../../config/index.ts";
import { bot } from "../../../kernel/actor.ts";
import { RefusedError, TransientError } from "../../../kernel/errors.ts";
import { ChannelId, MessageTs } from "../../../kernel/ids.ts";
import { record } from "../../../platform/audit.ts";
import { enqueueWrite } from "../../../platform/outbox/store.ts";
import type { Context } from "../../context.ts";
import type { Finding, State } from "../../findings/model.ts";
import { findingById } from "../../findings/store.ts";
import { enqueueComment, noteSenderKind } from "../../issues/comments.ts";
import { reviseAnalysis } from "../../issues/revise.ts";
import { issueOf } from "../../issues/store.ts";
import { askModel, spentToday } from "../../model-budget.ts";
import { enqueueReply } from "../replies.ts";
import { threadOf } from "../store.ts";
import { gather, type Material } from "./material.ts";
import {
  answerText,
  inThread,
  mirroredToIssue,
  mirroredToThread,
  onIssue,
  stoppedText,
  turnaroundOf,
} from "./messages.ts";
import { Answer, FAULTS, type Fault, type Question } from "./model.ts";
import { countTry, endQuestion, questionById } from "./store.ts";
import { turnOf } from "./turns.ts";

type Deps = Pick<Context, "db" | "queue" | "clock" | "config" | "forge" | "model" | "prompts" | "log">;

/** After so many tries the asker is told that there is no answer; the queue makes them about half a minute. */
const MOST_TRIES = 5;

/** States in which no fix rests on the analysis yet: there anybody's facts may change it. */
const UNDECIDED: readonly State[] = ["new", "open", "failed"];

/**
 * Answers a question, once. The model is given data and gives words: it has no tools, and nothing it says does
 * anything but stand there.
 * @throws TransientError when the model failed in a way that may pass; the job is then tried again.
 */
export async function answerQuestion(deps: Deps, id: number): Promise<void> {
  const question = await questionById(deps.db, id);
  const finding = question === null ? null : await findingById(deps.db, question.findingId);
  if (question === null || finding === null || question.state !== "waiting") return;
  const { bot_turns: turns } = deps.config.file.limits;
  const turn = await turnOf(deps.db, deps.clock.now(), turns, question);
  if (turn === "silence") return end(deps, question, "ignored", null);
  if (turn === "stop") return end(deps, question, "stopped", stoppedText(turns));
  if ((await spentToday(deps.db, deps.clock.now())) >= deps.config.file.budget.usd_per_day)
    return giveUp(deps, question, "budget");
  const tries = await countTry(deps.db, id);
  try {
    const material = await gather(deps, finding, question);
    const prompt = deps.prompts("discuss", material.vars);
    const ask = { purpose: "discuss", prompt, schema: Answer, finding: finding.id };
    await give(deps, question, finding, material, await askModel(deps, ask));
  } catch (error) {
    if (error instanceof RefusedError) return giveUp(deps, question, "refused");
    if (error instanceof TransientError && tries >= MOST_TRIES) return giveUp(deps, question, "failing");
    throw error;
  }
}

const giveUp = (deps: Deps, question: Question, fault: Fault): Promise<void> =>
  end(deps, question, "failed", FAULTS[fault]);

/** Ends a question without an answer; `words`, if any, are said to the asker alone, where they asked. */
async function end(
  deps: Deps,
  question: Question,
  state: "failed" | "stopped" | "ignored",
  words: string | null,
): Promise<void> {
  const at = deps.clock.now();
  await deps.db.transaction(async (tx) => {
    if (!(await endQuestion(tx, question.id, { state, answer: words, at }))) return;
    await noteEnd(tx, question, at, { ended: state });
    if (words !== null) await say(deps, tx, question, words);
  });
}

async function give(
  deps: Deps,
  question: Question,
  finding: Finding,
  material: Material,
  answer: Answer,
): Promise<void> {
  const at = deps.clock.now();
  const change = turnaroundOf(answer, material);
  await deps.db.transaction(async (tx) => {
    const now = (await findingById(tx, finding.id))?.state ?? finding.state;
    const undecided = UNDECIDED.includes(now);
    const open = question.trusted || undecided;
    const changed = undecided ? "undecided" : now === "approved" ? "approved" : "begun";
    const standing = open ? changed : "stays";
    const text = answerText(answer, material, change, standing);
    if (!(await endQuestion(tx, question.id, { state: "answered", answer: text, at }))) return;
    await noteEnd(tx, question, at, {
      ended: "answered",
      changed: change !== null && open,
      language: answer.language,
    });
    await say(deps, tx, question, text);
    if (!question.kept) await mirror(deps, tx, question, finding, text);
    if (change === null || !open || material.issue === null) return;
    const { author: by, url } = question;
    const revised = await reviseAnalysis(deps, tx, material.issue, {
      ...change,
      by,
      url: question.kept ? null : url,
    });
    // somebody else's fact changed it since the model read it: the question is answered on what stands now
    if (!revised) throw new TransientError("the analysis was changed in the meantime", 1000);
  });
}

const noteEnd = (tx: Db, question: Question, at: Date, detail: Record<string, unknown>): Promise<void> =>
  record(tx, {
    at,
    actor: bot,
    action: "question",
    finding: question.findingId,
    detail: { from: question.from, source: question.source, by: question.author, ...detail },
  });

/** Says something where the question stands. Somebody asked, so a pause does not hold it up. */
async function say(deps: Deps, tx: Db, question: Question, text: string): Promise<void> {
  const key = `question:${question.id}`;
  if (question.from === "slack") {
    const thread = await threadOf(tx, question.findingId);
    if (thread === null) return;
    const { channel, ts } = thread;
    await enqueueReply(tx, deps.clock, {
      channel: ChannelId.parse(channel),
      thread: MessageTs.parse(ts),
      key,
      text: inThread(text),
      finding: question.findingId,
    });
    return;
  }
  const issue = await issueOf(tx, question.findingId);
  if (issue === null) return;
  await enqueueComment(tx, deps.clock, {
    kind: noteSenderKind,
    key,
    repo: issue.repo,
    number: issue.number,
    body: onIssue(question, text),
    finding: question.findingId,
    whilePaused: "go",
  });
}

/** Puts an answer on the other side too, as the relay of people's words is set. */
async function mirror(deps: Deps, tx: Db, question: Question, finding: Finding, text: string): Promise<void> {
  const relay = repoConfig(deps.config, finding.repo)?.relay ?? "off";
  const thread = await threadOf(tx, finding.id);
  if (thread === null || thread.muted || relay === "off") return;
  const key = `question:${question.id}:copy`;
  if (question.from === "github") {
    await enqueueWrite(tx, deps.clock, {
      destination: "slack",
      lane: thread.channel,
      kind: "thread.note",
      key,
      payload: { finding: finding.id, text: mirroredToThread(question, deps.forge.name(finding.repo), text) },
      finding: finding.id,
    });
    return;
  }
  const issue = await issueOf(tx, finding.id);
  if (issue === null || relay !== "both") return;
  await enqueueComment(tx, deps.clock, {
    kind: noteSenderKind,
    key,
    repo: issue.repo,
    number: issue.number,
    body: mirroredToIssue(question, text),
    finding: finding.id,
  });
}
