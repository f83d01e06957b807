import { MINUTE } from "../../../kernel/clock.ts";
import type { ChannelId, FindingId, MessageTs } from "../../../kernel/ids.ts";
import { clamp } from "../../../kernel/text/clamp.ts";
import { redact } from "../../../kernel/text/redact.ts";
import type { Context } from "../../context.ts";
import { enqueueReply } from "../replies.ts";
import { isBotName, type Question } from "./model.ts";
import { addQuestion, waitingQuestions } from "./store.ts";

type Deps = Pick<Context, "db" | "queue" | "clock">;

/** What a person asked in a finding's thread or on its issue. */
export interface Asked {
  finding: FindingId;
  from: Question["from"];
  /** `channel/ts`, `comment/id`, or `dialog/id` of one that was sent off. */
  source: string;
  /** Address of the message. */
  url: string;
  /** Login, or the name of somebody who is not linked. */
  author: string;
  trusted: boolean;
  /** Begins with `//`: stays in Slack. */
  kept: boolean;
  text: string;
  /** What tells the thread of a question that is no message of its own; mrkdwn. */
  shown?: { channel: ChannelId; thread: MessageTs; text: string };
}

/** Takes a question, once, and has it answered. Programs are not answered. */
export async function takeQuestion(deps: Deps, asked: Asked): Promise<void> {
  if (isBotName(asked.author)) return;
  const { finding, text, shown, ...rest } = asked;
  await deps.db.transaction(async (tx) => {
    const id = await addQuestion(tx, {
      ...rest,
      findingId: finding,
      text: redact(clamp(text.trim(), 4000)),
      at: deps.clock.now(),
      state: "waiting",
    });
    if (id === null) return;
    if (shown !== undefined)
      await enqueueReply(tx, deps.clock, { ...shown, key: `question:${id}:asked`, finding });
    await deps.queue.send(tx, "question.answer", { question: id }, { key: `question:${id}` });
  });
}

/** Asks again for the answers to questions that wait too long. */
export async function resumeQuestions(deps: Deps): Promise<void> {
  const before = new Date(deps.clock.now().getTime() - 10 * MINUTE);
  for (const question of await waitingQuestions(deps.db, before)) {
    await deps.queue.send(deps.db, "question.answer", { question }, { key: `question:${question}` });
  }
}
