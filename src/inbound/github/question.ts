import { commandsInComment } from "../../commands/parse.ts";
import { repoConfig } from "../../config/index.ts";
import { isCommitter } from "../../features/approvals/rights.ts";
import type { Context } from "../../features/context.ts";
import { resolveFinding } from "../../features/findings/resolve.ts";
import { takeQuestion } from "../../features/threads/discuss/ask.ts";
import type { IssueNumber, Login, RepoName } from "../../kernel/ids.ts";

interface Commented {
  repo: RepoName;
  issue: IssueNumber;
  id: number;
  author: Login;
  body: string;
  url: string;
}

/** A comment on a finding's issue that mentions us, without a command in it, is a question. */
export async function askedOnIssue(deps: Context, comment: Commented): Promise<void> {
  const { repo, issue, id, author, body, url } = comment;
  if (commandsInComment(body).length > 0 || !mentions(body, await deps.forge.whoAmI(repo))) return;
  const finding = await resolveFinding(deps.db, { kind: "number", number: issue, repo }, []);
  if (finding === null || repoConfig(deps.config, finding.repo) === undefined) return;
  const source = `comment/${id}`;
  await takeQuestion(deps, {
    finding: finding.id,
    from: "github",
    source,
    url,
    author,
    trusted: await isCommitter(deps, finding.repo, author),
    kept: false,
    text: body,
  });
}

/** Whether a comment mentions a login outside of quotes, code and what is hidden; an App is mentioned without `[bot]`. */
export function mentions(body: string, login: string): boolean {
  const own = body
    .replaceAll("\r\n", "\n")
    .replace(/<!--[\s\S]*?-->|```[\s\S]*?(?:```|$)|`[^`\n]*`/g, "")
    .replace(/^\s*>.*$/gm, "");
  const name = login.replace(/\[bot\]$/, "").replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(?<![\\w./@-])@${name}(?![\\w/-])`, "i").test(own);
}
