import { describe, expect, test } from "bun:test";
import { euros } from "../src/money.ts";
import { newOrder, total } from "../src/order.ts";

describe("order", () => {
  test("an empty order costs nothing", () => {
    expect(total(newOrder("A-1"))).toBe(0);
  });

  test("adds the tax to the nearest cent", () => {
    const order = newOrder("A-1", [{ name: "apple", price: 120, kilograms: 0.7 }]);
    expect(total(order)).toBe(90); // 84 and 7 % are 89.88
  });

  test("writes cents as euros", () => {
    expect(euros(1240)).toBe("12.40 €");
  });
});
