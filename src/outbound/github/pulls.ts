import { z } from "zod";
import { type PullNumber, type RepoName, Sha } from "../../kernel/ids.ts";
import type { Forge, ForgePull } from "../../ports/forge.ts";
import { all } from "../http/pages.ts";
import { refusedWith } from "../http/refused.ts";
import { understood } from "../http/understood.ts";
import { at, type Clients } from "./clients.ts";
import { Comment } from "./shapes/issue.ts";
import { Pull, PullMention, Review, ReviewComment } from "./shapes/pull.ts";

type Pulls = Pick<
  Forge,
  "markReady" | "mergePull" | "closePull" | "pull" | "pullsByHead" | "createPull" | "updateBranch"
>;
type Reviews = Pick<Forge, "reviews" | "reviewComments" | "replyToReview" | "requestReview">;

const Merged = z.object({ sha: Sha });
/** A branch has few pull requests; those beyond are old. */
const MOST_BY_HEAD = 10;

const Draft = z.object({ draft: z.boolean().default(false), node_id: z.string() });
const READY =
  "mutation ($id: ID!) { markPullRequestReadyForReview(input: { pullRequestId: $id }) { pullRequest { isDraft } } }";

/** Pull requests. */
export function createPulls(clients: Clients): Pulls {
  const pull = (repo: RepoName, number: PullNumber) => readPull(clients, repo, number);
  return {
    pull,
    async pullsByHead(repo, head) {
      const client = await clients.on(repo, "read");
      const { data } = await client.rest.pulls.list({
        ...at(repo),
        head: head.includes(":") ? head : `${at(repo).owner}:${head}`,
        state: "all",
        per_page: MOST_BY_HEAD,
      });
      // the listing leaves out who merged it and whether it can be
      const found = understood(PullMention.array(), `pull requests of ${repo} from ${head}`, data);
      return Promise.all(found.map(({ number }) => pull(repo, number)));
    },
    async createPull(repo, wanted) {
      const client = await clients.on(repo, "code");
      const create = async (draft: boolean) => {
        const { data } = await client.rest.pulls.create({ ...at(repo), ...wanted, draft });
        return understood(Pull, `new pull request of ${repo}`, data);
      };
      try {
        return await create(wanted.draft);
      } catch (error) {
        // private repositories of some plans have no drafts
        if (!wanted.draft || !refusedWith(error, 422) || !/draft/i.test(error.message)) throw error;
        return create(false);
      }
    },
    async markReady(repo, number) {
      const client = await clients.on(repo, "code");
      const { data } = await client.rest.pulls.get({ ...at(repo), pull_number: number });
      const { draft, node_id: id } = understood(Draft, `pull request ${repo}#${number}`, data);
      // REST has no route for it
      if (draft) await client.graphql(READY, { id });
    },
    async mergePull(repo, number, { head, message }) {
      const client = await clients.on(repo, "code");
      const words = message === undefined ? {} : { commit_message: message };
      const wanted = { ...at(repo), pull_number: number, sha: head, ...words };
      for (const merge_method of ["squash", "merge", "rebase"] as const) {
        try {
          const { data } = await client.rest.pulls.merge({ ...wanted, merge_method });
          return understood(Merged, `merge of ${repo}#${number}`, data).sha;
        } catch (error) {
          // a way of merging that this repository does not allow
          if (!(refusedWith(error, 405) && /not allowed/i.test(error.message)) || merge_method === "rebase")
            throw error;
        }
      }
      throw new Error("no way of merging was tried");
    },
    async closePull(repo, number) {
      const client = await clients.on(repo, "code");
      await client.rest.pulls.update({ ...at(repo), pull_number: number, state: "closed" });
    },
    async updateBranch(repo, number) {
      const client = await clients.on(repo, "code");
      try {
        await client.rest.pulls.updateBranch({ ...at(repo), pull_number: number });
        return true;
      } catch (error) {
        if (refusedWith(error, 422) && /no new commits/i.test(error.message)) return false;
        throw error;
      }
    },
  };
}

async function readPull(clients: Clients, repo: RepoName, number: PullNumber): Promise<ForgePull> {
  const client = await clients.on(repo, "read");
  const { data } = await client.rest.pulls.get({ ...at(repo), pull_number: number });
  return understood(Pull, `pull request ${repo}#${number}`, data);
}

/** What reviewers said of a pull request. */
export function createReviews(clients: Clients): Reviews {
  return {
    async reviews(repo, number) {
      const client = await clients.on(repo, "read");
      const query = { ...at(repo), pull_number: number, per_page: 100 };
      const pages = client.paginate.iterator(client.rest.pulls.listReviews, query);
      return all(`reviews of ${repo}#${number}`, pages, Review);
    },
    async reviewComments(repo, number) {
      const client = await clients.on(repo, "read");
      const query = { ...at(repo), pull_number: number, per_page: 100 };
      const pages = client.paginate.iterator(client.rest.pulls.listReviewComments, query);
      return all(`review comments of ${repo}#${number}`, pages, ReviewComment);
    },
    async replyToReview(repo, number, comment, body) {
      const client = await clients.on(repo, "code");
      const { data } = await client.rest.pulls.createReplyForReviewComment({
        ...at(repo),
        pull_number: number,
        comment_id: comment,
        body,
      });
      return understood(Comment, `reply to review comment ${comment} of ${repo}#${number}`, data);
    },
    async requestReview(repo, number, reviewers) {
      if (reviewers.length === 0) return;
      const client = await clients.on(repo, "code");
      await client.rest.pulls.requestReviewers({ ...at(repo), pull_number: number, reviewers });
    },
  };
}
