import type { Permission } from "../github/options.ts";

/** What Gitea does not have, and so must not stand in its answers. */
const GITHUB_ALONE = new Set([
  "state_reason",
  "node_id",
  "author_association",
  "performed_via_github_app",
  "mergeable_state",
  "type",
  "pull_requests",
  "in_reply_to_id",
]);

/** An answer of GitHub's without what only GitHub says. */
export const plain = (answer: object): Record<string, unknown> =>
  JSON.parse(JSON.stringify(answer, (key, value) => (GITHUB_ALONE.has(key) ? undefined : value)));

/** Rights in Gitea's words, which has fewer. */
export const RIGHTS: Record<Permission, string> = {
  admin: "admin",
  maintain: "admin",
  write: "write",
  triage: "read",
  read: "read",
  none: "none",
};

/** Gitea adds what ran to a workflow's file. */
export const pathOf = (file: string, ref: string): string => `${file.split("/").at(-1)}@${ref}`;

/** Words for how a job stands, as commit statuses have them. */
export const stateOf = (status: string, conclusion: string | null): string =>
  status !== "completed"
    ? "pending"
    : conclusion === "success" || conclusion === "skipped"
      ? conclusion
      : "failure";
