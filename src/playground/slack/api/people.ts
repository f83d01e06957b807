import type {
  AuthTestResponse,
  TeamInfoResponse,
  UsersInfoResponse,
  UsersListResponse,
  UsersLookupByEmailResponse,
} from "@slack/web-api";
import { z } from "zod";
import type { World } from "../world.ts";
import { Limit, page, parseArgs, Text } from "./args.ts";
import type { ApiContext, Args } from "./context.ts";
import { ApiError } from "./error.ts";

const emailOf = (name: string): string => `${name}@playground.example`;

/** auth.test */
export function authTest({ world }: ApiContext) {
  return {
    url: `${world.origin}/`,
    team: world.team.name,
    user: world.app.name,
    team_id: world.team.id,
    user_id: world.app.userId,
    bot_id: world.app.botId,
    is_enterprise_install: false,
  } satisfies Omit<AuthTestResponse, "ok">;
}

/** team.info */
export function teamInfo({ world }: ApiContext) {
  const team = { ...world.team, url: `${world.origin}/`, email_domain: "playground.example" };
  return { team } satisfies Omit<TeamInfoResponse, "ok">;
}

interface Card {
  id: string;
  name: string;
  realName: string;
  title: string;
  color: string;
  bot: boolean;
}

function everyone(world: World): Card[] {
  const { userId, name, realName } = world.app;
  return [
    ...world.people.map((person) => ({ ...person, bot: false })),
    { id: userId, name, realName, title: "", color: "#4a6ee0", bot: true },
  ];
}

function userInfo(world: World, card: Card) {
  return {
    id: card.id,
    team_id: world.team.id,
    name: card.name,
    real_name: card.realName,
    deleted: false,
    color: card.color.replace("#", ""),
    tz: "Etc/UTC",
    tz_label: "Coordinated Universal Time",
    tz_offset: 0,
    is_admin: false,
    is_owner: false,
    is_bot: card.bot,
    is_app_user: false,
    updated: 0,
    profile: {
      title: card.title,
      real_name: card.realName,
      real_name_normalized: card.realName,
      display_name: card.name,
      display_name_normalized: card.name,
      team: world.team.id,
      ...(card.bot ? { bot_id: world.app.botId, api_app_id: world.app.id } : { email: emailOf(card.name) }),
    },
  };
}

/** users.info */
export function usersInfo({ world }: ApiContext, args: Args) {
  const { user } = parseArgs(z.object({ user: Text }), args);
  const card = everyone(world).find((one) => one.id === user);
  if (!card) throw new ApiError("user_not_found");
  return { user: userInfo(world, card) } satisfies Omit<UsersInfoResponse, "ok">;
}

/** users.list */
export function usersList({ world }: ApiContext, args: Args) {
  const asked = parseArgs(z.object({ limit: Limit, cursor: z.string().optional() }), args);
  const { items, next } = page(everyone(world), asked.limit, asked.cursor, (card) => card.id);
  return {
    members: items.map((card) => userInfo(world, card)),
    cache_ts: world.ids.seconds(),
    response_metadata: { next_cursor: next },
  } satisfies Omit<UsersListResponse, "ok">;
}

/** users.lookupByEmail: everybody's address is `<handle>@playground.example`. */
export function lookupByEmail({ world }: ApiContext, args: Args) {
  const { email } = parseArgs(z.object({ email: z.string() }), args);
  const card = everyone(world).find((one) => !one.bot && emailOf(one.name) === email.toLowerCase());
  if (!card) throw new ApiError("users_not_found");
  return { user: userInfo(world, card) } satisfies Omit<UsersLookupByEmailResponse, "ok">;
}
