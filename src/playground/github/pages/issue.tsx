/** @jsxImportSource hono/jsx */
import { hasLevel } from "../auth.ts";
import type { Issue } from "../model.ts";
import { markdown, type RepoPage } from "./context.ts";
import { Layout } from "./layout.tsx";
import { LabelChip, Labels, PostButton, Speech, StateBadge, Time } from "./parts.tsx";
import { CommentForm, Timeline } from "./timeline.tsx";

/** Labels with buttons to take them off, and a field to add one. */
export const LabelBox = ({ page, issue }: { page: RepoPage; issue: Issue }) => {
  const action = `${page.base}/issues/${issue.number}/label`;
  const mayLabel = hasLevel(page.viewer, "triage");
  return (
    <section class="side">
      <h2>Labels</h2>
      <div data-live>
        {issue.labels.length === 0 ? <p class="quiet">None yet</p> : null}
        {issue.labels.flatMap((name) => {
          const label = page.repo.labels.get(name.toLowerCase());
          if (!label) return [];
          return [
            <p>
              <LabelChip label={label} />{" "}
              {mayLabel ? (
                <PostButton action={action} fields={{ remove: name }}>
                  Remove
                </PostButton>
              ) : null}
            </p>,
          ];
        })}
      </div>
      {mayLabel ? (
        <form method="post" action={action} class="line">
          <input
            name="add"
            list="known-labels"
            placeholder="Add a label"
            aria-label="Label to add"
            required
          />
          <datalist id="known-labels">
            {[...page.repo.labels.values()].map((label) => (
              <option value={label.name} />
            ))}
          </datalist>
          <button type="submit">Add</button>
        </form>
      ) : null}
    </section>
  );
};

const StateButtons = ({ page, issue }: { page: RepoPage; issue: Issue }) => {
  const action = `${page.base}/issues/${issue.number}/state`;
  if (issue.pull?.mergedAt) return null;
  if (issue.state === "closed") {
    return (
      <PostButton action={action} fields={{ state: "open" }}>
        Reopen
      </PostButton>
    );
  }
  return (
    <>
      <PostButton action={action} fields={{ state: "closed" }}>
        {issue.pull ? "Close pull request" : "Close as completed"}
      </PostButton>{" "}
      {issue.pull ? null : (
        <PostButton action={action} fields={{ state: "closed", reason: "not_planned" }}>
          Close as not planned
        </PostButton>
      )}
    </>
  );
};

/** Title, state and labels: the top of an issue and of a pull request. */
export const IssueHead = ({ page, issue, about }: { page: RepoPage; issue: Issue; about?: string }) => (
  <div data-live>
    <h1>
      {issue.title} <span class="quiet">#{issue.number}</span>
    </h1>
    <p>
      <StateBadge issue={issue} /> <strong>{issue.author}</strong> {about ?? "opened this"}{" "}
      <Time world={page.world} at={issue.createdAt} /> <Labels page={page} issue={issue} />
    </p>
  </div>
);

/** What people said, with the form to say more. */
export const Conversation = ({ page, issue }: { page: RepoPage; issue: Issue }) => (
  <section>
    <div data-live>
      <Speech
        world={page.world}
        id={`issue-${issue.id}`}
        author={issue.author}
        at={issue.createdAt}
        what="wrote"
      >
        {markdown(page, issue.body)}
      </Speech>
      <Timeline page={page} issue={issue} />
    </div>
    <CommentForm page={page} issue={issue} />
    <div class="buttons" data-live>
      <StateButtons page={page} issue={issue} />
    </div>
  </section>
);

/** One issue. */
export const IssuePage = (page: RepoPage, issue: Issue) => (
  <Layout page={page} title={`${issue.title} · #${issue.number}`} tab="Issues">
    <IssueHead page={page} issue={issue} />
    <div class="columns">
      <Conversation page={page} issue={issue} />
      <aside>
        <LabelBox page={page} issue={issue} />
        <section class="side" data-live>
          <h2>Assignees</h2>
          <p class="quiet">{issue.assignees.join(", ") || "Nobody"}</p>
        </section>
      </aside>
    </div>
  </Layout>
);
