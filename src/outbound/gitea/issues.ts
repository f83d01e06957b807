import { z } from "zod";
import type { RepoName } from "../../kernel/ids.ts";
import type { Forge } from "../../ports/forge.ts";
import { refusedWith } from "../http/refused.ts";
import { understood } from "../http/understood.ts";
import type { Client } from "./client.ts";
import { Comment, Issue } from "./shapes.ts";

type Issues = Pick<
  Forge,
  "issue" | "issuesSince" | "createIssue" | "updateIssue" | "addLabels" | "removeLabel"
>;
type Comments = Pick<Forge, "comments" | "oneComment" | "comment" | "editComment" | "deleteComment">;

const Label = z.object({ id: z.int(), name: z.string() });
/** Colour of a label that the product makes. */
const GREY = "#ededed";

/** Issues and their labels. */
export function createIssues(client: Client): Issues {
  return {
    issue: (repo, number) => client.read(`issue ${repo}#${number}`, Issue, `/repos/${repo}/issues/${number}`),
    async issuesSince(repo, since, label, most = Number.POSITIVE_INFINITY) {
      // a label that the repository does not have is no filter to Gitea, so it is looked at here too
      const fits = (labels: string[]) =>
        label === null || labels.some((name) => name.toLowerCase() === label.toLowerCase());
      let seen = 0;
      const listed = await client.list(`issues of ${repo}`, Issue, `/repos/${repo}/issues`, {
        query: { state: "all", ...(label === null ? {} : { labels: label }) },
        enough: ({ createdAt, labels }) => {
          seen += fits(labels) ? 1 : 0;
          return createdAt < since || seen > most;
        },
      });
      return listed.filter(({ labels }) => fits(labels));
    },
    async createIssue(repo, { labels, ...issue }) {
      const ids = await idsOf(client, repo, labels);
      const made = await client.send("POST", `/repos/${repo}/issues`, { ...issue, labels: ids });
      return understood(Issue, `new issue of ${repo}`, made);
    },
    async updateIssue(repo, number, { reason: _, ...change }) {
      const changed = await client.send("PATCH", `/repos/${repo}/issues/${number}`, change);
      return understood(Issue, `issue ${repo}#${number}`, changed);
    },
    async addLabels(repo, number, labels) {
      if (labels.length === 0) return;
      const ids = await idsOf(client, repo, labels);
      await client.send("POST", `/repos/${repo}/issues/${number}/labels`, { labels: ids });
    },
    async removeLabel(repo, number, label) {
      const path = `/repos/${repo}/issues/${number}/labels`;
      const carried = await client.read(`labels of ${repo}#${number}`, Label.array().nullable(), path);
      const found = carried?.find(({ name }) => name.toLowerCase() === label.toLowerCase());
      if (found !== undefined) await client.send("DELETE", `${path}/${found.id}`);
    },
  };
}

/** Ids of labels, which is what issues take; those that are not there are made. */
async function idsOf(client: Client, repo: RepoName, names: readonly string[]): Promise<number[]> {
  if (names.length === 0) return [];
  const path = `/repos/${repo}/labels`;
  const known = await client.list(`labels of ${repo}`, Label, path);
  const ids: number[] = [];
  for (const name of names) {
    const found = known.find((label) => label.name.toLowerCase() === name.toLowerCase());
    const label =
      found ??
      understood(Label, `new label of ${repo}`, await client.send("POST", path, { name, color: GREY }));
    ids.push(label.id);
  }
  return ids;
}

/** The conversation of an issue or pull request. */
export function createComments(client: Client): Comments {
  const one = (repo: RepoName, id: number) => `/repos/${repo}/issues/comments/${id}`;
  return {
    comments: (repo, number, since) =>
      client.list(`comments of ${repo}#${number}`, Comment, `/repos/${repo}/issues/${number}/comments`, {
        query: since === null ? {} : { since: since.toISOString() },
      }),
    async oneComment(repo, id) {
      try {
        return await client.read(`comment ${id} of ${repo}`, Comment, one(repo, id));
      } catch (error) {
        if (refusedWith(error, 404)) return null;
        throw error;
      }
    },
    async comment(repo, number, body) {
      const made = await client.send("POST", `/repos/${repo}/issues/${number}/comments`, { body });
      return understood(Comment, `new comment on ${repo}#${number}`, made);
    },
    async editComment(repo, id, body) {
      return understood(
        Comment,
        `comment ${id} of ${repo}`,
        await client.send("PATCH", one(repo, id), { body }),
      );
    },
    async deleteComment(repo, id) {
      try {
        await client.send("DELETE", one(repo, id));
      } catch (error) {
        // gone already, as after a send that was interrupted
        if (!refusedWith(error, 404)) throw error;
      }
    },
  };
}
