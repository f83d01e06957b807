import type { Channel } from "../model.ts";
import type { World } from "../world.ts";
import type { Triggers } from "./triggers.ts";

/** What every interactive payload begins with. Throws when the person is unknown. */
export function payloadBase(world: World, triggers: Triggers, userId: string) {
  const person = world.person(userId);
  return {
    team: { id: world.team.id, domain: world.team.domain },
    user: { id: person.id, username: person.name, name: person.name, team_id: world.team.id },
    api_app_id: world.app.id,
    token: world.app.token,
    enterprise: null,
    is_enterprise_install: false,
    trigger_id: triggers.issue(person.id),
  };
}

/** The channel as payloads show it; direct messages have a fixed name. */
export const channelRef = (channel: Channel) => ({
  id: channel.id,
  name: channel.dmWith ? "directmessage" : channel.name,
});
