import type { RepoName } from "../../kernel/ids.ts";
import type { Forge } from "../../ports/forge.ts";
import { all } from "../http/pages.ts";
import { refusedWith } from "../http/refused.ts";
import { understood } from "../http/understood.ts";
import { at, type Clients } from "./clients.ts";
import { Comment, Issue, ListedIssue } from "./shapes/issue.ts";

type Issues = Pick<
  Forge,
  "issue" | "issuesSince" | "createIssue" | "updateIssue" | "addLabels" | "removeLabel"
>;
type Comments = Pick<Forge, "comments" | "oneComment" | "comment" | "editComment" | "deleteComment">;

/** Issues and their labels. */
export function createIssues(clients: Clients): Issues {
  return {
    async issue(repo, number) {
      const client = await clients.on(repo, "read");
      const { data } = await client.rest.issues.get({ ...at(repo), issue_number: number });
      return understood(Issue, `issue ${repo}#${number}`, data);
    },
    issuesSince: (repo, since, label, most = Number.POSITIVE_INFINITY) =>
      issuesSince(clients, repo, since, label, most),
    async createIssue(repo, issue) {
      const client = await clients.on(repo, "issue");
      const { data } = await client.rest.issues.create({ ...at(repo), ...issue });
      return understood(Issue, `new issue of ${repo}`, data);
    },
    async updateIssue(repo, number, { reason, ...change }) {
      const client = await clients.on(repo, "issue");
      const { data } = await client.rest.issues.update({
        ...at(repo),
        issue_number: number,
        ...change,
        ...(reason === undefined ? {} : { state_reason: reason }),
      });
      return understood(Issue, `issue ${repo}#${number}`, data);
    },
    async addLabels(repo, number, labels) {
      if (labels.length === 0) return;
      const client = await clients.on(repo, "issue");
      await client.rest.issues.addLabels({ ...at(repo), issue_number: number, labels });
    },
    async removeLabel(repo, number, label) {
      const client = await clients.on(repo, "issue");
      try {
        await client.rest.issues.removeLabel({ ...at(repo), issue_number: number, name: label });
      } catch (error) {
        const absent = refusedWith(error, 404) && /label does not exist/i.test(error.message);
        if (!absent) throw error;
      }
    },
  };
}

async function issuesSince(
  clients: Clients,
  repo: RepoName,
  since: Date,
  label: string | null,
  most: number,
) {
  const client = await clients.on(repo, "read");
  const pages = client.paginate.iterator(client.rest.issues.listForRepo, {
    ...at(repo),
    state: "all",
    sort: "created",
    direction: "desc",
    per_page: 100,
    ...(label === null ? {} : { labels: label }),
  });
  const what = `issues of ${repo}`;
  let seen = 0;
  const listed = await all(what, pages, ListedIssue, ({ createdAt }) => {
    seen += 1;
    return createdAt < since || seen > most;
  });
  return listed.map(({ raw }) => understood(Issue, what, raw));
}

/** The conversation of an issue or pull request. */
export function createComments(clients: Clients): Comments {
  return {
    async comments(repo, number, since) {
      const client = await clients.on(repo, "read");
      const pages = client.paginate.iterator(client.rest.issues.listComments, {
        ...at(repo),
        issue_number: number,
        per_page: 100,
        ...(since === null ? {} : { since: since.toISOString() }),
      });
      return all(`comments of ${repo}#${number}`, pages, Comment);
    },
    async oneComment(repo, id) {
      const client = await clients.on(repo, "read");
      try {
        const { data } = await client.rest.issues.getComment({ ...at(repo), comment_id: id });
        return understood(Comment, `comment ${id} of ${repo}`, data);
      } catch (error) {
        if (refusedWith(error, 404)) return null;
        throw error;
      }
    },
    async comment(repo, number, body) {
      const client = await clients.on(repo, "issue");
      const { data } = await client.rest.issues.createComment({ ...at(repo), issue_number: number, body });
      return understood(Comment, `new comment on ${repo}#${number}`, data);
    },
    async editComment(repo, id, body) {
      const client = await clients.on(repo, "issue");
      const { data } = await client.rest.issues.updateComment({ ...at(repo), comment_id: id, body });
      return understood(Comment, `comment ${id} of ${repo}`, data);
    },
    async deleteComment(repo, id) {
      const client = await clients.on(repo, "issue");
      try {
        await client.rest.issues.deleteComment({ ...at(repo), comment_id: id });
      } catch (error) {
        // gone already, as after a send that was interrupted
        if (!refusedWith(error, 404)) throw error;
      }
    },
  };
}
