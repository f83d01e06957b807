import { z } from "zod";

/** `owner/name` of a repository on the forge. */
export const RepoName = z
  .string()
  .regex(/^[A-Za-z0-9_.-]+\/[A-Za-z0-9_.-]+$/, "expected owner/name")
  .brand<"RepoName">();
export type RepoName = z.infer<typeof RepoName>;

/** The largest number that the database takes for one. */
export const MOST_NUMBER = 2 ** 31 - 1;

/** Number of a finding, written `F12`. */
export const FindingId = z.int().positive().max(MOST_NUMBER).brand<"FindingId">();
export type FindingId = z.infer<typeof FindingId>;

/** Identifies a task of the fixer on the queue and its folder under `artifacts/`. */
export const TaskId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/, "expected letters, digits, dot, dash or underscore")
  .brand<"TaskId">();
export type TaskId = z.infer<typeof TaskId>;

/** Hex sha-256 that names one way of failing of one test. */
export const Fingerprint = z
  .string()
  .regex(/^[0-9a-f]{64}$/, "expected 64 hex digits")
  .brand<"Fingerprint">();
export type Fingerprint = z.infer<typeof Fingerprint>;

/** Number of an issue on the forge. */
export const IssueNumber = z.int().positive().max(MOST_NUMBER).brand<"IssueNumber">();
export type IssueNumber = z.infer<typeof IssueNumber>;

/** Number of a pull request on the forge. */
export const PullNumber = z.int().positive().max(MOST_NUMBER).brand<"PullNumber">();
export type PullNumber = z.infer<typeof PullNumber>;

/** A person's login on the forge; compared without case. */
export const Login = z.string().min(1).max(100).brand<"Login">();
export type Login = z.infer<typeof Login>;

/** Id of a Slack user, `U…` or `W…`. */
export const ChatUserId = z.string().min(1).max(40).brand<"ChatUserId">();
export type ChatUserId = z.infer<typeof ChatUserId>;

/** Id of a Slack channel, `C…`, `G…` or `D…`. */
export const ChannelId = z.string().min(1).max(80).brand<"ChannelId">();
export type ChannelId = z.infer<typeof ChannelId>;

/** A Slack message's `ts`: its id within a channel. */
export const MessageTs = z.string().min(1).max(40).brand<"MessageTs">();
export type MessageTs = z.infer<typeof MessageTs>;

/** Full commit id. */
export const Sha = z
  .string()
  .regex(/^[0-9a-f]{40}$/, "expected 40 hex digits")
  .brand<"Sha">();
export type Sha = z.infer<typeof Sha>;
