import { describe, expect, test } from "bun:test";
import { fruits, priceOf, resetCatalog, startSale } from "../src/catalog.ts";

describe("catalog", () => {
  test("sells three kinds of fruit", () => {
    expect(fruits).toHaveLength(3);
  });

  test("takes a fifth off during the harvest sale", () => {
    startSale(20);
    expect(priceOf("pear")).toBe(120);
  });

  test("asks the list price for an apple", () => {
    expect(priceOf("apple")).toBe(120);
  });

  test("asks list prices again when the sale is over", () => {
    startSale(50);
    resetCatalog();
    expect(priceOf("quince")).toBe(310);
  });
});
