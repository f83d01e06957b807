import { Octokit } from "@octokit/rest";
import { CHANNEL, type Playground } from "../../src/playground/index.ts";
import { BOT } from "../../src/playground/people.ts";

const place = { owner: "playground", repo: "orchard" };

/** All that the product wrote anywhere: issues, pull requests, comments, replies, messages. */
export async function written(world: Playground): Promise<string[]> {
  const octokit = new Octokit({ baseUrl: world.github.apiUrl, auth: BOT.token });
  const all = { ...place, state: "all" as const, per_page: 100 };
  const issues = (await octokit.rest.issues.listForRepo(all)).data.filter(
    (issue) => issue.user?.login === BOT.login,
  );
  const texts: string[] = issues.map(
    (issue) => `${issue.pull_request === undefined ? "issue" : "pull"}: ${issue.title}`,
  );
  for (const issue of issues) {
    const { data: comments } = await octokit.rest.issues.listComments({
      ...place,
      issue_number: issue.number,
      per_page: 100,
    });
    texts.push(
      ...comments
        .filter((one) => one.user?.login === BOT.login)
        .map((one) => `#${issue.number}: ${plain(one.body)}`),
    );
    if (issue.pull_request === undefined) continue;
    const { data: remarks } = await octokit.rest.pulls.listReviewComments({
      ...place,
      pull_number: issue.number,
      per_page: 100,
    });
    texts.push(
      ...remarks
        .filter((one) => one.user.login === BOT.login)
        .map((one) => `#${issue.number}, line: ${plain(one.body)}`),
    );
  }
  const channel = world.slack.messages(CHANNEL.id).filter((message) => message.bot_id !== undefined);
  for (const card of channel) {
    texts.push(`card: ${card.text.replace(/^[^:]*: /, "")}`);
    const replies = world.slack
      .thread(CHANNEL.id, card.ts)
      .filter((one) => one.bot_id !== undefined && one.ts !== card.ts);
    texts.push(...replies.map((reply) => `reply to ${card.ts}: ${reply.text}`));
  }
  return texts;
}

/** What stands there more than once. */
export const twice = (texts: string[]): string[] => texts.filter((text, at) => texts.indexOf(text) !== at);

/** Without the mark at its end, so that two sends of the same words are the same. */
const plain = (body: string | null | undefined): string =>
  (body ?? "").replace(/<!--[\s\S]*?-->/g, "").trim();
