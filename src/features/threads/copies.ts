import { z } from "zod";
import type { Db } from "../../../db/client.ts";
import type { Clock } from "../../kernel/clock.ts";
import { RefusedError, TransientError } from "../../kernel/errors.ts";
import { ChannelId, FindingId, MessageTs } from "../../kernel/ids.ts";
import { type OutboxRow, sender } from "../../platform/outbox/sender.ts";
import { enqueueWrite } from "../../platform/outbox/store.ts";
import type { Context } from "../context.ts";
import { findingById } from "../findings/store.ts";
import { findComment, withMark } from "../issues/marks.ts";
import { type IssueRow, issueOf } from "../issues/store.ts";
import { findReply } from "./notes.ts";
import { type Copy, missing, nextAct } from "./relay-core.ts";
import { copiesOf, countParked, relayedById, setCopy, setRemoving } from "./relayed.ts";
import { digestOf, partsOf } from "./standing.ts";
import { type Relayed, type Thread, threadOf } from "./store.ts";

type Deps = Pick<Context, "db" | "clock" | "chat" | "forge">;

/** A part of a message whose copy is to be brought up to date; what it is to say is read when it is written. */
const Part = z.object({ relayed: z.int(), part: z.int().default(0) });
type Part = z.infer<typeof Part>;

/** Decides to bring the copies of a message's parts up to date. `again` tells a later try from the first. */
export async function enqueueParts(
  tx: Db,
  clock: Clock,
  todo: { row: Relayed; parts: readonly number[]; thread: Thread; again?: string },
): Promise<void> {
  const { row, parts, thread, again = "" } = todo;
  const finding = FindingId.parse(row.findingId);
  const issue = row.from === "slack" ? await issueOf(tx, finding) : null;
  if (row.from === "slack" && issue === null) return;
  for (const part of parts) {
    const write = {
      key: `${markOf({ relayed: row.id, part })}:${row.revision}${again}`,
      payload: { relayed: row.id, part },
      finding,
    };
    if (issue === null)
      await enqueueWrite(tx, clock, {
        destination: "slack",
        lane: thread.channel,
        kind: "relay.reply",
        ...write,
      });
    else
      await enqueueWrite(tx, clock, {
        destination: "github",
        lane: `${issue.repo}#${issue.number}`,
        kind: "relay.comment",
        ...write,
      });
  }
}

/** What a copy is marked with, the same in every write of it. */
const markOf = ({ relayed, part }: Part): string => `relay:${relayed}:${part}`;

/** How copies are written on one side. Each call throws TransientError or RefusedError. */
interface Writing {
  find(mark: string, since: Date): Promise<string | null>;
  create(text: string, mark: string): Promise<string>;
  edit(target: string, text: string, mark: string): Promise<void>;
  remove(target: string): Promise<void>;
  /** Throws where a copy cannot be looked at because the whole place is out of reach. */
  reach(): Promise<void>;
}

/**
 * A copy is made to say what its original says by now, in one call. A create that may have arrived, since it was begun
 * or given up before, is looked for first.
 */
const copySender = (deps: Deps, place: (finding: FindingId) => Promise<Writing | null>) =>
  sender<Part, Copy>({
    payload: Part,
    async send(payload, row) {
      const entry = await relayedById(deps.db, payload.relayed);
      const writing = entry === null ? null : await place(FindingId.parse(entry.findingId));
      if (entry === null || writing === null) return null;
      return conflictsPass(() => write(deps, writing, entry, payload, row));
    },
    settled: (tx, copy, { relayed, part }) => setCopy(tx, relayed, part, copy),
    refused: (tx, _error, { relayed, part }) => countParked(tx, relayed, part),
  });

const NONE: Copy = { target: null, digest: null, gone: false, removing: false };

async function write(
  deps: Deps,
  writing: Writing,
  entry: Relayed,
  payload: Part,
  row: OutboxRow,
): Promise<Copy | null> {
  const mark = markOf(payload);
  const finding = await findingById(deps.db, FindingId.parse(entry.findingId));
  const forge = finding === null ? "" : deps.forge.name(finding.repo);
  const text = partsOf(entry, forge)[payload.part] ?? null;
  const digest = text === null ? null : digestOf(text);
  const kept = (await copiesOf(deps.db, entry.id)).find((copy) => copy.part === payload.part) ?? null;
  const unsure = row.attempts > 0 || (kept?.parked ?? 0) > 0;
  const found =
    kept?.target == null && kept?.gone !== true && unsure ? await writing.find(mark, entry.at) : null;
  const copy = found === null ? kept : { ...NONE, target: found };
  const act = nextAct(copy, digest);
  const create = async (words: string) => ({ ...NONE, target: await writing.create(words, mark), digest });
  if (act === "create" && text !== null) return create(text);
  const target = copy?.target;
  if (act === "none" || copy === null || target == null) return null;
  if (act === "remove" || text === null) {
    await setRemoving(deps.db, entry.id, payload.part);
    await writing.remove(target);
    return NONE;
  }
  try {
    await writing.edit(target, text, mark);
    return { ...NONE, target, digest };
  } catch (error) {
    if (!(error instanceof RefusedError) || error.status !== 404) throw error;
    await writing.reach();
    const now = missing({ ...NONE, target, removing: copy.removing });
    return now.gone ? now : create(text);
  }
}

/** GitHub's 409 is a conflict with another write of that moment: the same is tried again. */
async function conflictsPass<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RefusedError && error.status === 409)
      throw new TransientError(error.message, null, { cause: error });
    throw error;
  }
}

/** Keeps the issue's comments as the thread's messages are. */
export const relayCommentSender = (deps: Deps) =>
  copySender(deps, async (finding) => {
    const issue = await issueOf(deps.db, finding);
    return issue === null ? null : onIssue(deps, issue);
  });

const commentId = (target: string): number =>
  z.coerce
    .number()
    .int()
    .parse(target.replace(/^comment\//, ""));

function onIssue({ forge }: Deps, { repo, number }: IssueRow): Writing {
  const place = ({ id }: { id: number }) => `comment/${id}`;
  return {
    async find(mark, since) {
      const found = await findComment(forge, repo, number, mark, since);
      return found === null ? null : place(found);
    },
    create: async (text, mark) => place(await forge.comment(repo, number, withMark(text, mark))),
    edit: async (target, text, mark) => {
      await forge.editComment(repo, commentId(target), withMark(text, mark));
    },
    remove: (target) => forge.deleteComment(repo, commentId(target)),
    reach: async () => {
      await forge.issue(repo, number);
    },
  };
}

/** Keeps the thread's messages as the issue's comments are. */
export const relayReplySender = (deps: Deps) =>
  copySender(deps, async (finding) => {
    const thread = await threadOf(deps.db, finding);
    return thread === null ? null : inThread(deps, finding, thread);
  });

function inThread(deps: Deps, finding: FindingId, { channel, ts: thread }: Thread): Writing {
  const { chat } = deps;
  const at = (target: string) => {
    const [place = "", ts = ""] = target.split("/");
    return { channel: ChannelId.parse(place), ts: MessageTs.parse(ts) };
  };
  return {
    async find(mark, since) {
      const ts = await findReply(deps, finding, mark, since);
      return ts === null ? null : `${channel}/${ts}`;
    },
    create: async (text, mark) => `${channel}/${await chat.post(channel, { text }, { thread, key: mark })}`,
    edit: async (target, text, mark) => {
      const { channel: place, ts } = at(target);
      await chat.update(place, ts, { text }, mark);
    },
    remove: async (target) => {
      const { channel: place, ts } = at(target);
      await chat.remove(place, ts);
    },
    reach: async () => {},
  };
}
