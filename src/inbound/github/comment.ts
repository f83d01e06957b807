import { z } from "zod";
import { dispatch } from "../../commands/dispatch.ts";
import { commandsInComment } from "../../commands/parse.ts";
import { repoConfig } from "../../config/index.ts";
import { isCommitter } from "../../features/approvals/rights.ts";
import type { Context } from "../../features/context.ts";
import { resolveFinding } from "../../features/findings/resolve.ts";
import { enqueueComment, noteSenderKind } from "../../features/issues/comments.ts";
import { toMarkdown } from "../../features/threads/convert.ts";
import { isOurs, relayFromGitHub, unsayFromGitHub } from "../../features/threads/relay.ts";
import { IssueNumber, Login, PullNumber, RepoName } from "../../kernel/ids.ts";
import { disarm } from "../../kernel/text/escape.ts";
import { receive, unheard } from "../../platform/inbox.ts";
import { receiveCommentGone } from "./comment-gone.ts";
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
  /** When it became so, microseconds since 1970. */
  version: z.int().default(0),
  /** What it said before, where an edit brought it; null: as it was written first. */
  before: z.string().nullable().default(null),
  /** Whether its words are its author's own: whoever may write to a repository may edit others' comments. */
  own: z.boolean().default(true),
});
export type Comment = z.infer<typeof Comment>;

/** Kind under which comments are kept in the inbox: each once, however often and by whichever way it came. */
export const COMMENT = "flaky:comment";

export async function receiveComment(deps: Context, comment: Comment): Promise<void> {
  await receive(deps, { source: "github", deliveryId: idOf(comment), kind: COMMENT, payload: comment });
}

/** The same of many comments, most of which were heard already. */
export async function receiveComments(deps: Context, comments: readonly Comment[]): Promise<void> {
  const fresh = await unheard(deps.db, "github", comments.map(idOf));
  for (const comment of comments) if (fresh.has(idOf(comment))) await receiveComment(deps, comment);
}

function idOf({ repo, id, before, version, body }: Comment): string {
  // GitHub's times have whole seconds, in which there may be two edits
  const edit =
    before === null
      ? ""
      : `/${version}/${new Bun.CryptoHasher("sha256").update(body).digest("hex").slice(0, 12)}`;
  return `comment/${repo}/${id}${edit}`;
}

/** A webhook tells of a comment, of its edit or its deletion. */
export async function onComment(deps: Context, payload: Payload<"issue_comment">): Promise<void> {
  const repo = payload.repository.full_name;
  const { action, comment, issue, sender } = payload;
  const { id, body, html_url: url, user } = comment;
  const byBot = user.type === "Bot";
  const version = microsOf(comment.updated_at);
  if (action === "deleted")
    return receiveCommentGone(deps, { repo, issue: issue.number, id, version, byBot });
  await receiveComment(deps, {
    repo,
    issue: issue.number,
    onPull: issue.pull_request != null,
    id,
    author: user.login,
    body,
    url,
    version,
    before: payload.changes?.body?.from ?? null,
    own: sender.login === user.login,
  });
}

export const microsOf = (at: Date): number => at.getTime() * 1000;

/** Works on a comment: commands of its author are run and answered, the rest is relayed to the thread. */
export async function takeComment(deps: Context, comment: Comment): Promise<void> {
  const settings = repoConfig(deps.config, comment.repo);
  if (settings === undefined || (await isOurs(deps, comment))) return;
  for (const [at, typed] of newCommands(comment).entries())
    await run(deps, comment, settings.source, typed, at);
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
  await relay(deps, comment, settings.source, false);
  // an edit asks nothing anew
  if (comment.before === null && commandsInComment(comment.body).length === 0)
    await askedOnIssue(deps, comment);
}

/** Commands that were not in the comment before it was edited, and that its author wrote. */
export function newCommands({ body, before, own }: Pick<Comment, "body" | "before" | "own">): string[] {
  if (!own) return [];
  const known = before === null ? [] : commandsInComment(before);
  return commandsInComment(body).filter((typed) => {
    const at = known.indexOf(typed);
    if (at >= 0) known.splice(at, 1);
    return at < 0;
  });
}

/** A comment with commands stays on GitHub. Edits of one second that contradict each other: GitHub says what stands. */
async function relay(deps: Context, comment: Comment, source: RepoName, certain: boolean): Promise<void> {
  const withheld = commandsInComment(comment.body).length > 0;
  const trusted = await isCommitter(deps, source, comment.author);
  const kept = await relayFromGitHub(deps, { ...comment, trusted, withheld, certain });
  if (kept !== "ask") return;
  const { repo, issue, id, version } = comment;
  const now = await deps.forge.oneComment(repo, id);
  if (now === null) await unsayFromGitHub(deps, { repo, issue, id, version, byBot: false });
  else await relay(deps, { ...comment, body: now.body, version: microsOf(now.updatedAt) }, source, true);
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
  const who = { login: author, forge: deps.forge.name(repo), chatUser: null, name: author };
  const actor = { kind: "person", ...who, via: "github" } as const;
  const pull = comment.onPull ? PullNumber.parse(issue) : null;
  const reply = await dispatch(deps, { typed, actor, here, repos: [source], pull, channel: null });
  await enqueueComment(deps.db, deps.clock, {
    kind: noteSenderKind,
    key: `answer:comment/${repo}/${comment.id}/${comment.before === null ? "" : `${comment.version}/`}${at}`,
    repo,
    number: issue,
    body: disarm(toMarkdown(reply.text)),
    finding: here?.id ?? null,
    whilePaused: "go",
  });
}
