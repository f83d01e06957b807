import type { Octokit } from "@octokit/rest";
import type { Clock } from "../../kernel/clock.ts";
import type { RepoName } from "../../kernel/ids.ts";
import type { BoardCheck, BoardPull, Forge } from "../../ports/forge.ts";
import type { Clients } from "./clients.ts";
import { ask } from "./graphql.ts";
import { Found, MoreChecks } from "./shapes/board.ts";

/** Pull requests of one answer, and what is listed at most. With 100 checks each, larger pages run into time-outs. */
const PAGE = 25;
const MOST = 500;
/** Further pages of checks of one pull request: above 1,000 checks something is wrong. */
const MOST_PAGES = 9;

const CONTEXTS = `
  pageInfo { hasNextPage endCursor }
  nodes {
    __typename
    ... on CheckRun {
      name status conclusion title detailsUrl databaseId
      checkSuite { workflowRun { databaseId workflow { name } } }
    }
    ... on StatusContext { context state description targetUrl }
  }`;

const SEARCH = `query OpenPulls($search: String!, $first: Int!, $after: String) {
  search(query: $search, type: ISSUE, first: $first, after: $after) {
    issueCount
    pageInfo { hasNextPage endCursor }
    nodes {
      __typename
      ... on PullRequest {
        id number title url isDraft updatedAt headRefOid mergeable mergeStateStatus reviewDecision
        author { login }
        repository { nameWithOwner }
        latestOpinionatedReviews(first: 20) { nodes { state } }
        commits(last: 1) { nodes { commit { statusCheckRollup { contexts(first: 100) {${CONTEXTS}} } } } }
      }
    }
  }
}`;

const MORE = `query MoreChecks($id: ID!, $after: String) {
  node(id: $id) {
    ... on PullRequest {
      commits(last: 1) { nodes { commit { statusCheckRollup { contexts(first: 100, after: $after) {${CONTEXTS}} } } } }
    }
  }
}`;

/** Open pull requests with their checks: one question of GraphQL for a target, and one more for each further page. */
export function createBoard(clients: Clients, clock: Clock): Pick<Forge, "openPulls"> {
  return {
    async openPulls({ author, repos, via }) {
      const client = await clients.on(via, "read");
      const search = searchWords(author, repos);
      const what = `open pull requests of ${author}`;
      const pulls: BoardPull[] = [];
      const withheld = new Set<string>();
      let total = 0;
      let after: string | null = null;
      do {
        const variables: Record<string, unknown> = { search, first: PAGE, after };
        const page = await ask(client, clock, what, Found, { query: SEARCH, variables });
        for (const word of page.withheld) withheld.add(word);
        const found = page.data.search;
        total = found.issueCount;
        for (const { id, next, board } of found.nodes) {
          const more = next === null ? [] : await moreChecks(client, clock, id, next);
          pulls.push(more.length === 0 ? board : { ...board, checks: [...board.checks, ...more] });
        }
        after = found.pageInfo.hasNextPage ? (found.pageInfo.endCursor ?? null) : null;
      } while (after !== null && pulls.length < MOST);
      return { pulls: pulls.slice(0, MOST), total, withheld: [...withheld] };
    },
  };
}

const searchWords = (author: string, repos: readonly RepoName[]): string =>
  ["is:pr", "is:open", `author:${author}`, ...repos.map((repo) => `repo:${repo}`), "sort:updated-desc"].join(
    " ",
  );

async function moreChecks(client: Octokit, clock: Clock, id: string, from: string): Promise<BoardCheck[]> {
  const checks: BoardCheck[] = [];
  let after: string | null = from;
  for (let page = 0; after !== null && page < MOST_PAGES; page += 1) {
    const variables: Record<string, unknown> = { id, after };
    const { data } = await ask(client, clock, "further checks", MoreChecks, { query: MORE, variables });
    checks.push(...(data.node?.commits.checks ?? []));
    after = data.node?.commits.next ?? null;
  }
  return checks;
}
