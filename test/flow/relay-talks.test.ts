import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { z } from "zod";
import { CHANNEL } from "../../src/playground/index.ts";
import { BOT } from "../../src/playground/people.ts";
import { targetName } from "../../src/playground/target/index.ts";
import { seeded } from "../harness/seeded.ts";
import { World } from "../harness/world.ts";

setDefaultTimeout(180_000);

const TALKS = 20;
const ACTS = 7;

let world: World;
let issue = 0;
beforeAll(async () => {
  world = await World.start({ worker: false });
  await world.ci.flake("north");
  issue = (await world.finding(1)).issue;
});
afterAll(() => world.close());

const Comment = z.object({ id: z.int(), body: z.string(), user: z.object({ login: z.string() }) });

async function comments(): Promise<z.infer<typeof Comment>[]> {
  const all: z.infer<typeof Comment>[] = [];
  for (let page = 1; ; page += 1) {
    const path = `/repos/${targetName}/issues/${issue}/comments?per_page=100&page=${page}`;
    const headers = { authorization: `Bearer ${BOT.token}` };
    const response = await fetch(`${world.playground.github.apiUrl}${path}`, { headers });
    const found = z.array(Comment).parse(await response.json());
    all.push(...found);
    if (found.length < 100) return all;
  }
}

/** What was said in these talks, by side and by whom, without the line that says who said it. */
async function standing() {
  const { slack } = world.playground;
  const thread = slack.thread(CHANNEL.id, world.card(1).ts).slice(1);
  const ours = (message: (typeof thread)[number]) => message.bot_id !== undefined;
  const talk = (texts: string[]) => texts.filter((text) => text.startsWith("Talk ")).sort();
  const written = await comments();
  const byBot = written.filter(({ user }) => user.login === BOT.login);
  const carol = written.filter(({ user }) => user.login === "carol");
  return {
    slack: talk(thread.filter((one) => !ours(one)).map(({ text }) => text)),
    slackCopies: talk(thread.filter(ours).map(({ text }) => text.slice(text.indexOf("\n") + 1))),
    github: talk(carol.map(({ body }) => body)),
    githubCopies: talk(byBot.map(({ body }) => body.split("\n\n")[1] ?? "")),
  };
}

/** People talk, edit and delete on both sides, over HTTP, while answers get lost and webhooks come in any order. */
async function talk(seed: number): Promise<void> {
  const random = seeded(Math.imul(seed, 0x9e3779b1));
  random();
  const { slack, github } = world.playground;
  const mine: { slack: string[]; github: number[] } = { slack: [], github: [] };
  const root = world.card(1).ts;
  const trouble = seed % 5;
  if (trouble === 1) github.webhooks.hold();
  if (trouble === 2) github.webhooks.duplicate = true;
  // faults are for whoever asks next: on the side that the bot alone writes to
  const alone = trouble === 3 ? (seed % 2 === 0 ? "bob" : "carol") : null;
  if (alone === "carol") {
    slack.faults.next({ method: "chat.postMessage", dropAfterCommit: true });
    slack.faults.next({ method: "chat.update", dropAfterCommit: true });
  }
  if (alone === "bob") {
    github.faults.next({ match: { method: "POST", path: /\/comments$/ }, dropAfterCommit: true });
    github.faults.next({ match: { method: "PATCH", path: /\/comments\/\d+$/ }, status: 409, body: "{}" });
  }
  const down = seed % 10 === 4;
  if (down) await world.product.stop();
  for (let act = 1; act <= ACTS; act += 1) {
    const text = `${random() < 0.12 ? "// " : ""}Talk ${seed}, act ${act}`;
    const dice = random();
    const carol = world.carol.plainly;
    if (alone === "bob" || (alone === null && random() < 0.5)) {
      const at = Math.floor(random() * mine.slack.length);
      const ts = mine.slack[at];
      if (dice < 0.5 || ts === undefined)
        mine.slack.push(slack.say(world.bob.chatId, CHANNEL.id, text, { threadTs: root }));
      else if (dice < 0.8) slack.edit(world.bob.chatId, ts, text);
      else slack.remove(world.bob.chatId, mine.slack.splice(at, 1)[0] ?? "");
    } else {
      const at = Math.floor(random() * mine.github.length);
      const id = mine.github[at];
      const words = text.replace("// ", "");
      if (dice < 0.5 || id === undefined) mine.github.push(await carol.comments(issue, words));
      else if (dice < 0.8) await carol.editsComment(id, words);
      else await carol.deletesComment(mine.github.splice(at, 1)[0] ?? 0);
    }
  }
  if (trouble === 1) github.webhooks.release("last");
  github.webhooks.duplicate = false;
  if (down) {
    await Promise.all([slack.idle(), github.idle()]);
    await world.product.start();
    await world.sweeps();
  }
  await world.settled();
  slack.faults.clear();
  github.faults.clear();
}

test(`after each of ${TALKS} talks over HTTP both sides show the same, and nothing twice`, async () => {
  for (let seed = 1; seed <= TALKS; seed += 1) {
    await talk(seed);
    const now = await standing();
    expect([`talk ${seed}`, now.githubCopies]).toEqual([`talk ${seed}`, now.slack]);
    expect([`talk ${seed}`, now.slackCopies]).toEqual([`talk ${seed}`, now.github]);
  }
});
