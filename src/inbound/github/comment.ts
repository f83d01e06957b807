import { dispatch } from "../../commands/dispatch.ts";
import { commandsInComment } from "../../commands/parse.ts";
import { repoConfig } from "../../config/index.ts";
import { isCommitter } from "../../features/approvals/rights.ts";
import type { Context } from "../../features/context.ts";
import { resolveFinding } from "../../features/findings/resolve.ts";
import { enqueueComment, noteSenderKind } from "../../features/issues/comments.ts";
import { toMarkdown } from "../../features/threads/convert.ts";
import { type Commented, isOurs, relayFromGitHub } from "../../features/threads/relay.ts";
import { PullNumber } from "../../kernel/ids.ts";
import { disarm } from "../../kernel/text/escape.ts";
import type { Payload } from "./payloads.ts";

/** A comment on an issue or pull request: commands of its author are run and answered, the rest is relayed. */
export async function onComment(deps: Context, payload: Payload<"issue_comment">): Promise<void> {
  const repo = payload.repository.full_name;
  const settings = repoConfig(deps.config, repo);
  if (payload.action !== "created" || settings === undefined) return;
  const { comment, issue } = payload;
  if (comment.user.type === "Bot") return;
  const author = comment.user.login;
  const said: Commented = {
    repo,
    issue: issue.number,
    id: comment.id,
    author,
    body: comment.body,
    url: comment.html_url,
    trusted: false,
  };
  if (await isOurs(deps, said)) return;
  const commands = commandsInComment(comment.body);
  for (const [at, typed] of commands.entries()) await run(deps, payload, typed, at);
  if (issue.pull_request != null) {
    const pull = PullNumber.parse(issue.number);
    await deps.queue.send(deps.db, "pull.follow", { repo, pull }, { key: `${repo}/${pull}` });
    return;
  }
  if (commands.length > 0) return;
  await relayFromGitHub(deps, { ...said, trusted: await isCommitter(deps, settings.source, author) });
}

async function run(
  deps: Context,
  payload: Payload<"issue_comment">,
  typed: string,
  at: number,
): Promise<void> {
  const repo = payload.repository.full_name;
  const { comment, issue } = payload;
  const here = await resolveFinding(deps.db, { kind: "number", number: issue.number, repo }, []);
  const login = comment.user.login;
  const actor = { kind: "person", login, chatUser: null, name: login, via: "github" } as const;
  const source = repoConfig(deps.config, repo)?.source ?? repo;
  const reply = await dispatch(deps, { typed, actor, here, repos: [source] });
  await enqueueComment(deps.db, deps.clock, {
    kind: noteSenderKind,
    key: `answer:comment/${comment.id}/${at}`,
    repo,
    number: issue.number,
    body: disarm(toMarkdown(reply.text)),
    finding: here?.id ?? null,
    whilePaused: "go",
  });
}
