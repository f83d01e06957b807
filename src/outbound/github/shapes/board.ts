import { z } from "zod";
import { Login, PullNumber, RepoName, Sha } from "../../../kernel/ids.ts";
import type { BoardCheck, BoardPull } from "../../../ports/forge.ts";
import { When } from "./run.ts";

/** GitHub adds words to its lists; one that we do not know is read as the one that claims least. */
const word = <const W extends string>(words: readonly [W, ...W[]], otherwise: W) =>
  z.string().toLowerCase().pipe(z.enum(words).catch(otherwise));

const PageInfo = z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullish() });

const CONCLUSIONS = [
  "success",
  "neutral",
  "skipped",
  "failure",
  "cancelled",
  "timed_out",
  "action_required",
  "startup_failure",
  "stale",
] as const;

const CheckRun = z
  .object({
    __typename: z.literal("CheckRun"),
    name: z.string(),
    status: z.string(),
    conclusion: word(CONCLUSIONS, "failure").nullish(),
    title: z.string().nullish(),
    detailsUrl: z.string().nullish(),
    databaseId: z.number().nullish(),
    checkSuite: z
      .object({
        workflowRun: z
          .object({ databaseId: z.number().nullish(), workflow: z.object({ name: z.string() }) })
          .nullish(),
      })
      .nullish(),
  })
  .transform((check): BoardCheck => {
    const run = check.checkSuite?.workflowRun;
    return {
      context: check.name,
      state: check.status === "COMPLETED" ? (check.conclusion ?? "failure") : "pending",
      description: check.title ?? null,
      url: check.detailsUrl ?? "",
      actions:
        run?.databaseId == null
          ? null
          : { run: run.databaseId, job: check.databaseId ?? null, workflow: run.workflow.name },
    };
  });

const StatusContext = z
  .object({
    __typename: z.literal("StatusContext"),
    context: z.string(),
    state: z.string(),
    description: z.string().nullish(),
    targetUrl: z.string().nullish(),
  })
  .transform(
    (status): BoardCheck => ({
      context: status.context,
      state: STATUS[status.state] ?? "pending",
      description: status.description ?? null,
      url: status.targetUrl ?? "",
      actions: null,
    }),
  );

const STATUS: Record<string, BoardCheck["state"]> = {
  SUCCESS: "success",
  FAILURE: "failure",
  ERROR: "error",
};

/** A page of a commit's checks and statuses; null where it has none. Those that may not be read are null each. */
const Rollup = z
  .object({
    contexts: z.object({
      pageInfo: PageInfo,
      nodes: z.array(z.union([CheckRun, StatusContext]).nullable()).nullish(),
    }),
  })
  .nullish()
  .transform((rollup) => ({
    checks: (rollup?.contexts.nodes ?? []).filter((check) => check !== null),
    next:
      rollup?.contexts.pageInfo.hasNextPage === true ? (rollup.contexts.pageInfo.endCursor ?? null) : null,
  }));

const Commits = z
  .object({
    nodes: z.array(z.object({ commit: z.object({ statusCheckRollup: Rollup }) }).nullable()).nullish(),
  })
  .transform(({ nodes }) => nodes?.[0]?.commit.statusCheckRollup ?? { checks: [], next: null });

/** The further checks of one pull request. */
export const MoreChecks = z.object({ node: z.object({ commits: Commits }).nullable() });

const Pull = z
  .object({
    __typename: z.literal("PullRequest"),
    id: z.string(),
    number: PullNumber,
    title: z.string(),
    url: z.string(),
    isDraft: z.boolean(),
    updatedAt: When,
    headRefOid: Sha,
    author: z.object({ login: Login }).nullish(),
    repository: z.object({ nameWithOwner: RepoName }),
    mergeable: word(["mergeable", "conflicting", "unknown"], "unknown"),
    mergeStateStatus: word(
      ["behind", "blocked", "clean", "dirty", "draft", "has_hooks", "unknown", "unstable"],
      "unknown",
    ),
    reviewDecision: word(["approved", "changes_requested", "review_required"], "review_required").nullish(),
    latestOpinionatedReviews: z
      .object({ nodes: z.array(z.object({ state: z.string() }).nullable()).nullish() })
      .nullish(),
    commits: Commits,
  })
  .transform((pull) => {
    const said = (pull.latestOpinionatedReviews?.nodes ?? []).map((review) => review?.state);
    // without required reviews GitHub decides nothing, though people may have said something
    const opinion = said.includes("CHANGES_REQUESTED")
      ? "changes_requested"
      : said.includes("APPROVED")
        ? "approved"
        : null;
    const board: BoardPull = {
      repo: pull.repository.nameWithOwner,
      number: pull.number,
      title: pull.title,
      url: pull.url,
      author: pull.author?.login ?? null,
      updatedAt: pull.updatedAt,
      headSha: pull.headRefOid,
      draft: pull.isDraft,
      review: pull.reviewDecision ?? opinion,
      mergeable: pull.mergeable,
      mergeState: pull.mergeStateStatus,
      checks: pull.commits.checks,
    };
    return { id: pull.id, next: pull.commits.next, board };
  });

const NoPull = z.looseObject({ __typename: z.string().refine((name) => name !== "PullRequest") });

/** A page of the search; what may not be read (null), or is no pull request, is left out. */
export const Found = z.object({
  search: z.object({
    issueCount: z.number(),
    pageInfo: PageInfo,
    nodes: z
      .array(z.union([Pull, NoPull.transform(() => null), z.null()]))
      .nullish()
      .transform((nodes) => (nodes ?? []).filter((node) => node !== null)),
  }),
});
