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
  for (const part of ["a-", "secret_", "token", "://", "eyJa.", "-----BEGIN ", "sk-"])
    redact(part.repeat(40_000));
  expect(performance.now() - began).toBeLessThan(10_000);
});
