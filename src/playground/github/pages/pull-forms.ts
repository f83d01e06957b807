import type { Hono } from "hono";
import { type Env, HttpError, notFound } from "../http.ts";
import { pullParam } from "../routes/pulls.ts";
import { mergePull, updateBranch } from "../verbs/merge.ts";
import { setDraft } from "../verbs/pulls.ts";
import { replyTo, submitReview, type Verdict } from "../verbs/reviews.ts";
import type { World } from "../world.ts";
import { need } from "./context.ts";
import { type Fields, mayChange, onForm } from "./forms.ts";

const verdictOf = (field: Fields): Verdict => {
  const verdict = field("verdict");
  return verdict === "APPROVE" || verdict === "REQUEST_CHANGES" ? verdict : "COMMENT";
};

const methodOf = (field: Fields): "merge" | "squash" | "rebase" => {
  const method = field("method");
  return method === "squash" || method === "rebase" ? method : "merge";
};

/** Forms of pull requests: review, answer, merge, update, ready. */
export const pullFormRoutes = (app: Hono<Env>, world: World): void => {
  onForm(app, world, "/pull/:number/review", async (page, field, c) => {
    const line = Number(field("line")) || undefined;
    const remark = field("remark").trim();
    await submitReview(world, page.repo, pullParam(c), page.viewer.login, {
      verdict: verdictOf(field),
      body: field("body"),
      comments: field("path") && remark ? [{ path: field("path"), line, body: remark }] : [],
    });
    return undefined;
  });
  onForm(app, world, "/pull/:number/reply", (page, field, c) => {
    const both = pullParam(c);
    const parent = both.pull.reviewComments.find(({ id }) => id === Number(field("to")));
    if (!parent) throw notFound();
    replyTo(world, page.repo, both, page.viewer.login, parent, field("body"));
    return undefined;
  });
  onForm(app, world, "/pull/:number/merge", async (page, field, c) => {
    await mergePull(world, page.repo, pullParam(c), need(page, "write"), { method: methodOf(field) });
    return undefined;
  });
  onForm(app, world, "/pull/:number/update", async (page, _, c) => {
    await updateBranch(world, page.repo, pullParam(c), need(page, "write"), undefined);
    return undefined;
  });
  onForm(app, world, "/pull/:number/ready", (page, _, c) => {
    const both = pullParam(c);
    if (!mayChange(page, both.issue.author))
      throw new HttpError(403, "Only its author or a writer may do this.");
    setDraft(world, page.repo, both, page.viewer.login, false);
    return undefined;
  });
};
