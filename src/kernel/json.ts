/** What a text holds as JSON; null where it is none. What it is has to be checked by whoever asks. */
export function fromJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
