import { describe, expect, test } from "bun:test";
import { redact } from "../../../src/kernel/text/redact.ts";

// put together here, so that no scanner takes this file for a leak
const long = (n: number) => "aB3dE5gH7jK9mN1pQ2rS4tU6vW8xY0z".repeat(4).slice(0, n);
const hex = (n: number) => "0123456789ABCDEF".repeat(4).slice(0, n);

describe("takes out", () => {
  test.each([
    ["a GitHub token", `token ghp_${long(36)} used`, "token [redacted github token] used"],
    ["an installation's token", `ghs_${long(36)}`, "[redacted github token]"],
    ["a fine-grained token", `github_pat_${long(60)}.`, "[redacted github token]."],
    ["a Slack token", `xoxb-${"12345"}-${long(24)}`, "[redacted slack token]"],
    ["a Slack app's token", `xapp-1-${long(20)}`, "[redacted slack token]"],
    ["a webhook's address", `https://hooks.slack.com/services/T0/B0/${long(20)}`, "[redacted slack webhook]"],
    ["a model's key", `key sk-proj-${long(40)}`, "key [redacted api key]"],
    ["an AWS key", `AKIA${hex(16)}`, "[redacted aws key]"],
    ["a Google key", `AIza${long(35)}`, "[redacted google key]"],
    ["an npm token", `npm_${long(36)}`, "[redacted npm token]"],
    ["a JWT", `eyJ${long(20)}.eyJ${long(20)}.${long(10)}`, "[redacted jwt]"],
    [
      "a private key",
      `a\n-----BEGIN RSA PRIVATE KEY-----\n${long(64)}\n-----END RSA PRIVATE KEY-----\nb`,
      "a\n[redacted private key]\nb",
    ],
    ["a private key that is cut off", `-----BEGIN PRIVATE KEY-----\n${long(64)}`, "[redacted private key]"],
    [
      "a password in an address",
      "postgres://app:hunter2@db/app",
      "postgres://app:[redacted password]@db/app",
    ],
    [
      "an authorization header",
      `Authorization: Bearer ${long(12)}`,
      "Authorization: Bearer [redacted credential]",
    ],
    [
      "one in JSON",
      `{"authorization":"token ${long(12)}"}`,
      `{"authorization":"token [redacted credential]"}`,
    ],
    ["an assignment", "DB_PASSWORD=correct-horse-battery", "DB_PASSWORD=[redacted secret]"],
    ["one with a prefix", `MY_APP_API_KEY: "${long(20)}"`, `MY_APP_API_KEY: "[redacted secret]"`],
    ["one in lower case", `client_secret='${long(20)}'`, "client_secret='[redacted secret]'"],
    ["a GitLab token", `glpat-${long(20)}`, "[redacted gitlab token]"],
    ["a Slack token that comes in two parts", `xoxe.xoxp-1-${long(20)}`, "[redacted slack token]"],
    ["a Google token", `ya29.${long(40)}`, "[redacted google token]"],
    ["a payment key", `sk_live_${long(24)}`, "[redacted api key]"],
    ["a mailer's key", `SG.${long(22)}.${long(43)}`, "[redacted api key]"],
    ["a PyPI token", `pypi-AgEIcHlw${long(40)}`, "[redacted registry token]"],
    [
      "what an .npmrc holds",
      `//npm.acme.io/:_authToken=${long(36)}\n//npm.acme.io/:_auth=${long(20)}\n//npm.acme.io/:_password="${long(20)}"`,
      '//npm.acme.io/:_authToken=[redacted secret]\n//npm.acme.io/:_auth=[redacted secret]\n//npm.acme.io/:_password="[redacted secret]"',
    ],
    ["names in one word", `"clientSecret":"${long(20)}"`, '"clientSecret":"[redacted secret]"'],
    ["a storage account", `AccountKey=${long(40)}==;x`, "AccountKey=[redacted secret];x"],
    ["a password of words", 'password="correct horse battery"', 'password="[redacted secret]"'],
    ["an option", `login --password ${long(12)} -h db`, "login --password [redacted secret] -h db"],
    ["curl's user", "curl -s -u app:hunter2 https://x", "curl -s -u app:[redacted password] https://x"],
    [
      "a token as an address's user",
      `https://${long(40)}@github.com/a`,
      "https://[redacted credential]@github.com/a",
    ],
    ["a password with signs", "https://u:p@ss@host/x", "https://u:[redacted password]@host/x"],
    [
      "a signed address",
      `https://x.test/k?X-Amz-Signature=${hex(64)}&n=1`,
      "https://x.test/k?X-Amz-Signature=[redacted signature]&n=1",
    ],
    ["a bearer", `got Bearer ${long(20)}`, "got Bearer [redacted credential]"],
    ["cookies", `Cookie: a=${long(20)}; theme=dark`, "Cookie: a=[redacted cookie]; theme=dark"],
    [
      "a private key whose beginning is cut off",
      `a line\n${long(64)}\n  ${long(64)}\n-----END RSA PRIVATE KEY-----\nb`,
      "a line\n[redacted private key]\nb",
    ],
    [
      "a PGP key",
      `-----BEGIN PGP PRIVATE KEY BLOCK-----\n${long(64)}\n-----END PGP PRIVATE KEY BLOCK-----`,
      "[redacted private key]",
    ],
    [
      "several at once",
      `ghp_${long(36)} and xoxb-${long(24)}`,
      "[redacted github token] and [redacted slack token]",
    ],
  ])("%s", (_, text, clean) => {
    expect(redact(text)).toBe(clean);
  });
});

describe("leaves", () => {
  test.each([
    ["a commit", "at 3f786850e387550fdab836ed7e6dc881de23001b"],
    ["a test's name", "--- FAIL: TestTokenBucketSecretRotation (0.31s)"],
    ["an address without a password", "https://github.com/acme/shop/pull/12"],
    ["a variable in a script", "TOKEN=$GITHUB_TOKEN"],
    ["what the runner has masked", "password: ***"],
    ["what was redacted before", "DB_PASSWORD=[redacted secret]"],
    ["talk of secrets", "the token expired, get a new password"],
    ["a short word", "token=abc"],
    ["a parser's words", "SyntaxError: Unexpected token: identifier"],
    ["a subtest's name", "TestLogin/wrong_password:_returns_401"],
    ["words with a dash", "glide-compute-something-of-some-length"],
    ["a port and a mail", "http://127.0.0.1:8080/?to=a@b.example"],
    ["a time and a mail", "at 12:30 alice@example.com said"],
  ])("%s", (_, text) => {
    expect(redact(text)).toBe(text);
  });
});

test("doing it twice changes nothing more", () => {
  const text = `GITHUB_TOKEN=ghp_${long(36)} postgres://u:p4ssw0rd@h/d Authorization: Bearer ${long(20)}`;
  expect(redact(redact(text))).toBe(redact(text));
});

test("crafted text does not hold it up", () => {
  const began = performance.now();
  for (const part of [
    "a-",
    "secret_",
    "token",
    "://",
    "eyJa.",
    "-----BEGIN ",
    "sk-",
    "curl ",
    "AAAABBBBCCCCDDDD\n",
    "cookie:a=",
  ])
    redact(part.repeat(40_000));
  expect(performance.now() - began).toBeLessThan(10_000);
});
