import { z } from "zod";
import type { Actor } from "../../kernel/actor.ts";
import { ChatUserId } from "../../kernel/ids.ts";
import type { Refusals } from "../../platform/refusals.ts";

/** Said to whoever is of another workspace. */
export const STRANGER =
  "I belong to another workspace and do nothing for this one. `help` tells what I am for; a workspace that wants me runs a Flaky of its own.";

/** We ourselves, as a request of Slack's is judged. */
export interface Me {
  team: string;
  /** Keeps in the audit that a request of another workspace was refused. */
  refuse(door: string, body: object): Promise<void>;
}

export const meOf = (team: string, refusals: Refusals): Me => ({
  team,
  refuse: (door, body) =>
    refusals.keep({
      door: `slack ${door}`,
      actor: senderOf(body),
      why: "it is of another workspace",
      detail: { team: teamOf(body) },
    }),
});

const Body = z.object({
  user_id: z.string().optional(),
  team_id: z.string().optional(),
  user: z.object({ id: z.string() }).optional().catch(undefined),
  team: z.object({ id: z.string() }).nullish().catch(undefined),
  event: z.object({ user: z.string().optional() }).optional().catch(undefined),
});

/** Whom a body names as its sender, for the audit; nobody's right follows from it. */
export function senderOf(body: object): Actor {
  const { data } = Body.safeParse(body);
  const user = ChatUserId.safeParse(data?.user_id ?? data?.user?.id ?? data?.event?.user);
  const name = "unknown";
  return {
    kind: "person",
    login: null,
    forge: null,
    chatUser: user.success ? user.data : null,
    name,
    via: "slack",
  };
}

function teamOf(body: object): string {
  const { data } = Body.safeParse(body);
  return (data?.team?.id ?? data?.team_id ?? "none").slice(0, 40);
}
