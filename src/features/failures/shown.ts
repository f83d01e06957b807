import { z } from "zod";
import type { Db } from "../../../db/client.ts";
import { repoConfig } from "../../config/index.ts";
import { SECOND } from "../../kernel/clock.ts";
import { ChannelId, MessageTs, RepoName } from "../../kernel/ids.ts";
import { escapeSlack } from "../../kernel/text/escape.ts";
import { sender } from "../../platform/outbox/sender.ts";
import { enqueueRefresh, enqueueWrite } from "../../platform/outbox/store.ts";
import type { Context } from "../context.ts";
import { endText, progressText } from "./scan-text.ts";
import { type Scan, scanById, scanFound, updateScan } from "./scans.ts";

type Deps = Pick<Context, "db" | "clock" | "config" | "chat">;

const Payload = z.object({ scan: z.int() });

/** Least time between two looks of a message; Slack allows about fifty changes a minute in all. */
const APART_MS = 5 * SECOND;

/** Decides to post how a scan goes on into the channel of its repository. */
export async function postScan(
  deps: Pick<Context, "clock" | "config">,
  tx: Db,
  repo: RepoName,
  id: number,
): Promise<void> {
  const channel = repoConfig(deps.config, repo)?.channel;
  if (channel === undefined) return;
  await enqueueWrite(tx, deps.clock, {
    destination: "slack",
    lane: channel,
    kind: "scan.post",
    key: `scan:${id}`,
    payload: { scan: id },
    finding: null,
    whilePaused: "go",
  });
}

/** Decides to bring the message of a scan up to date; while it goes on, not too often. */
export async function showScan(
  deps: Pick<Context, "clock" | "config">,
  tx: Db,
  scan: Scan | null,
): Promise<void> {
  if (scan === null || !scan.asked) return;
  const channel = repoConfig(deps.config, RepoName.parse(scan.repo))?.channel;
  const now = deps.clock.now();
  const early = scan.shownAt !== null && now.getTime() - scan.shownAt.getTime() < APART_MS;
  if (channel === undefined || (early && scan.endedAt === null)) return;
  await updateScan(tx, scan.id, { shownAt: now });
  await enqueueRefresh(tx, deps.clock, {
    destination: "slack",
    lane: channel,
    kind: "scan.update",
    payload: { scan: scan.id },
    finding: null,
    whilePaused: "go",
  });
}

async function render(deps: Deps, scan: Scan): Promise<string> {
  if (scan.endedAt === null) return `:mag: ${escapeSlack(progressText(scan))}.`;
  const text = escapeSlack(endText(scan, await scanFound(deps.db, scan)));
  return `${scan.listed === null ? ":warning:" : ":white_check_mark:"} ${text}`;
}

/** Posts how a scan goes on. */
export const scanPostSender = (deps: Deps) =>
  sender<z.infer<typeof Payload>, { channel: ChannelId; ts: MessageTs }>({
    payload: Payload,
    async find(_, row) {
      const channel = await deps.chat.channel(row.lane);
      const oldest = MessageTs.parse(String(row.createdAt.getTime() / 1000 - 60));
      const posted = await deps.chat.messages(channel, { oldest });
      const ts = posted.find((message) => message.key === row.key)?.ts;
      return ts === undefined ? null : { channel, ts };
    },
    async send({ scan: id }, row) {
      const scan = await scanById(deps.db, id);
      if (scan === null) return null;
      const channel = await deps.chat.channel(row.lane);
      const ts = await deps.chat.post(channel, { text: await render(deps, scan) }, { key: row.key });
      return { channel, ts };
    },
    async settled(tx, { channel, ts }, { scan: id }) {
      const scan = await updateScan(tx, id, { channel, ts });
      // it may have gone on while it was posted
      await showScan(deps, tx, scan);
    },
  });

/** Brings the message up to date. */
export const scanUpdateSender = (deps: Deps) =>
  sender<z.infer<typeof Payload>, true>({
    payload: Payload,
    async send({ scan: id }) {
      const scan = await scanById(deps.db, id);
      if (scan?.channel == null || scan.ts === null) return null;
      const channel = ChannelId.parse(scan.channel);
      const text = await render(deps, scan);
      await deps.chat.update(channel, MessageTs.parse(scan.ts), { text }, `scan:${id}`);
      return true;
    },
  });
