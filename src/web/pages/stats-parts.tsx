/** @jsxImportSource hono/jsx */
import type { FC } from "hono/jsx";
import type { Criterion } from "../../features/insights/criteria.ts";
import type { Stats } from "../../features/insights/stats.ts";
import { HOUR, MINUTE, SECOND } from "../../kernel/clock.ts";
import { duration, number, percent, plural } from "../format.ts";
import { Chip, FindingLink, Scroll, StateBadge } from "../parts/basics.tsx";

/** What to fix first: what each flake cost in CI time and reruns, dearest on top. */
export const Costliest: FC<{ stats: Stats }> = ({ stats }) => {
  const most = Math.max(1, ...stats.worst.map((one) => one.lostSeconds));
  return (
    <section class="panel" aria-labelledby="worst">
      <h2 id="worst">
        What to fix first <small>CI time and reruns lost</small>
      </h2>
      {stats.worst.length === 0 ? (
        <p class="muted">Nothing was seen in these days.</p>
      ) : (
        <Scroll label="What to fix first">
          <table>
            <thead>
              <tr>
                <th scope="col">Flake</th>
                <th scope="col" class="n">
                  CI time
                </th>
                <th scope="col" class="n">
                  Reruns
                </th>
                <th scope="col" class="n">
                  Seen
                </th>
              </tr>
            </thead>
            <tbody>
              {stats.worst.map((one) => (
                <tr>
                  <th scope="row" class="wide">
                    <FindingLink id={one.id} test={one.test} /> <StateBadge state={one.state} />
                    <svg class="cost" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
                      <rect width={(one.lostSeconds / most) * 100} height="4" />
                    </svg>
                  </th>
                  <td class="n">{one.lostSeconds === 0 ? "–" : duration(one.lostSeconds * SECOND)}</td>
                  <td class="n">{number(one.reruns)}</td>
                  <td class="n">
                    {number(one.sightings)}× <small>{plural(one.pulls, "PR")}</small>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </Scroll>
      )}
    </section>
  );
};

/** How well the fixer does, beside what is wanted. */
export const Criteria: FC<{ criteria: readonly Criterion[] }> = ({ criteria }) => (
  <section class="panel" aria-labelledby="criteria">
    <h2 id="criteria">Measured against what is wanted</h2>
    <Scroll label="Measured against what is wanted">
      <table>
        <tbody>
          {criteria.map((one) => (
            <tr>
              <th scope="row" class="wide">
                {one.name}
                <br />
                <small>wanted: {one.wanted}</small>
              </th>
              <td class="n">{one.value === null ? "–" : shown(one, one.value)}</td>
              <td>
                {one.met === null ? null : (
                  <Chip tone={one.met ? "good" : "bad"}>{one.met ? "met" : "missed"}</Chip>
                )}{" "}
                <small>of {number(one.of)}</small>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  </section>
);

function shown({ unit }: Criterion, value: number): string {
  if (unit === "share") return percent(value);
  if (unit === "minutes") return duration(Math.min(value * MINUTE, 1e6 * HOUR));
  return `${value >= 0 ? "+" : ""}${value.toFixed(1)} points`;
}
