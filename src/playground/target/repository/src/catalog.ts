import { wholeCents } from "./money.ts";

export type Fruit = "apple" | "pear" | "quince";

/** List prices, in cents a kilogram. */
const listPrices: Record<Fruit, number> = { apple: 120, pear: 150, quince: 310 };

let sale = 0;

/** Takes `percent` off every price until the catalog is reset. */
export function startSale(percent: number): void {
  sale = percent;
}

/** Ends the sale: list prices again. */
export function resetCatalog(): void {
  sale = 0;
}

/** What a kilogram costs now, in cents. */
export function priceOf(fruit: Fruit): number {
  return wholeCents((listPrices[fruit] * (100 - sale)) / 100);
}

export const fruits = ["apple", "pear", "quince"] as const satisfies readonly Fruit[];
