/** @jsxImportSource hono/jsx */
const NAMES = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];

interface Style {
  color: string | null;
  bold: boolean;
}

const PLAIN: Style = { color: null, bold: false };

const apply = (style: Style, codes: number[]): Style => {
  let next = style;
  for (const code of codes) {
    if (code === 0) next = PLAIN;
    else if (code === 1) next = { ...next, bold: true };
    else if (code === 22) next = { ...next, bold: false };
    else if (code === 39) next = { ...next, color: null };
    else if (code >= 30 && code <= 37) next = { ...next, color: NAMES[code - 30] ?? null };
    else if (code >= 90 && code <= 97) next = { ...next, color: NAMES[code - 90] ?? null };
  }
  return next;
};

/** A line of terminal output with its colours; every other escape sequence is dropped. */
export const Ansi = ({ text }: { text: string }) => {
  const parts = text.split(/\u001b\[([0-9;]*)m/);
  let style = PLAIN;
  return (
    <>
      {parts.map((part, index) => {
        if (index % 2 === 1) {
          style = apply(style, part.split(";").map(Number));
          return null;
        }
        const shown = part.replace(/\u001b\[[0-9;?]*[A-Za-z]|\u001b\][^\u0007]*\u0007|[\u001b\uFEFF]/g, "");
        if (style === PLAIN || (style.color === null && !style.bold)) return shown;
        return <span class={`${style.color ?? ""}${style.bold ? " bold" : ""}`.trim()}>{shown}</span>;
      })}
    </>
  );
};
