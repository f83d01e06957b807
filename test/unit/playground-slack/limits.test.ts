import { expect, test } from "bun:test";
import { CI, errorOf, startWorld } from "./support.ts";

test("posting faster than allowed is refused with 429 and Retry-After, per channel", async () => {
  const { client, clock, slack } = await startWorld({
    limits: { postsPerSecondPerChannel: 1 },
    channels: [
      { id: CI, name: "ci" },
      { id: "C0SECOND00", name: "second" },
    ],
  });
  const post = (channel: string) => client.chat.postMessage({ channel, text: "x" });
  for (let count = 0; count < 5; count += 1) await post(CI);
  const raw = await fetch(`${slack.apiUrl}chat.postMessage`, {
    method: "POST",
    headers: { authorization: "Bearer xoxb-playground" },
    body: new URLSearchParams({ channel: CI, text: "x" }),
  });
  expect([raw.status, raw.headers.get("retry-after")]).toEqual([429, "1"]);
  expect(await raw.json()).toEqual({ ok: false, error: "ratelimited" });
  expect(await errorOf(post(CI))).toBe("slack_webapi_rate_limited_error");
  await post("C0SECOND00");
  clock.advance(1000);
  await post(CI);
  expect(slack.messages("ci")).toHaveLength(6);
});

test("planned faults hit the next calls and are logged", async () => {
  const { client, slack } = await startWorld();
  const post = (text: string) => client.chat.postMessage({ channel: CI, text });
  slack.faults.next({ method: "chat.postMessage", error: "internal_error", times: 2 });
  slack.faults.next({ method: "chat.postMessage", error: "ratelimited", retryAfter: 30 });
  slack.faults.next({ method: "chat.postMessage", status: 503 });
  expect(await errorOf(post("1"))).toBe("internal_error");
  expect(await errorOf(post("2"))).toBe("internal_error");
  expect(await errorOf(post("3"))).toBe("slack_webapi_rate_limited_error");
  expect(await errorOf(post("4"))).toBe("slack_webapi_http_error");
  await post("5");
  expect(slack.messages("ci").map((message) => message.text)).toEqual(["5"]);
  expect(slack.calls.map((call) => [call.args.text, call.ok, call.status])).toEqual([
    ["1", false, 200],
    ["2", false, 200],
    ["3", false, 429],
    ["4", false, 503],
    ["5", true, 200],
  ]);
});

test("a connection cut after the work leaves the message there", async () => {
  const { client, slack } = await startWorld();
  slack.faults.next({ method: "chat.postMessage", dropAfterCommit: true });
  const call = client.chat.postMessage({ channel: CI, text: "did it arrive?" });
  expect(await errorOf(call)).toBe("slack_webapi_request_error");
  expect(slack.messages("ci").map((message) => message.text)).toEqual(["did it arrive?"]);
});
