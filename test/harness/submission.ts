import { createHmac } from "node:crypto";
import type { View } from "../../src/playground/slack/index.ts";
import type { World } from "./world.ts";

/** A dialog as Slack sends it off, with what was written into its note. */
export const submission = (view: View, user: string, team: string, note: string) => ({
  type: "view_submission",
  team: { id: team, domain: "playground" },
  user: { id: user, name: "somebody", team_id: team },
  api_app_id: "A1",
  token: "",
  trigger_id: crypto.randomUUID(),
  view: {
    id: view.id,
    team_id: team,
    type: "modal",
    callback_id: view.callbackId,
    private_metadata: view.privateMetadata,
    state: { values: { note: { text: { type: "plain_text_input", value: note } } } },
    blocks: [],
    hash: view.hash,
  },
  response_urls: [],
});

/** Posts an interaction to the product, signed as Slack does, or with another secret. @returns status and body. */
export const post = (world: World, payload: object, secret?: string): Promise<[number, string]> =>
  postForm(world, { payload: JSON.stringify(payload) }, secret === undefined ? {} : { secret });

/** Posts a form as Slack does. @returns status and body. */
export async function postForm(
  world: World,
  form: Record<string, string>,
  { secret = world.playground.env.SLACK_SIGNING_SECRET ?? "", secondsAgo = 0 } = {},
): Promise<[number, string]> {
  const body = new URLSearchParams(form).toString();
  const timestamp = String(Math.floor(Date.now() / 1000) - secondsAgo);
  const signature = `v0=${createHmac("sha256", secret).update(`v0:${timestamp}:${body}`).digest("hex")}`;
  const response = await fetch(`${world.product.url}/slack/events`, {
    method: "POST",
    body,
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "x-slack-signature": signature,
      "x-slack-request-timestamp": timestamp,
    },
  });
  return [response.status, await response.text()];
}
