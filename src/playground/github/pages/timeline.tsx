/** @jsxImportSource hono/jsx */
import type { Issue, IssueEvent } from "../model.ts";
import { markdown, type RepoPage } from "./context.ts";
import { Avatar, LabelChip, Speech, Time } from "./parts.tsx";

const WORDS: Record<string, string> = {
  labeled: "added the label",
  unlabeled: "removed the label",
  closed: "closed this",
  reopened: "reopened this",
  merged: "merged this",
  assigned: "assigned",
  unassigned: "unassigned",
};

const VERDICTS = {
  APPROVED: "approved these changes",
  CHANGES_REQUESTED: "requested changes",
  COMMENTED: "reviewed",
  DISMISSED: "reviewed (dismissed)",
};

const EventLine = ({ page, event }: { page: RepoPage; event: IssueEvent }) => {
  const label = event.label === null ? undefined : page.repo.labels.get(event.label.toLowerCase());
  return (
    <p class="event">
      <Avatar login={event.actor} size={16} /> <strong>{event.actor}</strong>{" "}
      {WORDS[event.event] ?? event.event} {label ? <LabelChip label={label} /> : null} {event.assignee}{" "}
      {event.commitId ? (
        <a href={`${page.base}/commit/${event.commitId}`}>
          <code>{event.commitId.slice(0, 7)}</code>
        </a>
      ) : null}{" "}
      <Time world={page.world} at={event.createdAt} />
    </p>
  );
};

/** What was said about and done to an issue, in the order it happened. */
export const Timeline = ({ page, issue }: { page: RepoPage; issue: Issue }) => {
  const comments = issue.comments.map((comment) => ({
    id: comment.id,
    html: (
      <Speech
        world={page.world}
        id={`issuecomment-${comment.id}`}
        author={comment.author}
        at={comment.createdAt}
        edited={comment.updatedAt !== comment.createdAt}
      >
        {markdown(page, comment.body)}
      </Speech>
    ),
  }));
  const reviews = (issue.pull?.reviews ?? [])
    .filter((review) => review.body.trim() !== "" || review.state !== "COMMENTED")
    .map((review) => ({
      id: review.id,
      html: (
        <Speech
          world={page.world}
          id={`pullrequestreview-${review.id}`}
          author={review.author}
          at={review.submittedAt}
          what={VERDICTS[review.state]}
        >
          {review.body.trim() ? markdown(page, review.body) : null}
        </Speech>
      ),
    }));
  const events = issue.events.map((event) => ({
    id: event.id,
    html: <EventLine page={page} event={event} />,
  }));
  // Ids grow with time, and tell apart what happened in the same second.
  const all = [...comments, ...reviews, ...events].sort((a, b) => a.id - b.id);
  return <>{all.map(({ html }) => html)}</>;
};

/** The form below an issue or pull request. */
export const CommentForm = ({ page, issue }: { page: RepoPage; issue: Issue }) => (
  <form method="post" action={`${page.base}/issues/${issue.number}/comment`} class="stack boxed">
    <label>
      {`Comment as ${page.viewer.login} (Markdown)`}
      <textarea name="body" rows={4} required />
    </label>
    <button type="submit" class="primary">
      Comment
    </button>
  </form>
);
