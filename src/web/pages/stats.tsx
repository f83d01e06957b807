/** @jsxImportSource hono/jsx */
import type { FC } from "hono/jsx";
import { STATES } from "../../features/findings/model.ts";
import type { Stats } from "../../features/insights/stats.ts";
import { HOUR } from "../../kernel/clock.ts";
import { duration, number, percent, plural, usd } from "../format.ts";
import { Figure, FindingLink, Scroll, StateBadge } from "../parts/basics.tsx";
import { DayBars } from "../parts/charts.tsx";

export const RANGES = [7, 30, 90] as const;

/** Figures of the last days. */
export const StatsPage: FC<{ stats: Stats }> = ({ stats }) => (
  <>
    <div class="head">
      <h1>Figures</h1>
      <nav class="filters" aria-label="Time range">
        {RANGES.map((days) => (
          <a
            class="pill"
            href={`/stats?days=${days}`}
            aria-current={days === stats.days ? "true" : undefined}
          >
            {days} days
          </a>
        ))}
      </nav>
    </div>
    <dl class="figures">
      <Figure name="Found" value={number(stats.found)} />
      <Figure name="Fixed" value={number(stats.fixed)} />
      <Figure
        name="Success rate"
        value={stats.successRate === null ? "–" : percent(stats.successRate)}
        note={
          stats.successRate === null ? "nothing ended yet" : `${plural(stats.failed, "fix", "fixes")} gave up`
        }
      />
      <Figure
        name="Found to merged"
        value={stats.hoursToMerge === null ? "–" : duration(stats.hoursToMerge * HOUR)}
        note="on average"
      />
      <Figure name="Held" value={number(stats.held)} note={`${number(stats.cameBack)} ever came back`} />
      <Figure name="Model" value={usd(stats.cost.usd)} note={`${number(stats.cost.tokens)} tokens`} />
    </dl>
    <section class="panel" aria-labelledby="trend">
      <h2 id="trend">Per day</h2>
      <p class="legend" aria-hidden="true">
        <span class="found">found</span> <span class="fixed">fixed</span> <span class="failed">failed</span>
      </p>
      <DayBars days={stats.perDay} />
      <details id="trend-numbers">
        <summary>Numbers</summary>
        <DayTable stats={stats} />
      </details>
    </section>
    <div class="pair">
      <div>
        <States stats={stats} />
        <Repos stats={stats} />
      </div>
      <div>
        <Worst stats={stats} />
        <Cost stats={stats} />
      </div>
    </div>
  </>
);

const DayTable: FC<{ stats: Stats }> = ({ stats }) => (
  <table>
    <thead>
      <tr>
        <th scope="col">Day (UTC)</th>
        <th scope="col" class="n">
          Found
        </th>
        <th scope="col" class="n">
          Fixed
        </th>
        <th scope="col" class="n">
          Failed
        </th>
      </tr>
    </thead>
    <tbody>
      {stats.perDay.map((one) => (
        <tr>
          <th scope="row">{one.day}</th>
          <td class="n">{one.found}</td>
          <td class="n">{one.fixed}</td>
          <td class="n">{one.failed}</td>
        </tr>
      ))}
    </tbody>
  </table>
);

const States: FC<{ stats: Stats }> = ({ stats }) => (
  <section class="panel" aria-labelledby="states">
    <h2 id="states">All findings by state</h2>
    <table>
      <tbody>
        {STATES.map((state) => (
          <tr>
            <th scope="row">
              <a href={`/?state=${state}`}>
                <StateBadge state={state} />
              </a>
            </th>
            <td class="n">{number(stats.byState.get(state) ?? 0)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
);

const Worst: FC<{ stats: Stats }> = ({ stats }) => (
  <section class="panel" aria-labelledby="worst">
    <h2 id="worst">Seen most</h2>
    {stats.worst.length === 0 ? <p class="muted">Nothing was seen in these days.</p> : null}
    <ol class="worst">
      {stats.worst.map((one) => (
        <li>
          <FindingLink id={one.id} test={one.test} />
          <span class="meta">
            <StateBadge state={one.state} /> {number(one.sightings)}× in {plural(one.pulls, "PR")}
          </span>
        </li>
      ))}
    </ol>
  </section>
);

const Repos: FC<{ stats: Stats }> = ({ stats }) => (
  <section class="panel" aria-labelledby="repos">
    <h2 id="repos">By repository</h2>
    {stats.perRepo.length === 0 ? <p class="muted">No finding yet.</p> : null}
    <Outcomes title="Repository" rows={stats.perRepo.map((one) => ({ ...one, name: one.repo }))} />
    {stats.perProject.length === 0 ? null : <h2>Runtime errors by project</h2>}
    <Outcomes title="Project" rows={stats.perProject.map((one) => ({ ...one, name: one.project }))} />
  </section>
);

interface OutcomeRow {
  name: string;
  waiting: number;
  fixed: number;
  failed: number;
  total: number;
}

const Outcomes: FC<{ title: string; rows: readonly OutcomeRow[] }> = ({ title, rows }) => (
  <>
    {rows.length === 0 ? null : (
      <Scroll label={title}>
        <table>
          <thead>
            <tr>
              <th scope="col">{title}</th>
              <th scope="col" class="n">
                Waiting
              </th>
              <th scope="col" class="n">
                Fixed
              </th>
              <th scope="col" class="n">
                Failed
              </th>
              <th scope="col" class="n">
                All
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((one) => (
              <tr>
                <th scope="row" class="wide">
                  {one.name}
                </th>
                <td class="n">{number(one.waiting)}</td>
                <td class="n">{number(one.fixed)}</td>
                <td class="n">{number(one.failed)}</td>
                <td class="n">{number(one.total)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    )}
  </>
);

const Cost: FC<{ stats: Stats }> = ({ stats }) => (
  <section class="panel" aria-labelledby="cost">
    <h2 id="cost">Model cost</h2>
    {stats.cost.byPurpose.length === 0 ? <p class="muted">The model was not asked in these days.</p> : null}
    <table>
      <tbody>
        {stats.cost.byPurpose.map((one) => (
          <tr>
            <th scope="row">{one.purpose}</th>
            <td class="n">{plural(one.calls, "call")}</td>
            <td class="n">{usd(one.usd)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
);
