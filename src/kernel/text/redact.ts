/** What secrets look like. Order matters: the longer form comes first. */
const SECRETS: readonly { kind: string; pattern: RegExp }[] = [
  {
    kind: "private key",
    pattern: /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g,
  },
  { kind: "github token", pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{20,})/g },
  { kind: "slack token", pattern: /\bx(?:ox[abeoprs]|app)-[A-Za-z0-9-]{10,}/g },
  { kind: "slack webhook", pattern: /https:\/\/hooks\.slack\.com\/[A-Za-z0-9/_-]+/g },
  { kind: "api key", pattern: /\bsk-(?:proj-|ant-|live-|test-)?[A-Za-z0-9_-]{20,}/g },
  { kind: "aws key", pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g },
  { kind: "google key", pattern: /\bAIza[A-Za-z0-9_-]{35}/g },
  { kind: "npm token", pattern: /\bnpm_[A-Za-z0-9]{30,}/g },
  { kind: "jwt", pattern: /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{5,}/g },
];

/** Whether a text holds a token or key of a known form. Less than `redact` takes out: code speaks of passwords all the time. */
export const holdsSecret = (text: string): boolean =>
  SECRETS.some(({ pattern, kind }) => text.replace(pattern, `[${kind}]`) !== text);

const URL_PASSWORD = /\b([a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@]{0,100}):[^\s/@]{1,200}@/gi;
const AUTH_HEADER =
  /\b(authorization["']?\s*[:=]\s*["']?(?:bearer|basic|token)\s+)(?!\[redacted)[^\s"',]{6,}/gi;
const ASSIGNED =
  /\b((?:[A-Za-z0-9]+[_-])*(?:secret|token|passwd|password|api[_-]?key|access[_-]?key|private[_-]?key)["']?\s*[:=]\s*["']?)(?!\$|\*{3}|\[redacted)[^\s"',;&]{8,}/gi;

/**
 * Takes secrets out of text before it is stored or shown: tokens of known forms, keys, passwords in addresses
 * and in assignments. What goes leaves `[redacted KIND]` behind, so that a reader knows that something was there.
 */
export function redact(text: string): string {
  let clean = text;
  for (const { kind, pattern } of SECRETS) clean = clean.replace(pattern, `[redacted ${kind}]`);
  return clean
    .replace(URL_PASSWORD, "$1:[redacted password]@")
    .replace(AUTH_HEADER, "$1[redacted credential]")
    .replace(ASSIGNED, "$1[redacted secret]");
}
