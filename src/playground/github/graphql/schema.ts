import { buildSchema } from "graphql";

/** The part of GitHub's schema that is played here, with GitHub's names and types. What is not in it is an error. */
export const schema = buildSchema(`
scalar DateTime
scalar GitObjectID
scalar URI

interface Node { id: ID! }
interface Actor { login: String! }
type User implements Actor { login: String! }

type Query {
  node(id: ID!): Node
  search(query: String!, type: SearchType!, first: Int, after: String): SearchResultItemConnection!
}
enum SearchType { ISSUE }
union SearchResultItem = PullRequest
type SearchResultItemConnection {
  issueCount: Int!
  nodes: [SearchResultItem]
  pageInfo: PageInfo!
}
type PageInfo { endCursor: String, hasNextPage: Boolean! }

type Repository { nameWithOwner: String! }
enum MergeableState { CONFLICTING MERGEABLE UNKNOWN }
enum MergeStateStatus { BEHIND BLOCKED CLEAN DIRTY DRAFT HAS_HOOKS UNKNOWN UNSTABLE }
enum PullRequestReviewDecision { APPROVED CHANGES_REQUESTED REVIEW_REQUIRED }
enum PullRequestReviewState { APPROVED CHANGES_REQUESTED COMMENTED DISMISSED PENDING }
type PullRequestReview { state: PullRequestReviewState! }
type PullRequestReviewConnection { nodes: [PullRequestReview] }
type PullRequest implements Node {
  id: ID!
  author: Actor
  commits(first: Int, last: Int): PullRequestCommitConnection!
  headRefOid: GitObjectID!
  isDraft: Boolean!
  latestOpinionatedReviews(first: Int): PullRequestReviewConnection
  mergeStateStatus: MergeStateStatus!
  mergeable: MergeableState!
  number: Int!
  repository: Repository!
  reviewDecision: PullRequestReviewDecision
  title: String!
  updatedAt: DateTime!
  url: URI!
}
type PullRequestCommitConnection { nodes: [PullRequestCommit] }
type PullRequestCommit { commit: Commit! }
type Commit { oid: GitObjectID!, statusCheckRollup: StatusCheckRollup }

enum StatusState { ERROR EXPECTED FAILURE PENDING SUCCESS }
enum CheckStatusState { COMPLETED IN_PROGRESS PENDING QUEUED REQUESTED WAITING }
enum CheckConclusionState {
  ACTION_REQUIRED CANCELLED FAILURE NEUTRAL SKIPPED STALE STARTUP_FAILURE SUCCESS TIMED_OUT
}
type StatusCheckRollup {
  contexts(first: Int, after: String): StatusCheckRollupContextConnection!
  state: StatusState!
}
union StatusCheckRollupContext = CheckRun | StatusContext
type StatusCheckRollupContextConnection {
  nodes: [StatusCheckRollupContext]
  pageInfo: PageInfo!
  totalCount: Int!
}
type App { slug: String! }
type Workflow { name: String! }
type WorkflowRun { databaseId: Int, url: URI!, workflow: Workflow! }
type CheckSuite { app: App, workflowRun: WorkflowRun }
type CheckRun {
  checkSuite: CheckSuite!
  conclusion: CheckConclusionState
  databaseId: Int
  detailsUrl: URI
  name: String!
  status: CheckStatusState!
  title: String
}
type StatusContext {
  context: String!
  description: String
  state: StatusState!
  targetUrl: URI
}

type Mutation {
  convertPullRequestToDraft(input: ConvertPullRequestToDraftInput!): ConvertPullRequestToDraftPayload
  markPullRequestReadyForReview(input: MarkPullRequestReadyForReviewInput!): MarkPullRequestReadyForReviewPayload
}
input ConvertPullRequestToDraftInput { pullRequestId: ID! }
input MarkPullRequestReadyForReviewInput { pullRequestId: ID! }
type ConvertPullRequestToDraftPayload { pullRequest: PullRequest }
type MarkPullRequestReadyForReviewPayload { pullRequest: PullRequest }
`);
