import { z } from "zod";
import { dispatch } from "../../commands/dispatch.ts";
import { commandsInComment } from "../../commands/parse.ts";
import { repoConfig } from "../../config/index.ts";
import { isCommitter } from "../../features/approvals/rights.ts";
import type { Context } from "../../features/context.ts";
import { resolveFinding } from "../../features/findings/resolve.ts";
import { enqueueComment, noteSenderKind } from "../../features/issues/comments.ts";
import { toMarkdown } from "../../features/threads/convert.ts";
import { isOurs, relayFromGitHub } from "../../features/threads/relay.ts";
import { IssueNumber, Login, PullNumber, RepoName } from "../../kernel/ids.ts";
import { disarm } from "../../kernel/text/escape.ts";
import { receive } from "../../platform/inbox.ts";
import type { Payload } from "./payloads.ts";
import { askedOnIssue } from "./question.ts";

/** A comment as it is worked on, whether a webhook or the sweep brought it. */
export const Comment = z.object({
  repo: RepoName,
  issue: IssueNumber,
  onPull: z.boolean(),
  id: z.int(),
  author: Login,
  body: z.string(),
  url: z.url(),
});
export type Comment = z.infer<typeof Comment>;

/** Kind under which comments are kept in the inbox: each once, however often and by whichever way it came. */
export const COMMENT = "flaky:comment";

export async function receiveComment(deps: Context, comment: Comment): Promise<void> {
  const deliveryId = `comment/${comment.repo}/${comment.id}`;
  await receive(deps, { source: "github", deliveryId, kind: COMMENT, payload: comment });
}

/** A webhook tells of a comment. */
export async function onComment(deps: Context, payload: Payload<"issue_comment">): Promise<void> {
  const repo = payload.repository.full_name;
  const { comment, issue } = payload;
  if (payload.action !== "created" || repoConfig(deps.config, repo) === undefined) return;
  if (comment.user.type === "Bot") return;
  const { id, body, html_url: url } = comment;
  const onPull = issue.pull_request != null;
  await receiveComment(deps, {
    repo,
    issue: issue.number,
    onPull,
    id,
    author: comment.user.login,
    body,
    url,
  });
}

/** Works on a comment: commands of its author are run and answered, the rest is relayed to the thread. */
export async function takeComment(deps: Context, comment: Comment): Promise<void> {
  const settings = repoConfig(deps.config, comment.repo);
  if (settings === undefined || (await isOurs(deps, comment))) return;
  const commands = commandsInComment(comment.body);
  for (const [at, typed] of commands.entries()) await run(deps, comment, settings.source, typed, at);
  if (comment.onPull) {
    const pull = PullNumber.parse(comment.issue);
    await deps.queue.send(
      deps.db,
      "pull.follow",
      { repo: comment.repo, pull },
      { key: `${comment.repo}/${pull}` },
    );
    return;
  }
  if (commands.length > 0) return;
  const trusted = await isCommitter(deps, settings.source, comment.author);
  await relayFromGitHub(deps, { ...comment, trusted });
  await askedOnIssue(deps, comment);
}

async function run(
  deps: Context,
  comment: Comment,
  source: RepoName,
  typed: string,
  at: number,
): Promise<void> {
  const { repo, issue, author } = comment;
  const here = await resolveFinding(deps.db, { kind: "number", number: issue, repo }, []);
  const actor = { kind: "person", login: author, chatUser: null, name: author, via: "github" } as const;
  const reply = await dispatch(deps, { typed, actor, here, repos: [source] });
  await enqueueComment(deps.db, deps.clock, {
    kind: noteSenderKind,
    key: `answer:comment/${comment.id}/${at}`,
    repo,
    number: issue,
    body: disarm(toMarkdown(reply.text)),
    finding: here?.id ?? null,
    whilePaused: "go",
  });
}
