import { wholeCents } from "./money.ts";

export interface Line {
  name: string;
  /** Cents a kilogram. */
  price: number;
  kilograms: number;
}

export interface Order {
  id: string;
  lines: Line[];
}

/** An order with nothing in it yet. */
export function newOrder(id: string, lines: Line[] = []): Order {
  return { id, lines };
}

/** What an order comes to in cents, `tax` (per cent) included. */
export function total(order: Order, tax = 7): number {
  const net = order.lines.reduce((sum, line) => sum + line.price * line.kilograms, 0);
  return wholeCents((net * (100 + tax)) / 100);
}
