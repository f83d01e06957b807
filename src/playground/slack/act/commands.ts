import { ApiError } from "../api/error.ts";
import type { Outcome, Sender } from "../deliver/sender.ts";
import type { Answer, Channel } from "../model.ts";
import { typedText } from "../text.ts";
import type { World } from "../world.ts";
import { channelRef } from "./payload.ts";
import type { Responses } from "./responses.ts";
import type { Triggers } from "./triggers.ts";

/** What acts work with. */
export interface Acting {
  world: World;
  sender: Sender;
  responses: Responses;
  triggers: Triggers;
}

/** Slack's word for why the app did not answer as it should. */
export const failureWord = (outcome: Outcome): "operation_timeout" | "dispatch_failed" =>
  outcome.error === "http_timeout" ? "operation_timeout" : "dispatch_failed";

/** Sends the slash command of the app and shows its answer, or Slack's own words when there was none. */
export async function runCommand(
  acting: Acting,
  userId: string,
  channel: Channel,
  text: string,
  threadTs?: string,
): Promise<Answer> {
  const { world, sender, responses, triggers } = acting;
  const person = world.person(userId);
  const complain = (words: string) =>
    world.whisper({
      channel: channel.id,
      user: userId,
      from: "slackbot",
      text: words,
      ...(threadTs ? { threadTs } : {}),
    });
  if (threadTs) {
    complain(`${world.command} is not supported in threads. Sorry!`);
    return { status: 0, body: "", ms: 0 };
  }
  const place = { channel, user: userId };
  const outcome = await sender.send({
    kind: "command",
    type: world.command,
    payload: {
      token: world.app.token,
      team_id: world.team.id,
      team_domain: world.team.domain,
      channel_id: channel.id,
      channel_name: channelRef(channel).name,
      user_id: person.id,
      user_name: person.name,
      command: world.command,
      text: typedText(world, text.trim()),
      api_app_id: world.app.id,
      is_enterprise_install: "false",
      response_url: responses.create(place, "commands"),
      trigger_id: triggers.issue(person.id),
    },
  });
  if (outcome.error) complain(`${world.command} failed with the error "${failureWord(outcome)}"`);
  else if (outcome.body.trim() !== "") {
    const reply = responses.read(outcome.body);
    try {
      if (!reply) throw new ApiError("invalid_command_response");
      responses.post(place, reply);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      complain(`${world.command} failed with the error "${error.code}"`);
    }
  }
  return { status: outcome.status, body: outcome.body, ms: outcome.ms };
}
