/** @jsxImportSource hono/jsx */
import { Ansi } from "./ansi.tsx";

const STAMP = /^\d{4}-\d\d-\d\dT[\d:.]+Z /;
const MAX_LINES = 5000;

interface Group {
  title: string | null;
  lines: { number: number; text: string }[];
}

const groupsOf = (lines: readonly string[]): Group[] => {
  const groups: Group[] = [{ title: null, lines: [] }];
  // A message of the runner may hold several lines, of which only the first has a time.
  lines
    .flatMap((line) => line.split("\n"))
    .forEach((line, index) => {
      const text = line.replace(STAMP, "");
      if (text.startsWith("##[group]")) groups.push({ title: text.slice("##[group]".length), lines: [] });
      else if (text.startsWith("##[endgroup]")) groups.push({ title: null, lines: [] });
      else groups.at(-1)?.lines.push({ number: index + 1, text });
    });
  return groups.filter((group) => group.title !== null || group.lines.length > 0);
};

const Line = ({ number, text }: { number: number; text: string }) => {
  const command = /^##\[(error|warning|notice|debug)\](.*)$/s.exec(text);
  return (
    <div class={`log-line ${command?.[1] ?? ""}`} id={`L${number}`}>
      <span class="number">{number}</span>
      <span>{command ? `${command[1]}: ${command[2]}` : <Ansi text={text} />}</span>
    </div>
  );
};

/** A job's log without its time stamps; what the runner grouped is folded. Shows the last 5,000 lines. */
export const LogView = ({ lines }: { lines: readonly string[] }) => {
  if (lines.length === 0) return <p class="quiet">No log yet.</p>;
  return (
    <div class="log">
      {lines.length > MAX_LINES ? <p class="quiet">Only the last {MAX_LINES} lines are shown.</p> : null}
      {groupsOf(lines.slice(-MAX_LINES)).map((group) =>
        group.title === null ? (
          group.lines.map((line) => <Line {...line} />)
        ) : (
          <details open={group.lines.some(({ text }) => text.startsWith("##[error]"))}>
            <summary>{group.title}</summary>
            {group.lines.map((line) => (
              <Line {...line} />
            ))}
          </details>
        ),
      )}
    </div>
  );
};
