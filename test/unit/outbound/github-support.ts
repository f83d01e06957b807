import { RepoName } from "../../../src/kernel/ids.ts";
import { silentLog } from "../../../src/kernel/log.ts";
import { createGitHub, type GitHub } from "../../../src/outbound/github/index.ts";
import { stoppedClock } from "./support.ts";

export const REPO = RepoName.parse("acme/shop");
export const SHA = "a".repeat(40);
export const TOKENS = {
  read: "ghp_readreadreadread1",
  issue: "ghp_issueissueissue1",
  code: "ghp_codecodecode1",
};

/** The adapter against a server, with short time limits where asked. */
export function connect(
  apiUrl: string,
  clock = stoppedClock(),
  timeouts = { requestMs: 5000, logIdleMs: 5000 },
): GitHub {
  return createGitHub({ apiUrl, tokens: TOKENS, clock, log: silentLog, timeouts });
}

export const runJson = (more: object = {}) => ({
  id: 1,
  run_attempt: 2,
  name: "CI",
  path: ".github/workflows/ci.yml",
  event: "push",
  status: "completed",
  conclusion: "failure",
  head_branch: "main",
  head_sha: SHA,
  pull_requests: [],
  actor: { login: "alice" },
  triggering_actor: { login: "bob" },
  html_url: "https://github.example/acme/shop/actions/runs/1",
  created_at: "2026-02-28T10:00:00Z",
  updated_at: "2026-02-28T10:05:00Z",
  ...more,
});

export const issueJson = (more: object = {}) => ({
  number: 7,
  title: "it fails",
  body: null,
  html_url: "https://github.example/acme/shop/issues/7",
  state: "open",
  state_reason: null,
  labels: [{ name: "bug" }],
  user: { login: "alice" },
  created_at: "2026-02-28T10:00:00Z",
  updated_at: "2026-02-28T10:05:00Z",
  ...more,
});

export const pullJson = (more: object = {}) => ({
  number: 9,
  title: "fix",
  html_url: "https://github.example/acme/shop/pull/9",
  state: "open",
  merged: false,
  merge_commit_sha: "b".repeat(40),
  merged_by: null,
  head: { sha: SHA, ref: "ai/flaky/1" },
  base: { ref: "main", repo: { full_name: "acme/shop" } },
  mergeable_state: "clean",
  ...more,
});

export const commentJson = (more: object = {}) => ({
  id: 70,
  user: { login: "bob" },
  body: "hm",
  html_url: "https://github.example/acme/shop/issues/7#issuecomment-70",
  created_at: "2026-02-28T10:00:00Z",
  updated_at: "2026-02-28T10:05:00Z",
  ...more,
});
