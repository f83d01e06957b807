/**
 * Waits for all to end, then throws what was thrown first. For statements of one transaction that are asked at once:
 * none of them may come after its end.
 */
export async function together(...work: readonly (Promise<unknown> | null)[]): Promise<void> {
  let broken: { error: unknown } | null = null;
  const note = (error: unknown) => {
    broken ??= { error };
  };
  await Promise.all(work.map((each) => each?.catch(note)));
  // TypeScript does not see that `note` writes it
  const first = broken as { error: unknown } | null;
  if (first !== null) throw first.error;
}
