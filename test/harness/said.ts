import { z } from "zod";
import type { Playground } from "../../src/playground/index.ts";
import { BOT, slackPeople } from "../../src/playground/people.ts";
import type { Message } from "../../src/playground/slack/index.ts";
import { targetName } from "../../src/playground/target/index.ts";
import { blocksAsText } from "./blocks.ts";

/** Everything the product has written and that stands now, by a key that stays: what it is called and what it says. */
export type Standing = Map<string, { title: string; text: string }>;

const User = z.object({ login: z.string() });
const Issue = z.object({
  number: z.int(),
  title: z.string(),
  body: z.string().nullable(),
  state: z.string(),
  state_reason: z.string().nullish(),
  user: User,
  labels: z.array(z.object({ name: z.string() })),
  pull_request: z.object({ merged_at: z.string().nullable() }).optional(),
});
const Comment = z.object({ id: z.int(), body: z.string(), user: User, issue_url: z.string() });
const Pull = z.object({
  head: z.object({ ref: z.string(), sha: z.string() }),
  base: z.object({ ref: z.string() }),
  requested_reviewers: z.array(User),
  merged_at: z.string().nullable(),
});
const Remark = z.object({ id: z.int(), body: z.string(), user: User, path: z.string() });

/** What a command that takes longer answers at once; the answer follows. */
const AT_IT = ":hourglass_flowing_sand: I am at it, the answer comes in a moment.";

/** Reads all that the product has said, on both sides. */
export async function standing(playground: Playground): Promise<Standing> {
  const said: Standing = new Map();
  readSlack(playground, said);
  await readGitHub(playground, said);
  return said;
}

const nameOf = (id: string): string => slackPeople().find((person) => person.id === id)?.name ?? id;

function readSlack({ slack }: Playground, said: Standing): void {
  const { botUserId } = slack.ids;
  for (const channel of slack.world.channels.values()) {
    const place =
      channel.dmWith === undefined ? `#${channel.name}` : `a message to ${nameOf(channel.dmWith)}`;
    for (const message of slack.world.list(channel.id)) {
      if (message.user === botUserId) {
        const isReply = message.thread_ts !== undefined && message.thread_ts !== message.ts;
        said.set(`slack/${message.ts}`, {
          title: `Slack, ${isReply ? "thread in " : ""}${place}`,
          text: textOf(message),
        });
      }
      const reactions = (message.reactions ?? []).filter((one) => one.users.includes(botUserId));
      for (const { name } of reactions)
        said.set(`slack/${message.ts}/${name}`, {
          title: `Slack, reaction to “${message.text}”`,
          text: `:${name}:`,
        });
    }
  }
  for (const note of slack.world.ephemerals) {
    // comes where a machine took two seconds, and would tell of that machine alone
    if (note.text === AT_IT) continue;
    const from = note.from === "slackbot" ? " (by Slack itself)" : "";
    const text = note.blocks === undefined ? note.text : blocksAsText(note.blocks);
    said.set(`slack/only/${note.ts}`, { title: `Slack, only for ${nameOf(note.user)}${from}`, text });
  }
  for (const view of slack.world.views)
    said.set(`slack/view/${view.id}`, {
      title: `Slack, dialog for ${nameOf(view.user)}`,
      text: `${view.title.text}\n${blocksAsText(view.blocks)}`,
    });
}

const textOf = (message: Message): string =>
  message.blocks === undefined || message.blocks.length === 0 ? message.text : blocksAsText(message.blocks);

async function readGitHub({ github }: Playground, said: Standing): Promise<void> {
  const list = async <T>(path: string, schema: z.ZodType<T>): Promise<T[]> => {
    const response = await fetch(`${github.apiUrl}/repos/${targetName}${path}`, {
      headers: { authorization: `Bearer ${BOT.token}` },
    });
    return z.array(schema).parse(await response.json());
  };
  const bot = (user: { login: string }) => user.login === BOT.login;
  for (const issue of await list("/issues?state=all&per_page=100&sort=created&direction=asc", Issue)) {
    const what = issue.pull_request === undefined ? "issue" : "pull request";
    const labels = issue.labels.map((label) => label.name).sort();
    const ours = bot(issue.user);
    if (ours)
      said.set(`github/${issue.number}`, {
        title: `GitHub, ${what} #${issue.number}`,
        text: `${issue.title}\n\n${issue.body ?? ""}`,
      });
    if (labels.length > 0)
      said.set(`github/${issue.number}/labels`, {
        title: `GitHub, labels of #${issue.number}`,
        text: labels.join("\n"),
      });
    if (ours && issue.state === "closed")
      said.set(`github/${issue.number}/state`, {
        title: `GitHub, ${what} #${issue.number}`,
        text: `closed: ${issue.state_reason ?? (issue.pull_request?.merged_at === null ? "not merged" : "merged")}`,
      });
    if (ours && issue.pull_request !== undefined) await readPull(issue.number);
  }
  for (const comment of await list("/issues/comments?per_page=100", Comment)) {
    const number = comment.issue_url.split("/").at(-1);
    if (bot(comment.user))
      said.set(`github/comment/${comment.id}`, {
        title: `GitHub, comment on #${number}`,
        text: comment.body,
      });
  }

  async function readPull(number: number): Promise<void> {
    const response = await fetch(`${github.apiUrl}/repos/${targetName}/pulls/${number}`, {
      headers: { authorization: `Bearer ${BOT.token}` },
    });
    const pull = Pull.parse(await response.json());
    const reviewers = pull.requested_reviewers.map((user) => user.login).join(", ") || "nobody";
    said.set(`github/${number}/branch`, {
      title: `GitHub, branch of #${number}`,
      text: `${pull.head.ref} at ${pull.head.sha} into ${pull.base.ref}; asked to review: ${reviewers}`,
    });
    for (const remark of await list(`/pulls/${number}/comments?per_page=100`, Remark))
      if (bot(remark.user))
        said.set(`github/remark/${remark.id}`, {
          title: `GitHub, reply on #${number} at ${remark.path}`,
          text: remark.body,
        });
  }
}
