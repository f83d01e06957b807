import type { RepoName } from "../kernel/ids.ts";
import type { Ci } from "../ports/ci.ts";
import type { BoardListing, Forge } from "../ports/forge.ts";

/** One forge that asks, for each repository, the one it lives on. */
export function routedForge(of: (repo: RepoName) => Forge): Forge {
  return {
    name: (repo) => of(repo).name(repo),
    whoAmI: (repo) => of(repo).whoAmI(repo),
    site: (repo) => of(repo).site(repo),
    permission: (repo, ...rest) => of(repo).permission(repo, ...rest),
    repository: (repo) => of(repo).repository(repo),
    gitUrl: (repo, ...rest) => of(repo).gitUrl(repo, ...rest),
    lend: (repo, ...rest) => of(repo).lend(repo, ...rest),
    takeBack: (repo, ...rest) => of(repo).takeBack(repo, ...rest),
    issue: (repo, ...rest) => of(repo).issue(repo, ...rest),
    issuesSince: (repo, ...rest) => of(repo).issuesSince(repo, ...rest),
    createIssue: (repo, ...rest) => of(repo).createIssue(repo, ...rest),
    updateIssue: (repo, ...rest) => of(repo).updateIssue(repo, ...rest),
    addLabels: (repo, ...rest) => of(repo).addLabels(repo, ...rest),
    removeLabel: (repo, ...rest) => of(repo).removeLabel(repo, ...rest),
    comments: (repo, ...rest) => of(repo).comments(repo, ...rest),
    oneComment: (repo, ...rest) => of(repo).oneComment(repo, ...rest),
    comment: (repo, ...rest) => of(repo).comment(repo, ...rest),
    editComment: (repo, ...rest) => of(repo).editComment(repo, ...rest),
    deleteComment: (repo, ...rest) => of(repo).deleteComment(repo, ...rest),
    pull: (repo, ...rest) => of(repo).pull(repo, ...rest),
    pullsByHead: (repo, ...rest) => of(repo).pullsByHead(repo, ...rest),
    createPull: (repo, ...rest) => of(repo).createPull(repo, ...rest),
    openPulls: (wanted) => openPulls(of, wanted),
    markReady: (repo, ...rest) => of(repo).markReady(repo, ...rest),
    reviews: (repo, ...rest) => of(repo).reviews(repo, ...rest),
    reviewComments: (repo, ...rest) => of(repo).reviewComments(repo, ...rest),
    replyToReview: (repo, ...rest) => of(repo).replyToReview(repo, ...rest),
    requestReview: (repo, ...rest) => of(repo).requestReview(repo, ...rest),
    checks: (repo, ...rest) => of(repo).checks(repo, ...rest),
    mergePull: (repo, ...rest) => of(repo).mergePull(repo, ...rest),
    closePull: (repo, ...rest) => of(repo).closePull(repo, ...rest),
    updateBranch: (repo, ...rest) => of(repo).updateBranch(repo, ...rest),
    commits: (repo, ...rest) => of(repo).commits(repo, ...rest),
    file: (repo, ...rest) => of(repo).file(repo, ...rest),
    contains: (repo, ...rest) => of(repo).contains(repo, ...rest),
  };
}

/** Each forge is asked for its own repositories; without any, the one of `via` for all. */
async function openPulls(
  of: (repo: RepoName) => Forge,
  { author, repos, via }: Parameters<Forge["openPulls"]>[0],
): Promise<BoardListing> {
  const groups = [...Map.groupBy(repos, of)];
  const [only] = groups;
  if (groups.length < 2) return (only?.[0] ?? of(via)).openPulls({ author, repos, via });
  const all = await Promise.all(
    groups.map(([forge, own]) => forge.openPulls({ author, repos: own, via: own[0] ?? via })),
  );
  return {
    pulls: all.flatMap(({ pulls }) => pulls).sort((a, b) => b.updatedAt.getTime() - a.updatedAt.getTime()),
    total: all.reduce((sum, { total }) => sum + total, 0),
    withheld: [...new Set(all.flatMap(({ withheld }) => withheld))],
  };
}

/** One CI that asks, for each repository, its own; the scarcest limit of them counts. */
export function routedCi(all: readonly Ci[], of: (repo: RepoName) => Ci): Ci {
  return {
    runs: (repo, ...rest) => of(repo).runs(repo, ...rest),
    run: (repo, ...rest) => of(repo).run(repo, ...rest),
    runOf: (repo, ...rest) => of(repo).runOf(repo, ...rest),
    runsAt: (repo, ...rest) => of(repo).runsAt(repo, ...rest),
    jobs: (repo, ...rest) => of(repo).jobs(repo, ...rest),
    log: (repo, ...rest) => of(repo).log(repo, ...rest),
    logs: (repo, ...rest) => of(repo).logs(repo, ...rest),
    rerunFailed: (repo, ...rest) => of(repo).rerunFailed(repo, ...rest),
    limit() {
      const limits = all.map((ci) => ci.limit()).filter((limit) => limit !== null);
      return limits.sort((a, b) => a.remaining - b.remaining)[0] ?? null;
    },
  };
}
