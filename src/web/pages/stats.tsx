/** @jsxImportSource hono/jsx */
import type { FC } from "hono/jsx";
import { STATES, type State } from "../../features/findings/model.ts";
import type { Outcomes } from "../../features/insights/outcomes.ts";
import type { Source } from "../../features/insights/sources.ts";
import type { Stats } from "../../features/insights/stats.ts";
import { HOUR } from "../../kernel/clock.ts";
import { TABLES } from "../csv.ts";
import { duration, number, percent, plural, usd } from "../format.ts";
import { Figure, Scroll, StateBadge } from "../parts/basics.tsx";
import { DayBars } from "../parts/charts.tsx";
import { RepoChoice, SourceChoice } from "../parts/choices.tsx";
import { Costliest, Criteria } from "./stats-parts.tsx";

export const RANGES = [7, 30, 90] as const;

/** Which figures are looked at. */
export interface StatsQuery {
  days: (typeof RANGES)[number];
  repo: string | null;
  source: Source | null;
}

const hrefOf = (query: StatsQuery, path = "/stats", table?: string): string => {
  const params = new URLSearchParams({ days: String(query.days) });
  if (query.repo !== null) params.set("repo", query.repo);
  if (query.source !== null) params.set("source", query.source);
  if (table !== undefined) params.set("table", table);
  return `${path}?${params}`;
};

interface Props {
  stats: Stats;
  query: StatsQuery;
  sources: readonly Source[];
}

/** Figures of the last days, of all findings or of a repository's or a source's. */
export const StatsPage: FC<Props> = ({ stats, query, sources }) => (
  <>
    <div class="head">
      <h1>Figures</h1>
      <nav class="filters" aria-label="Time range">
        {RANGES.map((days) => (
          <a
            class="pill"
            href={hrefOf({ ...query, days })}
            aria-current={days === stats.days ? "true" : undefined}
          >
            {days} days
          </a>
        ))}
      </nav>
      <Choices {...{ stats, query, sources }} />
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
        <Costliest stats={stats} />
        <Repos stats={stats} query={query} />
      </div>
      <div>
        <Criteria criteria={stats.criteria} />
        <States stats={stats} query={query} />
        <Cost stats={stats} query={query} />
      </div>
    </div>
    <p class="meta">
      As CSV:{" "}
      {TABLES.map((table) => (
        <>
          <a href={hrefOf(query, "/stats.csv", table)}>{table}</a>{" "}
        </>
      ))}
    </p>
  </>
);

const Choices: FC<Props> = ({ stats, query, sources }) =>
  stats.repos.length < 2 && sources.length < 2 && query.repo === null && query.source === null ? null : (
    <form class="search" method="get" action="/stats">
      <input type="hidden" name="days" value={String(query.days)} />
      <RepoChoice repos={stats.repos} chosen={query.repo} />
      <SourceChoice sources={sources} chosen={query.source} />
      <button type="submit">Show</button>
    </form>
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

/** The list of findings of what the figures are of. */
function listOf({ repo, source }: StatsQuery, state: State): string {
  const params = new URLSearchParams({ state });
  if (repo !== null) params.set("repo", repo);
  if (source !== null) params.set("source", source);
  return `/?${params}`;
}

const States: FC<Pick<Props, "stats" | "query">> = ({ stats, query }) => (
  <section class="panel" aria-labelledby="states">
    <h2 id="states">Findings by state, as it stands</h2>
    <table>
      <tbody>
        {STATES.map((state) => (
          <tr>
            <th scope="row">
              <a href={listOf(query, state)}>
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

const Repos: FC<Pick<Props, "stats" | "query">> = ({ stats, query }) => (
  <section class="panel" aria-labelledby="repos">
    <h2 id="repos">
      By repository <small>found and merged in these {stats.days} days, the rest as it stands</small>
    </h2>
    {stats.perRepo.length === 0 ? <p class="muted">No finding yet.</p> : null}
    <OutcomeTable title="Repository" rows={stats.perRepo} href={(repo) => hrefOf({ ...query, repo })} />
    {stats.perProject.length === 0 ? null : <h2>Runtime errors by project</h2>}
    <OutcomeTable title="Project" rows={stats.perProject} />
  </section>
);

const OutcomeTable: FC<{ title: string; rows: readonly Outcomes[]; href?: (name: string) => string }> = ({
  title,
  rows,
  href,
}) => (
  <>
    {rows.length === 0 ? null : (
      <Scroll label={title}>
        <table>
          <thead>
            <tr>
              <th scope="col">{title}</th>
              <th scope="col" class="n">
                Found
              </th>
              <th scope="col" class="n">
                Merged
              </th>
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
                  {href === undefined ? one.name : <a href={href(one.name)}>{one.name}</a>}
                </th>
                <td class="n">{number(one.found)}</td>
                <td class="n">{number(one.merged)}</td>
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

const Cost: FC<Pick<Props, "stats" | "query">> = ({ stats, query }) => (
  <section class="panel" aria-labelledby="cost">
    <h2 id="cost">
      Model cost {query.repo === null && query.source === null ? "" : <small>of all findings</small>}
    </h2>
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
