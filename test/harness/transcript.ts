import type { Standing } from "./said.ts";

/** What changed between two looks, as text: what is new in full, of what was edited the lines that differ. */
export function differences(before: Standing, after: Standing, stable: (raw: string) => string): string {
  const parts: string[] = [];
  for (const [key, now] of after) {
    const old = before.get(key);
    if (old === undefined) parts.push(`=== ${stable(now.title)}\n${tidy(stable(now.text))}`);
    else if (old.text !== now.text) {
      const lines = changedLines(tidy(stable(old.text)), tidy(stable(now.text)));
      if (lines !== "") parts.push(`=== ${stable(now.title)} (edited)\n${lines}`);
    }
  }
  for (const [key, old] of before) {
    if (!after.has(key)) parts.push(`=== ${stable(old.title)} (gone)\n${tidy(stable(old.text))}`);
  }
  return parts.map((part) => `${part}\n`).join("\n");
}

/** All that stands, sorted by where it stands and what it says; what only one person saw is left out. */
export function inventory(all: Standing, stable: (raw: string) => string): string {
  const parts = [...all]
    .filter(([key]) => !key.startsWith("slack/only/"))
    .map(([, { title, text }]) => `=== ${stable(title)}\n${tidy(stable(text))}\n`);
  return parts.sort().join("\n");
}

const tidy = (text: string): string =>
  text
    .replaceAll("\r\n", "\n")
    .replace(/[ \t]+$/gm, "")
    .replace(/\n{3,}/g, "\n\n")
    .trimEnd();

function changedLines(before: string, after: string): string {
  const [old, now] = [before.split("\n"), after.split("\n")];
  return [
    ...old.filter((line) => !now.includes(line)).map((line) => `- ${line}`),
    ...now.filter((line) => !old.includes(line)).map((line) => `+ ${line}`),
  ].join("\n");
}
