import { expect, test } from "bun:test";
import { Turns } from "../../../db/embedded/turns.ts";

const settle = async () => {
  for (let n = 0; n < 5; n += 1) await Promise.resolve();
};

test("a turn is given at once where nobody has it", async () => {
  const turns = new Turns();
  await turns.take(false);
  turns.leave();
  await turns.take(true);
});

test("people go first, in their order, but a job comes after twenty of them", async () => {
  const turns = new Turns();
  const order: string[] = [];
  const waits = (name: string, forPerson: boolean) => turns.take(forPerson).then(() => order.push(name));
  await turns.take(false);
  void waits("job 1", false);
  void waits("job 2", false);
  for (let n = 1; n <= 25; n += 1) void waits(`person ${n}`, true);
  for (let n = 0; n < 27; n += 1) {
    turns.leave();
    await settle();
  }
  const people = Array.from({ length: 25 }, (_, n) => `person ${n + 1}`);
  expect(order).toEqual([...people.slice(0, 20), "job 1", ...people.slice(20), "job 2"]);
});
