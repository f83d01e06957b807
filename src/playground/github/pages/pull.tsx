/** @jsxImportSource hono/jsx */
import { diffFiles } from "../history.ts";
import type { ReviewComment } from "../model.ts";
import { jobsOn, statusesOn } from "../verbs/checks.ts";
import { type PullFacts, pullFacts } from "../verbs/mergeability.ts";
import type { PullIssue } from "../verbs/pulls.ts";
import { counted, markdown, type RepoPage } from "./context.ts";
import { FileView } from "./diff-view.tsx";
import { Conversation, IssueHead, LabelBox } from "./issue.tsx";
import { Layout } from "./layout.tsx";
import { Mark, PostButton, Speech } from "./parts.tsx";
import { ReviewForm } from "./review-form.tsx";

const Checks = ({ page, pull }: { page: RepoPage } & Pick<PullIssue, "pull">) => {
  const jobs = jobsOn(page.repo, pull.headSha);
  const statuses = statusesOn(page.repo, pull.headSha);
  return (
    <section class="side">
      <h2>Checks</h2>
      {jobs.map(({ run, job }) => (
        <p>
          <Mark status={job.status} conclusion={job.conclusion} />{" "}
          <a href={`${page.base}/actions/runs/${run.id}/job/${job.id}`}>
            {run.workflow.name} / {job.spec.name}
          </a>
        </p>
      ))}
      {statuses.map((status) => (
        <p>
          <code>{status.state}</code> {status.context} <span class="quiet">{status.description}</span>
        </p>
      ))}
      {jobs.length + statuses.length === 0 ? <p class="quiet">None on this commit</p> : null}
    </section>
  );
};

const WORDS: Record<PullFacts["state"], string> = {
  clean: "Ready to merge.",
  unstable: "Can be merged, though not every check has passed.",
  dirty: "Conflicts with the base branch.",
  behind: "The base branch has moved on; update the branch first.",
  blocked: "Blocked until enough people approve.",
  draft: "A draft is not merged.",
  unknown: "Closed.",
};

const MergeBox = (props: { page: RepoPage; both: PullIssue; facts: PullFacts }) => {
  const { page, both, facts } = props;
  if (both.issue.state === "closed") return null;
  const action = `${page.base}/pull/${both.issue.number}`;
  const canMerge = facts.state === "clean" || facts.state === "unstable";
  return (
    <section class={`boxed merge ${facts.state}`}>
      <p>
        <strong>{WORDS[facts.state]}</strong>
      </p>
      <div class="buttons">
        {canMerge
          ? (["merge", "squash", "rebase"] as const).map((method, index) => (
              <PostButton
                action={`${action}/merge`}
                fields={{ method }}
                kind={index === 0 ? "primary" : "plain"}
              >
                {method === "merge"
                  ? "Merge pull request"
                  : method === "squash"
                    ? "Squash and merge"
                    : "Rebase and merge"}
              </PostButton>
            ))
          : null}
        {both.pull.draft ? <PostButton action={`${action}/ready`}>Ready for review</PostButton> : null}
        <PostButton action={`${action}/update`}>Update branch</PostButton>
      </div>
    </section>
  );
};

const Thread = ({ page, comments }: { page: RepoPage; comments: ReviewComment[] }) => (
  <>
    {comments.map((comment) => (
      <Speech
        world={page.world}
        id={`discussion_r${comment.id}`}
        author={comment.author}
        at={comment.createdAt}
      >
        {markdown(page, comment.body)}
      </Speech>
    ))}
  </>
);

/** One pull request: talk, checks, diff with its threads, review, merge. */
export const PullPage = async (page: RepoPage, both: PullIssue) => {
  const { world, repo } = page;
  const { issue, pull } = both;
  const facts = await pullFacts(world, repo, issue, pull);
  const base = (await world.git.mergeBase(repo.gitDir, pull.baseSha, pull.headSha)) ?? pull.baseSha;
  const files = await diffFiles(world, repo, base, pull.headSha);
  const threads = (path: string, line: number, side: string) =>
    pull.reviewComments.filter((c) => c.path === path && c.line === line && c.side === side);
  const about = `wants to merge ${counted(facts.commits, "commit")} into ${pull.baseRef} from ${pull.headRef}, opened`;
  return (
    <Layout page={page} title={`${issue.title} · #${issue.number}`} tab="Pull requests">
      <IssueHead page={page} issue={issue} about={about} />
      <div class="columns">
        <div>
          <Conversation page={page} issue={issue} />
          <div data-live>
            <MergeBox page={page} both={both} facts={facts} />
          </div>
        </div>
        <aside>
          <div data-live>
            <Checks page={page} pull={pull} />
            <section class="side">
              <h2>Reviewers</h2>
              <p class="quiet">{pull.requestedReviewers.join(", ") || "Nobody asked"}</p>
            </section>
          </div>
          <LabelBox page={page} issue={issue} />
        </aside>
      </div>
      <h2 id="files">Files changed</h2>
      <div data-live>
        {files.map((file) => (
          <FileView
            file={file}
            under={(line, side) => {
              const comments = threads(file.path, line, side);
              return comments.length > 0 ? <Thread page={page} comments={comments} /> : null;
            }}
          />
        ))}
      </div>
      {issue.state === "open" ? (
        <ReviewForm page={page} both={both} paths={files.map(({ path }) => path)} />
      ) : null}
    </Layout>
  );
};
