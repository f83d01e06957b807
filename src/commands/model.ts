import type { KnownBlock } from "@slack/types";
import type { Context } from "../features/context.ts";
import type { Finding } from "../features/findings/model.ts";
import type { Actor } from "../kernel/actor.ts";
import type { ChannelId, PullNumber, RepoName } from "../kernel/ids.ts";

/** What a command was given besides its words. */
export interface Call {
  actor: Actor;
  /** Repositories that the channel, or the repository the comment is in, stands for. */
  repos: RepoName[];
  /** The finding of the thread, issue or card: the number may then be left out. */
  here: Finding | null;
  /** The pull request that it was commented on; null elsewhere. */
  pull: PullNumber | null;
  /** The channel it was said in; null on GitHub. */
  channel: ChannelId | null;
  args: string[];
  flags: ReadonlySet<string>;
  /** All behind the command's name, as written. */
  text: string;
}

/** An answer as mrkdwn, escaped by whoever wrote it; Markdown is made of it where it goes to GitHub. */
export interface Reply {
  text: string;
  /** The same with buttons, for where there can be some. */
  blocks?: KnownBlock[];
  /** `asker`: only they need it; `thread`: it is for all who follow. */
  audience: "asker" | "thread";
}

export const toAsker = (text: string): Reply => ({ text, audience: "asker" });
export const toAll = (text: string): Reply => ({ text, audience: "thread" });

/** Whom a command is for, as `help` says it. The command itself asks GitHub for the right. */
export type Who = "anyone" | "triage" | "committers" | "maintainers";

export interface Command {
  name: string;
  usage: string;
  help: string;
  who: Who;
  /** Its first argument is a finding. */
  finding: boolean;
  /** It tells and changes nothing: doing it twice, or for an answer that is never given, is harmless. */
  tells?: true;
  /** What it refuses is kept in the audit by the stage that decides it. */
  audits?: true;
  run(deps: Context, call: Call): Promise<Reply>;
}
