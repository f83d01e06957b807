import { alertSender } from "../features/alerts/incident.ts";
import type { Context } from "../features/context.ts";
import { scanPostSender, scanUpdateSender } from "../features/failures/shown.ts";
import { analysisSender } from "../features/issues/analyse.ts";
import { commandKind, commandSender } from "../features/issues/bare-commands.ts";
import { closeSender } from "../features/issues/close.ts";
import { noteSender as commentNoteSender, noteSenderKind } from "../features/issues/comments.ts";
import { labelSender } from "../features/issues/labels.ts";
import { reanalysisSender } from "../features/issues/revise.ts";
import { issueCreateSender, issueUpdateSender } from "../features/issues/sync.ts";
import {
  noticeCommentSender,
  noticeMessageSender,
  noticeUpdateSender,
} from "../features/pipelines/notice.ts";
import { rebaseSender } from "../features/pipelines/rebase.ts";
import { rerunSender } from "../features/pipelines/rerun-failed.ts";
import { mergeSender } from "../features/pulls/merge.ts";
import { pullCreateSender } from "../features/pulls/open.ts";
import { readySender } from "../features/pulls/ready.ts";
import { reviewersSender } from "../features/pulls/reviewers.ts";
import { replySender as pullReplySender } from "../features/pulls/round.ts";
import { cardPostSender, cardUpdateSender } from "../features/threads/cards.ts";
import { relayCommentSender, relayReplySender } from "../features/threads/copies.ts";
import { digestSender } from "../features/threads/digest.ts";
import { linesSender } from "../features/threads/lines.ts";
import { noteSender as threadNoteSender } from "../features/threads/notes.ts";
import { replySender } from "../features/threads/replies.ts";
import type { Sender } from "../platform/outbox/sender.ts";
import { TELLERS } from "./digests.ts";

/** Every kind of write there is, and who makes it. */
export const senders = (deps: Context): ReadonlyMap<string, Sender> =>
  new Map([
    ["channel.alert", alertSender(deps)],
    ["scan.post", scanPostSender(deps)],
    ["scan.update", scanUpdateSender(deps)],
    ["issue.create", issueCreateSender(deps)],
    ["issue.update", issueUpdateSender(deps)],
    ["issue.analysis", analysisSender(deps)],
    ["issue.reanalysis", reanalysisSender(deps)],
    ["issue.labels", labelSender(deps)],
    ["issue.close", closeSender(deps)],
    [noteSenderKind, commentNoteSender(deps)],
    ["card.post", cardPostSender(deps)],
    ["card.update", cardUpdateSender(deps)],
    ["channel.digest", digestSender(deps, TELLERS)],
    ["thread.note", threadNoteSender(deps)],
    ["thread.lines", linesSender(deps)],
    ["chat.reply", replySender(deps)],
    ["relay.comment", relayCommentSender(deps)],
    ["relay.reply", relayReplySender(deps)],
    ["pull.create", pullCreateSender(deps)],
    ["pull.merge", mergeSender(deps)],
    ["pull.ready", readySender(deps)],
    ["pull.reviewers", reviewersSender(deps)],
    ["pull.reply", pullReplySender(deps)],
    ["notice.comment", noticeCommentSender(deps)],
    ["notice.update", noticeUpdateSender(deps)],
    ["notice.message", noticeMessageSender(deps)],
    ["run.rerun", rerunSender(deps)],
    [commandKind, commandSender(deps)],
    ["pull.rebase", rebaseSender(deps)],
  ]);
