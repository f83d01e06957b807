/** @jsxImportSource hono/jsx */
import type { Issue } from "../model.ts";
import { pageOf as addressOf } from "../shapes/issue.ts";
import { counted, type RepoPage } from "./context.ts";
import { Layout } from "./layout.tsx";
import { Avatar, Labels, StateBadge, Time } from "./parts.tsx";

const Row = ({ page, issue }: { page: RepoPage; issue: Issue }) => (
  <li>
    <StateBadge issue={issue} />
    <a class="title" href={new URL(addressOf(page.world, page.repo, issue)).pathname}>
      {issue.title}
    </a>{" "}
    <Labels page={page} issue={issue} />
    <span class="quiet">
      #{issue.number} by <Avatar login={issue.author} size={16} /> {issue.author},{" "}
      <Time world={page.world} at={issue.createdAt} />
      {issue.comments.length > 0 ? ` · ${counted(issue.comments.length, "comment")}` : ""}
    </span>
  </li>
);

const NewIssue = ({ page }: { page: RepoPage }) => (
  <details class="boxed">
    <summary>New issue</summary>
    <form method="post" action={`${page.base}/issues`} class="stack">
      <label>
        Title
        <input name="title" required maxlength={256} />
      </label>
      <label>
        Description (Markdown)
        <textarea name="body" rows={6} />
      </label>
      <button type="submit" class="primary">
        Create
      </button>
    </form>
  </details>
);

/** A repository's issues or pull requests, newest first, of one state. */
export const IssuesPage = (page: RepoPage, kind: "issues" | "pulls", state: "open" | "closed") => {
  const all = [...page.repo.issues.values()].filter((issue) => (issue.pull !== null) === (kind === "pulls"));
  const shown = all.filter((issue) => issue.state === state).reverse();
  const count = (wanted: string) => all.filter((issue) => issue.state === wanted).length;
  const title = kind === "issues" ? "Issues" : "Pull requests";
  return (
    <Layout page={page} title={title} tab={title}>
      {kind === "issues" ? <NewIssue page={page} /> : null}
      <div data-live>
        <p class="filters">
          {(["open", "closed"] as const).map((wanted) => (
            <a href={`?state=${wanted}`} {...(wanted === state ? { "aria-current": "true" as const } : {})}>
              {count(wanted)} {wanted}
            </a>
          ))}
        </p>
        <ul class="rows">
          {shown.map((issue) => (
            <Row page={page} issue={issue} />
          ))}
          {shown.length === 0 ? <li class="empty">Nothing here.</li> : null}
        </ul>
      </div>
    </Layout>
  );
};
