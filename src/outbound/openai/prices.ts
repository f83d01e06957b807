/** US dollars for a million tokens. */
export interface Price {
  input: number;
  output: number;
}

/** List prices by the model's name without its date; what is not here costs nothing in the accounts. */
export const PRICES: Readonly<Record<string, Price>> = {
  "gpt-5.5": { input: 5, output: 30 },
  "gpt-5.4": { input: 2.5, output: 15 },
  "gpt-5.4-mini": { input: 0.75, output: 4.5 },
  "gpt-5.4-nano": { input: 0.2, output: 1.25 },
  "gpt-5.2": { input: 1.75, output: 14 },
  "gpt-5.1": { input: 1.25, output: 10 },
  "gpt-5.1-codex": { input: 1.25, output: 10 },
  "gpt-5": { input: 1.25, output: 10 },
  "gpt-5-mini": { input: 0.25, output: 2 },
  "gpt-5-nano": { input: 0.05, output: 0.4 },
  "gpt-4.1": { input: 2, output: 8 },
  "gpt-4.1-mini": { input: 0.4, output: 1.6 },
  "gpt-4.1-nano": { input: 0.1, output: 0.4 },
  "gpt-4o": { input: 2.5, output: 10 },
  "gpt-4o-mini": { input: 0.15, output: 0.6 },
  "o4-mini": { input: 1.1, output: 4.4 },
  o3: { input: 2, output: 8 },
};

/** Price of a model, also when its name has a vendor before (`openai/…`) or a date behind; null when not known. */
export function priceOf(model: string, prices: Readonly<Record<string, Price>>): Price | null {
  const bare = model.replace(/^.*\//, "").replace(/-\d{4}-\d{2}-\d{2}$/, "");
  for (const name of [model, bare]) {
    const price = Object.hasOwn(prices, name) ? prices[name] : undefined;
    if (price !== undefined) return price;
  }
  return null;
}

/** Cost in US dollars; tokens that came from a cache count in full, so it is rather too much than too little. */
export const costOf = (price: Price | null, inputTokens: number, outputTokens: number): number =>
  price === null ? 0 : (inputTokens * price.input + outputTokens * price.output) / 1_000_000;
