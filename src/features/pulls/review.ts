import type { Login } from "../../kernel/ids.ts";
import { redact } from "../../kernel/text/redact.ts";
import type { ForgeComment, ForgeReview, ForgeReviewComment } from "../../ports/forge.ts";
import { mayAskForChange } from "../approvals/rights.ts";
import type { Context } from "../context.ts";
import { refreshCard } from "../findings/service.ts";
import { isCommandOfOurs } from "../issues/bare-commands.ts";
import { hasMark } from "../issues/marks.ts";
import { enqueueNote } from "../threads/notes.ts";
import { reviewNote } from "./messages.ts";
import { addRemark, keptSources, type Pull } from "./store.ts";

type Deps = Pick<Context, "db" | "queue" | "clock" | "config" | "forge">;

/**
 * Keeps what reviewers said since: each remark once, one message in the thread for each review. Our own words and
 * commands are no remarks. Anybody may write there: GitHub is asked whose word counts.
 * @returns all reviews, oldest first.
 */
export async function collectReviews(deps: Deps, pull: Pull, me: Login): Promise<ForgeReview[]> {
  const inline = (await deps.forge.reviewComments(pull.repo, pull.number)).filter((remark) =>
    counts(remark, me),
  );
  const comments = await talkOf(deps, pull, me);
  // read after the remarks: of a review that comes in between, the next look has both
  const reviews = await deps.forge.reviews(pull.repo, pull.number);
  const authors = new Set([...inline, ...comments, ...reviews].map((said) => said.author));
  const kept = await keptSources(deps.db, pull);
  for (const author of authors) {
    const said: Said = {
      inline: inline.filter((remark) => remark.author === author),
      comments: comments.filter((remark) => remark.author === author),
      reviews: reviews.filter(
        (review) => review.author === author && !(author === me && hasMark(review.body)),
      ),
    };
    const isNew = remarksIn(deps, said).some((remark) => !kept.has(remark.source));
    const trusted = isNew && (await mayAskForChange(deps, pull.repo, author));
    await keepSaid(deps, pull, { author, trusted }, said);
  }
  return reviews;
}

const counts = (remark: ForgeComment, me: Login): boolean =>
  !(remark.author === me && hasMark(remark.body)) &&
  !/^\s*\/(flaky|ai-fix)\b/m.test(remark.body) &&
  !isForBots(remark.body);

/** Whether a comment holds nothing but commands, as `/retest`: what bots obey and nobody is to answer. */
export function isForBots(body: string): boolean {
  const lines = body.split("\n").filter((line) => line.trim() !== "");
  return lines.length > 0 && lines.every((line) => /^\s{0,3}\/[a-z][\w-]*(?:\s|$)/i.test(line));
}

/** What people said below the pull request; a command of ours for another bot carries no mark. */
async function talkOf({ db, forge }: Deps, { repo, number }: Pull, me: Login): Promise<ForgeComment[]> {
  const talk: ForgeComment[] = [];
  for (const remark of await forge.comments(repo, number, null)) {
    if (!counts(remark, me)) continue;
    const ours = remark.author === me && (await isCommandOfOurs(db, { repo, number, body: remark.body }));
    if (!ours) talk.push(remark);
  }
  return talk;
}

interface Said {
  inline: ForgeReviewComment[];
  comments: ForgeComment[];
  reviews: ForgeReview[];
}

interface NewRemark {
  source: string;
  body: string;
  path: string | null;
  line: number | null;
  diffHunk: string | null;
  at: Date;
}

/** All that somebody said that may be a remark; an approval's words are none. */
function remarksIn({ clock }: Pick<Deps, "clock">, said: Said): NewRemark[] {
  const nowhere = { path: null, line: null, diffHunk: null };
  return [
    ...said.inline.map(({ id, body, path, line, diffHunk, createdAt }) => {
      return { source: `inline/${id}`, body, path, line, diffHunk, at: createdAt };
    }),
    ...said.comments.map(({ id, body, createdAt }) => {
      return { ...nowhere, source: `comment/${id}`, body, at: createdAt };
    }),
    ...said.reviews
      .filter(({ body, state }) => body.trim() !== "" && state !== "approved" && !isForBots(body))
      .map(({ id, body, submittedAt }) => {
        return { ...nowhere, source: `review/${id}`, body, at: submittedAt ?? clock.now() };
      }),
  ];
}

type News = Pick<NewRemark, "source" | "path" | "line" | "body">;

interface Speaker {
  author: Login;
  trusted: boolean;
}

async function keepSaid(deps: Deps, pull: Pull, by: Speaker, said: Said): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const news: News[] = [];
    for (const remark of remarksIn(deps, said)) {
      const row = { ...remark, ...by, body: redact(remark.body) };
      const at = { findingId: pull.findingId, repo: pull.repo, pull: pull.number };
      if (await addRemark(tx, { ...row, ...at })) news.push(row);
    }
    await tell(deps, tx, pull, by, said.reviews.at(-1) ?? null, news);
  });
}

async function tell(
  deps: Deps,
  tx: Context["db"],
  pull: Pull,
  { author, trusted }: Speaker,
  review: ForgeReview | null,
  news: News[],
): Promise<void> {
  // an approval without a word is told once as well: its key is the review's id
  const approval = review?.state === "approved" ? `approved:${review.id}` : null;
  if (news.length === 0 && approval === null) return;
  const key =
    news.length === 0
      ? `${approval}`
      : `remarks:${pull.number}:${author}:${news.map((remark) => remark.source).join("|")}`;
  await enqueueNote(tx, deps.clock, {
    finding: pull.findingId,
    key: `review:${Bun.hash(key).toString(16)}:${pull.repo}#${pull.number}`,
    text: reviewNote({
      author,
      heard: trusted || news.length === 0,
      state: review?.state ?? "commented",
      url: pull.url,
      body: "",
      remarks: news,
    }),
  });
  await refreshCard(deps, tx, pull.findingId);
}
