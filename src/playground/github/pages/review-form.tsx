/** @jsxImportSource hono/jsx */
import type { PullIssue } from "../verbs/pulls.ts";
import type { RepoPage } from "./context.ts";

const VERDICTS = [
  ["COMMENT", "Comment", "plain"],
  ["APPROVE", "Approve", "primary"],
  ["REQUEST_CHANGES", "Request changes", "danger"],
] as const;

/** The forms to answer a thread and to review, with or without a remark on a line. */
export const ReviewForm = ({ page, both, paths }: { page: RepoPage; both: PullIssue; paths: string[] }) => {
  const { issue, pull } = both;
  const action = `${page.base}/pull/${issue.number}`;
  const tops = pull.reviewComments.filter((comment) => comment.inReplyTo === null);
  return (
    <div class="columns even">
      <form method="post" action={`${action}/review`} class="stack boxed" id="review">
        <h2>Review as {page.viewer.login}</h2>
        <label>
          Words (Markdown)
          <textarea name="body" rows={3} />
        </label>
        <fieldset>
          <legend>On a line (optional)</legend>
          <select name="path" aria-label="File">
            <option value="">no line</option>
            {paths.map((path) => (
              <option value={path}>{path}</option>
            ))}
          </select>
          <input name="line" type="number" min={1} placeholder="Line" aria-label="Line" />
          <textarea
            name="remark"
            rows={2}
            placeholder="Remark on that line"
            aria-label="Remark on that line"
          />
        </fieldset>
        <div class="buttons">
          {VERDICTS.map(([verdict, word, kind]) => (
            <button type="submit" name="verdict" value={verdict} class={kind}>
              {word}
            </button>
          ))}
        </div>
      </form>
      {tops.length > 0 ? (
        <form method="post" action={`${action}/reply`} class="stack boxed">
          <h2>Answer a thread</h2>
          <select name="to" aria-label="Thread">
            {tops.map((comment) => (
              <option value={String(comment.id)}>
                {comment.path}:{comment.line} {comment.author}: {comment.body.slice(0, 60)}
              </option>
            ))}
          </select>
          <textarea name="body" rows={3} required aria-label="Answer" />
          <button type="submit" class="primary">
            Answer
          </button>
        </form>
      ) : null}
    </div>
  );
};
