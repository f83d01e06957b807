const FENCE = "```";
const CLOSE = `\n${FENCE}`;
const OPEN = `${FENCE}\n`;

/**
 * Splits mrkdwn into pieces of at most `max` UTF-16 units: between paragraphs where there are some, else between
 * lines, else within one, but never inside a link, an entity or a pair of surrogates. A code block that goes on is
 * closed and opened again.
 */
export function splitMrkdwn(text: string, max: number): string[] {
  const pieces: string[] = [];
  let rest = text;
  let open = false;
  while (rest.length + (open ? OPEN.length : 0) > max) {
    const head = open ? OPEN : "";
    const room = max - head.length - CLOSE.length;
    const cut: number = cutAt(rest, room);
    const piece: string = rest.slice(0, cut);
    const goesOn: boolean = fencesIn(piece) % 2 === 1 ? !open : open;
    pieces.push(`${head}${piece.trimEnd()}${goesOn ? CLOSE : ""}`);
    rest = rest.slice(cut).replace(goesOn ? /^\n/ : /^\n+/, "");
    open = goesOn;
  }
  if (rest.trim() !== "" && !(open && rest.trim() === FENCE)) pieces.push(`${open ? OPEN : ""}${rest}`);
  return pieces;
}

const fencesIn = (text: string): number => text.split(FENCE).length - 1;

/** Where to cut, at most at `room`: at the last paragraph's end in the second half, else at a line's, else anywhere. */
function cutAt(text: string, room: number): number {
  const window = text.slice(0, room + 1);
  const paragraph = window.lastIndexOf("\n\n");
  if (paragraph > room / 2 && fencesIn(window.slice(0, paragraph)) % 2 === 0) return paragraph;
  const line = window.lastIndexOf("\n");
  if (line > room / 4) return line;
  const space = window.lastIndexOf(" ");
  return whole(text, space > room / 2 ? space : room);
}

/** A place at or before `at` that tears nothing apart. */
function whole(text: string, at: number): number {
  const before = text.slice(0, at);
  const link = before.lastIndexOf("<");
  if (link > at - 3000 && link > 0 && !before.includes(">", link) && !before.includes("\n", link))
    return link;
  const entity = /&[a-z]{0,4}$/.exec(before);
  if (entity !== null && entity.index > 0) return entity.index;
  const ticks = /`{1,2}$/.exec(before);
  if (ticks !== null && ticks.index > 0 && text[at] === "`") return ticks.index;
  const last = before.charCodeAt(at - 1);
  return last >= 0xd800 && last <= 0xdbff && at > 1 ? at - 1 : at;
}
