/** Waits until `condition` holds, looking every millisecond; throws when it still does not after `limitMs`. */
export async function until(condition: () => boolean, limitMs = 2_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`condition not met within ${limitMs} ms`);
    await Bun.sleep(1);
  }
}
