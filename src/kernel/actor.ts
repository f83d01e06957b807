import type { ChatUserId, Login } from "./ids.ts";

/** Who does something, as it is kept in the audit. */
export type Actor =
  | {
      kind: "person";
      login: Login | null;
      /** Where the login was proven, by the forge's name; null: wherever it is asked for, since the settings say so. */
      forge: string | null;
      chatUser: ChatUserId | null;
      name: string;
      via: Via;
    }
  | { kind: "service"; name: string }
  | { kind: "bot" };

/** The door a person came through. */
export type Via = "slack" | "github" | "console" | "api" | "cli";

/** The product acting by itself. */
export const bot: Actor = { kind: "bot" };

/** One word for the audit: `github:alice` (by its forge), `slack:U1`, `service:api`, `bot`. */
export function actorName(actor: Actor): string {
  if (actor.kind === "bot") return "bot";
  if (actor.kind === "service") return `service:${actor.name}`;
  if (actor.login !== null) return `${(actor.forge ?? "github").toLowerCase()}:${actor.login}`;
  return actor.chatUser === null ? `${actor.via}:${actor.name}` : `slack:${actor.chatUser}`;
}
