import { describe, expect, test } from "bun:test";
import { newOrder } from "../src/order.ts";
import { PackingQueue, packByHand } from "../src/queue.ts";

const pears = { name: "pear", price: 150, kilograms: 2 };

describe("packing queue", () => {
  test("does not know an order that was never pushed", () => {
    expect(new PackingQueue(packByHand).status("A-0")).toBeUndefined();
  });

  test("packs the first order of the morning", async () => {
    const queue = new PackingQueue(packByHand);
    queue.push(newOrder("A-1", [pears]));
    const later = [queue.push(newOrder("A-2")), queue.push(newOrder("A-3"))];
    await Promise.all(later);
    expect(queue.status("A-1")).toBe("packed");
  });

  test("keeps an order waiting while all packers are busy", async () => {
    const queue = new PackingQueue(packByHand, 1);
    queue.push(newOrder("A-1"));
    queue.push(newOrder("A-2"));
    expect(queue.status("A-2")).toBe("waiting");
    await queue.drained();
    expect(queue.status("A-2")).toBe("packed");
  });
});
