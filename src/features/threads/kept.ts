/** Characters of the private range stand for what is done already; text from outside has none of them. */
const OPEN = "\ue000";
const CLOSE = "\ue001";
const RESERVED = /[\ue000-\ue00f]/g;
/** Marks that turn the direction of text, with which one thing can be shown as another. */
const BIDI = /[\u202a-\u202e\u2066-\u2069]/g;

/** Control characters that nothing shows. */
const UNSEEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;

/** Text to begin with: one kind of line end, and nothing in it that means something to the conversion. */
export const cleaned = (text: string): string =>
  text
    .replace(/\r\n|[\r\u0085\u2028\u2029]/g, "\n")
    .replace(RESERVED, "")
    .replace(UNSEEN, "")
    .replace(BIDI, "");

/** Pieces that are as they are to be in the end, each with a stand-in that no later step changes. */
export class Kept {
  private readonly pieces: string[] = [];

  /** @returns what stands for `piece` until `restore`. */
  keep(piece: string): string {
    this.pieces.push(piece);
    return `${OPEN}${this.pieces.length - 1}${CLOSE}`;
  }

  /** Puts the pieces back, also those within others. */
  restore(text: string): string {
    return text.replace(/\ue000(\d+)\ue001/g, (_, at: string) => this.restore(this.pieces[Number(at)] ?? ""));
  }
}
