/** Times between two looks, ms: short at first, longer when it takes longer, since a look costs processor time. */
const PAUSE = { first: 10, growth: 1.4, most: 75 };

/** Waits until `look` gives something other than null or false. @throws with what is still open, when it takes too long. */
export async function until<T>(
  what: string,
  look: () => Promise<T | null | false> | T | null | false,
  options: { withinMs?: number; open?: () => Promise<string> | string } = {},
): Promise<T> {
  const end = performance.now() + (options.withinMs ?? 30_000);
  for (let pause = PAUSE.first; ; pause = Math.min(PAUSE.most, pause * PAUSE.growth)) {
    const seen = await look();
    if (seen !== null && seen !== false) return seen;
    if (performance.now() > end) {
      const open = await options.open?.();
      throw new Error(`waited in vain until ${what}${open ? `; still open: ${open}` : ""}`);
    }
    await Bun.sleep(pause);
  }
}
