import { RefusedError, TransientError } from "../../src/kernel/errors.ts";
import { ChannelId, ChatUserId, IssueNumber, Login, MessageTs, RepoName } from "../../src/kernel/ids.ts";
import type { Chat, PostedMessage } from "../../src/ports/chat.ts";
import type { Forge, ForgeComment } from "../../src/ports/forge.ts";

export type Side = "slack" | "github";

/** A message of one side as it stands. */
interface Standing {
  id: string;
  by: "person" | "bot";
  text: string;
  key: string | null;
  /** Microseconds since 1970. */
  made: number;
  changed: number;
}

export const CHANNEL = ChannelId.parse("C0TALK");
export const ROOT = MessageTs.parse("1700000000.000000");
export const REPO = RepoName.parse("acme/shop");
export const ISSUE = IssueNumber.parse(7);
const BOT = Login.parse("flaky-bot");
const SECOND = 1_000_000;

/** A thread and an issue in memory, with the faults of real ones: outages, lost answers, conflicts. */
export class Sides {
  readonly standing: Record<Side, Map<string, Standing>> = { slack: new Map(), github: new Map() };
  /** Microseconds since 1970. */
  now = 1_700_000_001 * SECOND;
  /** Whether nothing answers. */
  outage = false;
  /** Whether writes fail now and then. */
  faulty = true;
  private ids = 100;

  constructor(private readonly random: () => number) {}

  /** GitHub's times have whole seconds. */
  time(side: Side): number {
    return side === "slack" ? this.now : Math.floor(this.now / SECOND) * SECOND;
  }

  add(side: Side, by: Standing["by"], text: string, key: string | null = null): string {
    this.now += 1;
    this.ids += 1;
    const id =
      side === "slack"
        ? `${Math.floor(this.now / SECOND)}.${String(this.now % SECOND).padStart(6, "0")}`
        : String(this.ids);
    const at = this.time(side);
    this.standing[side].set(id, { id, by, text, key, made: at, changed: at });
    return id;
  }

  edit(side: Side, id: string, text: string): void {
    const found = this.standing[side].get(id);
    if (found === undefined) throw new RefusedError(`${id} is not there`, 404);
    this.now += 1;
    found.text = text;
    found.changed = this.time(side);
  }

  drop(side: Side, id: string): void {
    this.now += 1;
    this.standing[side].delete(id);
  }

  of(side: Side, by: Standing["by"]): Standing[] {
    return [...this.standing[side].values()].filter((one) => one.by === by);
  }

  read(): void {
    if (this.outage) throw new TransientError("nothing answers");
  }

  /** A write that may fail: before it is done, after it, or by a conflict. */
  private async written<T>(work: () => T): Promise<T> {
    this.read();
    const chance = this.faulty ? this.random() : 1;
    if (chance < 0.05) throw new TransientError("not done");
    if (chance < 0.08) throw new RefusedError("conflict", 409);
    const done = work();
    if (chance < 0.14) throw new TransientError("done, and the answer was lost");
    return done;
  }

  readonly chat: Pick<Chat, "messages" | "post" | "update" | "remove" | "permalink"> = {
    messages: async (_, { oldest }) => {
      this.read();
      const all = [...this.standing.slack.values()].filter((one) => Number(one.id) >= Number(oldest ?? 0));
      return all.map((one): PostedMessage => {
        const person = one.by === "person";
        return {
          ts: MessageTs.parse(one.id),
          threadTs: ROOT,
          user: person ? ChatUserId.parse("U1") : null,
          botId: person ? null : "B1",
          text: one.text,
          files: [],
          edited: null,
          key: one.key,
        };
      });
    },
    post: (_, { text }, { key }) => this.written(() => MessageTs.parse(this.add("slack", "bot", text, key))),
    update: (_, ts, { text }) => this.written(() => this.edit("slack", ts, text)),
    remove: (_, ts) => this.written(() => this.drop("slack", ts)),
    permalink: async (_, ts) => {
      this.read();
      if (!this.standing.slack.has(ts)) throw new RefusedError("message_not_found", 404);
      return `https://slack.test/${ts}`;
    },
  };

  readonly forge: Pick<
    Forge,
    "name" | "whoAmI" | "comments" | "comment" | "editComment" | "deleteComment" | "issue"
  > = {
    name: () => "GitHub",
    whoAmI: async () => BOT,
    comments: async () => {
      this.read();
      return [...this.standing.github.values()].map(toComment);
    },
    comment: (_, __, body) =>
      this.written(() => toComment(this.standing.github.get(this.add("github", "bot", body)))),
    editComment: (_, id, body) =>
      this.written(() => {
        this.edit("github", String(id), body);
        return toComment(this.standing.github.get(String(id)));
      }),
    deleteComment: (_, id) => this.written(() => this.drop("github", String(id))),
    issue: () => Promise.reject(new Error("no copy is out of reach here")),
  };
}

function toComment(one: Standing | undefined): ForgeComment {
  if (one === undefined) throw new Error("the comment is not there");
  return {
    id: Number(one.id),
    author: one.by === "bot" ? BOT : Login.parse("carol"),
    body: one.text,
    url: `https://github.test/${one.id}`,
    createdAt: new Date(one.made / 1000),
    updatedAt: new Date(one.changed / 1000),
  };
}
