/** @jsxImportSource hono/jsx */
import type { FC } from "hono/jsx";
import type { StripCell } from "../../features/insights/detail.ts";
import type { DayCount } from "../../features/insights/model.ts";
import type { DayFigures } from "../../features/insights/outcomes.ts";
import { plural } from "../format.ts";
import { Scroll } from "./basics.tsx";

/** Bars of a fortnight, small enough for a line of text. */
export const Sparkline: FC<{ days: readonly DayCount[] }> = ({ days }) => {
  const most = Math.max(1, ...days.map((one) => one.n));
  const total = days.reduce((all, one) => all + one.n, 0);
  const label = `${plural(total, "sighting")} in ${days.length} days`;
  // two paths instead of an element for each day: a list has fifty of these
  const bars = (shown: (n: number) => boolean, heightOf: (n: number) => number) =>
    days.map(({ n }, index) => (shown(n) ? `M${index * 6} 20v-${heightOf(n)}h4V20z` : "")).join("");
  return (
    <svg class="spark" width={days.length * 6} height="20" role="img" aria-label={label}>
      <title>{label}</title>
      <path
        class="none"
        d={bars(
          (n) => n === 0,
          () => 1,
        )}
      />
      <path
        d={bars(
          (n) => n > 0,
          (n) => Math.max(3, Math.round((n / most) * 20)),
        )}
      />
    </svg>
  );
};

const STRIP = { left: 160, step: 22, row: 24, top: 22, rows: 10 };

/** Where and when a finding was seen: a row for each branch or pull request, a column for each day. */
export const StripPlot: FC<{ days: readonly string[]; cells: readonly StripCell[] }> = ({ days, cells }) => {
  const rows = stripRows(cells);
  const width = STRIP.left + days.length * STRIP.step;
  const height = STRIP.top + rows.length * STRIP.row + 4;
  const total = cells.reduce((all, cell) => all + cell.n, 0);
  const label = `${plural(total, "sighting")} in ${days.length} days on ${plural(rows.length, "branch", "branches")}`;
  const xOf = (day: string) => STRIP.left + days.indexOf(day) * STRIP.step + STRIP.step / 2;
  return (
    <Scroll label={label} newestLast>
      <svg class="strip" width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img">
        <title>{label}</title>
        {days.map((day, index) =>
          index % 7 === days.length % 7 ? (
            <text x={xOf(day)} y="12" text-anchor="middle" class="axis">
              {day.slice(5)}
            </text>
          ) : null,
        )}
        {rows.map(([name, inRow], index) => {
          const y = STRIP.top + index * STRIP.row + STRIP.row / 2;
          return (
            <g>
              <line x1={STRIP.left} x2={width} y1={y} y2={y} class="rule" />
              <text x={STRIP.left - 10} y={y + 4} text-anchor="end">
                {name.length > 22 ? `${name.slice(0, 21)}…` : name}
              </text>
              {inRow.map((cell) => (
                <circle cx={xOf(cell.day)} cy={y} r={Math.min(9, 3.5 + Math.sqrt(cell.n))}>
                  <title>{`${cell.day}, ${name}: ${plural(cell.n, "sighting")}`}</title>
                </circle>
              ))}
            </g>
          );
        })}
      </svg>
    </Scroll>
  );
};

/** The plot's numbers as a table: a row for each branch or pull request and day. */
export const StripNumbers: FC<{ cells: readonly StripCell[] }> = ({ cells }) => (
  <details id="strip-numbers">
    <summary>Numbers</summary>
    <Scroll label="Sightings by day and branch">
      <table>
        <thead>
          <tr>
            <th scope="col">Branch</th>
            <th scope="col">Day (UTC)</th>
            <th scope="col" class="n">
              Sightings
            </th>
          </tr>
        </thead>
        <tbody>
          {stripRows(cells).flatMap(([name, inRow]) =>
            inRow.map((cell) => (
              <tr>
                <th scope="row" class="wide">
                  {name}
                </th>
                <td>{cell.day}</td>
                <td class="n">{cell.n}</td>
              </tr>
            )),
          )}
        </tbody>
      </table>
    </Scroll>
  </details>
);

/** Branches first, then pull requests, each by how often; what is beyond the tenth row is one row. */
export function stripRows(cells: readonly StripCell[]): [string, { day: string; n: number }[]][] {
  const named = Map.groupBy(cells, (cell) => (cell.pull === null ? cell.branch : `PR #${cell.pull}`));
  const weight = (inRow: readonly StripCell[]) =>
    inRow.reduce((all, cell) => all + cell.n, 0) + (inRow[0]?.pull === null ? 1e9 : 0);
  const sorted = [...named].sort(([, one], [, other]) => weight(other) - weight(one));
  const rest = sorted.slice(STRIP.rows).flatMap(([, inRow]) => inRow);
  const shown = rest.length === 0 ? sorted : [...sorted.slice(0, STRIP.rows), ["others", rest] as const];
  return shown.map(([name, inRow]) => [name, perDay(inRow)]);
}

function perDay(cells: readonly StripCell[]): { day: string; n: number }[] {
  const days = Map.groupBy(cells, (cell) => cell.day);
  return [...days].map(([day, same]) => ({ day, n: same.reduce((all, cell) => all + cell.n, 0) }));
}

const SERIES = ["found", "fixed", "failed"] as const;
const BARS = { height: 200, left: 40, bottom: 22, width: 1140 };

/** Found, fixed and failed of each day, side by side. */
export const DayBars: FC<{ days: readonly DayFigures[] }> = ({ days }) => {
  const most = niceTop(Math.max(1, ...days.flatMap((one) => SERIES.map((name) => one[name]))));
  const slot = (BARS.width - BARS.left) / days.length;
  const bar = Math.min(20, (slot * 0.72) / SERIES.length);
  const yOf = (n: number) => (1 - n / most) * BARS.height + 6;
  const every = Math.ceil(days.length / 10);
  return (
    <Scroll label="Found, fixed and failed per day" newestLast>
      <svg class="bars" viewBox={`0 0 ${BARS.width} ${BARS.height + BARS.bottom + 6}`} role="img">
        <title>Found, fixed and failed per day; the numbers are in the table below</title>
        {[0, most / 2, most].map((n) => (
          <g>
            <line x1={BARS.left} x2={BARS.width} y1={yOf(n)} y2={yOf(n)} class="rule" />
            <text x={BARS.left - 6} y={yOf(n) + 4} text-anchor="end">
              {n}
            </text>
          </g>
        ))}
        {days.map((one, index) => {
          const x = BARS.left + index * slot + (slot - bar * SERIES.length) / 2;
          return (
            <g>
              <title>{`${one.day}: ${SERIES.map((name) => `${one[name]} ${name}`).join(", ")}`}</title>
              {SERIES.map((name, at) => (
                <rect
                  class={name}
                  x={x + at * bar}
                  y={yOf(one[name])}
                  width={Math.max(1, bar - 1)}
                  height={BARS.height + 6 - yOf(one[name])}
                />
              ))}
              {index % every === 0 ? (
                <text x={x + (bar * SERIES.length) / 2} y={BARS.height + 20} text-anchor="middle">
                  {one.day.slice(5)}
                </text>
              ) : null}
            </g>
          );
        })}
      </svg>
    </Scroll>
  );
};

/** The next even number that reads well on an axis. */
function niceTop(most: number): number {
  const size = 10 ** Math.floor(Math.log10(most));
  return [2, 4, 6, 10].map((step) => step * size).find((top) => top >= most) ?? 2;
}
