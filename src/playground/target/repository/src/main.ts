import { fruits, priceOf } from "./catalog.ts";
import { euros } from "./money.ts";

for (const fruit of fruits) console.log(`${fruit.padEnd(8)} ${euros(priceOf(fruit))} / kg`);
