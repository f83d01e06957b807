/** A gift note as it is printed: trimmed, and at most 140 characters. */
export function giftNote(text: string): string {
  return text.trim().slice(0, 140);
}
