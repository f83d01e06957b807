import { z } from "zod";
import type { Db } from "../../../db/client.ts";
import { settings } from "../../../db/schema.ts";
import { MessageTs } from "../../kernel/ids.ts";
import { sender } from "../../platform/outbox/sender.ts";
import { enqueueWrite } from "../../platform/outbox/store.ts";
import { dropSettings } from "../../platform/settings.ts";
import type { Context } from "../context.ts";

/** What is wrong, and with what: one incident of each is open at a time. */
export interface Incident {
  kind: "nothing-extracted" | "scans-failed" | "rate-limit";
  /** A repository, or a channel where it concerns all repositories of it. */
  scope: string;
}

/** The setting that stands while the incident is open. */
export const incidentName = ({ kind, scope }: Incident): string => `alert:${kind}:${scope}`;

/**
 * Tells a channel that something is wrong, once: not again before `endIncident` said that it was good in between.
 * `text` is mrkdwn, escaped by the writer of it.
 */
export async function raiseIncident(
  deps: Pick<Context, "clock">,
  tx: Db,
  incident: Incident,
  channel: string,
  text: string,
): Promise<void> {
  const now = deps.clock.now();
  const name = incidentName(incident);
  const opened = await tx
    .insert(settings)
    .values({ name, value: { since: now.toISOString() }, updatedAt: now })
    .onConflictDoNothing()
    .returning({ name: settings.name });
  if (opened.length === 0) return;
  await enqueueWrite(tx, deps.clock, {
    destination: "slack",
    lane: channel,
    kind: "channel.alert",
    key: `${name}:${now.getTime()}`,
    payload: { text },
    finding: null,
  });
}

/** It is good again; the next time it goes wrong is told again. */
export const endIncident = (db: Db, incident: Incident): Promise<void> =>
  dropSettings(db, [incidentName(incident)]);

const Payload = z.object({ text: z.string() });

/** Posts an alert into the channel that the row's lane names. */
export const alertSender = (deps: Pick<Context, "chat" | "log">) =>
  sender<z.infer<typeof Payload>, MessageTs>({
    payload: Payload,
    async find(_, row) {
      const channel = await deps.chat.channel(row.lane);
      const oldest = MessageTs.parse(String(row.createdAt.getTime() / 1000 - 60));
      const posted = await deps.chat.messages(channel, { oldest });
      return posted.find((message) => message.key === row.key)?.ts ?? null;
    },
    send: async ({ text }, row) =>
      deps.chat.post(await deps.chat.channel(row.lane), { text }, { key: row.key }),
    async refused(_, error, __, row) {
      deps.log.error({ channel: row.lane, error }, "an alert did not reach its channel");
    },
  });
