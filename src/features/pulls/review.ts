import type { Login } from "../../kernel/ids.ts";
import { redact } from "../../kernel/text/redact.ts";
import type { ForgeComment, ForgeReview, ForgeReviewComment } from "../../ports/forge.ts";
import type { Context } from "../context.ts";
import { refreshCard } from "../findings/service.ts";
import { isCommandOfOurs } from "../issues/bare-commands.ts";
import { hasMark } from "../issues/marks.ts";
import { enqueueNote } from "../threads/notes.ts";
import { reviewNote } from "./messages.ts";
import { addRemark, type Pull } from "./store.ts";

type Deps = Pick<Context, "db" | "queue" | "clock" | "forge">;

/**
 * Keeps what reviewers said since: each remark once, one message in the thread for each review. Our own words and
 * commands are no remarks.
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
  for (const author of authors) {
    const said = {
      inline: inline.filter((remark) => remark.author === author),
      comments: comments.filter((remark) => remark.author === author),
      reviews: reviews.filter(
        (review) => review.author === author && !(author === me && hasMark(review.body)),
      ),
    };
    await keepSaid(deps, pull, author, said);
  }
  return reviews;
}

const counts = (remark: ForgeComment, me: Login): boolean =>
  !(remark.author === me && hasMark(remark.body)) && !/^\s*\/(flaky|ai-fix)\b/m.test(remark.body);

/** What people said below the pull request; a command of ours for another bot carries no mark. */
async function talkOf({ db, forge }: Deps, { repo, number }: Pull, me: Login): Promise<ForgeComment[]> {
  const talk: ForgeComment[] = [];
  for (const remark of await forge.comments(repo, number, null)) {
    const ours = remark.author === me && (await isCommandOfOurs(db, { repo, number, body: remark.body }));
    if (counts(remark, me) && !ours) talk.push(remark);
  }
  return talk;
}

interface Said {
  inline: ForgeReviewComment[];
  comments: ForgeComment[];
  reviews: ForgeReview[];
}

async function keepSaid(deps: Deps, pull: Pull, author: Login, said: Said): Promise<void> {
  await deps.db.transaction(async (tx) => {
    const news: { path: string | null; line: number | null; body: string }[] = [];
    const keep = async (
      source: string,
      remark: { body: string; at: Date; path?: string; line?: number | null; hunk?: string },
    ) => {
      const body = redact(remark.body);
      const path = remark.path ?? null;
      const line = remark.line ?? null;
      const row = {
        findingId: pull.findingId,
        repo: pull.repo,
        pull: pull.number,
        source,
        author,
        body,
        path,
        line,
      };
      const fresh = await addRemark(tx, { ...row, diffHunk: remark.hunk ?? null, at: remark.at });
      if (fresh) news.push({ path, line, body });
    };
    for (const remark of said.inline) {
      const { path, line, diffHunk } = remark;
      await keep(`inline/${remark.id}`, {
        body: remark.body,
        at: remark.createdAt,
        path,
        line,
        hunk: diffHunk,
      });
    }
    for (const remark of said.comments)
      await keep(`comment/${remark.id}`, { body: remark.body, at: remark.createdAt });
    for (const review of said.reviews) {
      if (review.body.trim() !== "" && review.state !== "approved") {
        await keep(`review/${review.id}`, { body: review.body, at: review.submittedAt ?? deps.clock.now() });
      }
    }
    await tell(deps, tx, pull, author, said.reviews.at(-1) ?? null, news);
  });
}

async function tell(
  deps: Deps,
  tx: Context["db"],
  pull: Pull,
  author: Login,
  review: ForgeReview | null,
  news: { path: string | null; line: number | null; body: string }[],
): Promise<void> {
  // an approval without a word is told once as well: its key is the review's id
  const approval = review?.state === "approved" ? `approved:${review.id}` : null;
  if (news.length === 0 && approval === null) return;
  const key =
    news.length === 0
      ? `${approval}`
      : `remarks:${pull.number}:${author}:${news.map((remark) => remark.body).join("|")}`;
  await enqueueNote(tx, deps.clock, {
    finding: pull.findingId,
    key: `review:${Bun.hash(key).toString(16)}:${pull.number}`,
    text: reviewNote({ author, state: review?.state ?? "commented", url: pull.url, body: "", remarks: news }),
  });
  await refreshCard(deps, tx, pull.findingId);
}
