import { expect, test } from "bun:test";
import { retried } from "../../../src/features/pipelines/retry.ts";
import type { Clock } from "../../../src/kernel/clock.ts";
import { TransientError } from "../../../src/kernel/errors.ts";

/** A service that fails as often as is given, with `error`, and the pauses that were made meanwhile. */
function failing(times: number, error: Error, perTryMs = 0) {
  const pauses: number[] = [];
  let now = 0;
  let asked = 0;
  const clock: Clock = {
    now: () => new Date(now),
    async sleep(ms) {
      pauses.push(ms);
      now += ms;
    },
  };
  const work = async () => {
    asked += 1;
    now += perTryMs;
    if (asked <= times) throw error;
    return "there";
  };
  return { pauses, asked: () => asked, answer: retried(clock, work) };
}

const gone = new TransientError("no answer");

test("a network error is tried again three times at the most, each time after twice the pause", async () => {
  const mended = failing(3, gone);
  expect(await mended.answer).toBe("there");
  expect(mended.pauses).toEqual([250, 500, 1000]);
  const dead = failing(9, gone);
  expect(dead.answer).rejects.toBe(gone);
  await dead.answer.catch(() => {});
  expect(dead.asked()).toBe(4);
});

test("a limit, a refusal and patience that is used up are not waited for", async () => {
  const limit = new TransientError("limit", 60_000);
  for (const error of [limit, new Error("422")]) {
    const once = failing(1, error);
    await once.answer.catch((thrown: unknown) => expect(thrown).toBe(error));
    expect(once.asked()).toBe(1);
  }
  const slow = failing(9, gone, 13_000);
  await slow.answer.catch((thrown: unknown) => expect(thrown).toBe(gone));
  expect(slow.asked()).toBe(1);
});
