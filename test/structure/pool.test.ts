import { expect, test } from "bun:test";
import { inPool } from "../verify/pool.ts";

/** Work that waits until it is let go. */
function held() {
  const begun: number[] = [];
  const ends = new Map<number, () => void>();
  const work = (item: number) => {
    begun.push(item);
    return new Promise<string>((resolve) => ends.set(item, () => resolve(`did ${item}`)));
  };
  return { begun, work, end: (item: number) => ends.get(item)?.() };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await Bun.sleep(1);
}

test("so many at once, and results in the order of the items", async () => {
  const { begun, work, end } = held();
  const all = inPool([0, 1, 2], 2, work);
  expect(begun).toEqual([0, 1]);
  end(1);
  await until(() => begun.length === 3);
  end(2);
  end(0);
  expect(await all).toEqual(["did 0", "did 1", "did 2"]);
});

test("one more at each look that finds something to spare, up to the most", async () => {
  const { begun, work, end } = held();
  let looks = 0;
  const idle = () => {
    looks += 1;
    return looks !== 2;
  };
  const all = inPool([0, 1, 2, 3], 1, work, { most: 3, idle, everyMs: 1 });
  await until(() => begun.length === 3);
  expect(looks).toBe(3);
  end(0);
  end(1);
  await until(() => begun.length === 4);
  end(2);
  end(3);
  expect(await all).toHaveLength(4);
});
