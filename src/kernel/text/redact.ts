/** What secrets look like. Order matters: the longer form comes first. */
const SECRETS: readonly { kind: string; pattern: RegExp }[] = [
  {
    kind: "private key",
    pattern:
      /-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY(?: BLOCK)?-----|$)/g,
  },
  {
    // one whose beginning was cut off
    kind: "private key",
    pattern:
      /(?:^[^\S\n]*[A-Za-z0-9+/=]{16,}[^\S\n]*\n){1,100}[^\S\n]*-----END [A-Z ]*PRIVATE KEY(?: BLOCK)?-----/gm,
  },
  { kind: "github token", pattern: /\b(?:gh[pousr]_[A-Za-z0-9]{16,}|github_pat_[A-Za-z0-9_]{20,})/g },
  { kind: "gitlab token", pattern: /\bgl(?:pat|ptt|dt|rt|cbt|ft|imt|oas|soat)-[A-Za-z0-9_-]{20,}/g },
  { kind: "slack token", pattern: /\b(?:xoxe\.)?x(?:ox[a-z]|app)-[A-Za-z0-9%-]{10,}/g },
  { kind: "slack webhook", pattern: /https:\/\/hooks\.slack\.com\/[A-Za-z0-9/_-]+/g },
  { kind: "api key", pattern: /\bsk-(?:proj-|ant-|live-|test-)?[A-Za-z0-9_-]{20,}/g },
  { kind: "api key", pattern: /\b(?:[rs]k_(?:live|test)_[A-Za-z0-9]{16,}|SG\.[\w-]{16,80}\.[\w-]{16,})/g },
  { kind: "aws key", pattern: /\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/g },
  { kind: "google key", pattern: /\bAIza[A-Za-z0-9_-]{35}/g },
  { kind: "google token", pattern: /\b(?:ya29\.|GOCSPX-)[A-Za-z0-9_-]{20,}/g },
  { kind: "npm token", pattern: /\bnpm_[A-Za-z0-9]{30,}/g },
  {
    kind: "registry token",
    pattern: /\b(?:pypi-AgE[\w-]{30,}|hf_[A-Za-z0-9]{30,}|dckr_[a-z]{3}_[\w-]{20,})/g,
  },
  { kind: "bot token", pattern: /\b\d{8,10}:AA[\w-]{33}/g },
  { kind: "jwt", pattern: /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{5,}/g },
];

/** Whether a text holds a token or key of a known form. Less than `redact` takes out: code speaks of passwords all the time. */
export const holdsSecret = (text: string): boolean =>
  SECRETS.some(({ pattern, kind }) => text.replace(pattern, `[${kind}]`) !== text);

const URL_PASSWORD = /\b([a-z][a-z0-9+.-]{1,20}:\/\/[^\s:/@]{0,100}):[^\s/?#]{1,200}@/gi;
const URL_TOKEN = /\b([a-z][a-z0-9+.-]{1,20}:\/\/)[\w-]{20,200}@/gi;
const URL_SIGNATURE = /([?&,\s](?:x-(?:amz|goog)-)?sig(?:nature)?=)[\w%+/=-]{16,}/gi;
const AUTH_HEADER =
  /\b(authorization["']?\s*[:=]\s*["']?(?:bearer|basic|token)\s+)(?!\[redacted)[^\s"',]{6,}/gi;
const BEARER = /\b(Bearer\s+)[\w.~+/-]{16,}=*/g;
const COOKIE = /\b(?:set-)?cookie["']?\s*:\s*["']?[\w.-]{1,60}=[^\n]{1,4000}/gi;
const COOKIE_VALUE = /(=)(?!\[redacted)[^\s;"']{8,}/g;
const CURL_USER = /(\bcurl\b[^\n]{0,300}?\s(?:-u|--user)\s+["']?[^\s:"']{1,100}:)(?!\[redacted)[^\s"']{3,}/g;

const NAMES =
  "secret|token|passwd|password|passphrase|(?:api|access|account|private|signing|encryption|master)[_-]?key|:_auth";
const LEFT = "(?!\\$|\\*{3}|\\[redacted)";
const ASSIGNED = new RegExp(`((?:${NAMES})["']?\\s*[:=]\\s*["']?)${LEFT}([^\\s"',;&]{8,})`, "gi");
/** Words in quotes; of other names, what is quoted so is prose. */
const PHRASE = new RegExp(`(pass(?:wd|word|phrase)["']?\\s*[:=]\\s*(["']))${LEFT}[^"'\\n]{8,200}\\2`, "gi");
const OPTION = new RegExp(`(--?[a-z-]{0,40}(?:${NAMES})\\s+["']?)${LEFT}(?!-)([^\\s"']{8,})`, "gi");

/** `unexpected token: identifier`, and `wrong password: returns 401` as Go writes a subtest's name. */
function isProse(named: string, value: string): boolean {
  if (/:\s*$/.test(named) && value.startsWith("_")) return true;
  return (
    /^(?:secret|token)\s*:?\s+$/i.test(named.replace(/^-+[a-z-]*?(?=secret|token)/i, "")) &&
    /^[a-z]+[.)]?$/.test(value)
  );
}

/**
 * Takes secrets out of text before it is stored or shown: tokens of known forms, keys, passwords in addresses
 * and in assignments. What goes leaves `[redacted KIND]` behind, so that a reader knows that something was there.
 */
export function redact(text: string): string {
  let clean = text;
  for (const { kind, pattern } of SECRETS) clean = clean.replace(pattern, `[redacted ${kind}]`);
  const assigned = (whole: string, named: string, value: string) =>
    isProse(named, value) ? whole : `${named}[redacted secret]`;
  return clean
    .replace(URL_PASSWORD, "$1:[redacted password]@")
    .replace(URL_TOKEN, "$1[redacted credential]@")
    .replace(URL_SIGNATURE, "$1[redacted signature]")
    .replace(AUTH_HEADER, "$1[redacted credential]")
    .replace(BEARER, "$1[redacted credential]")
    .replace(COOKIE, (cookies) => cookies.replace(COOKIE_VALUE, "$1[redacted cookie]"))
    .replace(CURL_USER, "$1[redacted password]")
    .replace(PHRASE, "$1[redacted secret]$2")
    .replace(ASSIGNED, assigned)
    .replace(OPTION, assigned);
}
