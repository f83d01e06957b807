/** @jsxImportSource hono/jsx */
import { filesOf, type GitCommit } from "../history.ts";
import { jobsOn } from "../verbs/checks.ts";
import type { RepoPage } from "./context.ts";
import { FileView } from "./diff-view.tsx";
import { Layout } from "./layout.tsx";
import { Avatar, Mark, Time } from "./parts.tsx";

/** One commit with its diff and checks. */
export const CommitPage = async (page: RepoPage, commit: GitCommit) => {
  const files = await filesOf(page.world, page.repo, commit);
  const [title, ...rest] = commit.message.split("\n");
  return (
    <Layout page={page} title={title ?? commit.sha} tab="Code">
      <h1>{title}</h1>
      <pre class="message">{rest.join("\n").trim()}</pre>
      <p class="quiet">
        <Avatar login={commit.author.name} size={16} /> {commit.author.name}{" "}
        <Time world={page.world} at={commit.committer.date} /> · <code>{commit.sha}</code> ·{" "}
        {commit.parents.length === 1 ? "parent" : "parents"}{" "}
        {commit.parents.map((sha) => (
          <a href={`${page.base}/commit/${sha}`}>
            <code>{sha.slice(0, 7)}</code>{" "}
          </a>
        ))}
      </p>
      <p data-live>
        {jobsOn(page.repo, commit.sha).map(({ run, job }) => (
          <>
            <Mark status={job.status} conclusion={job.conclusion} />{" "}
            <a href={`${page.base}/actions/runs/${run.id}/job/${job.id}`}>{job.spec.name}</a>{" "}
          </>
        ))}
      </p>
      {files.map((file) => (
        <FileView file={file} />
      ))}
    </Layout>
  );
};
