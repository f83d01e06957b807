/** @jsxImportSource hono/jsx */
import type { FC } from "hono/jsx";
import { KINDS, type Kind, WORDS } from "../../features/findings/kinds.ts";
import { nameOf, STATES, type State } from "../../features/findings/model.ts";
import { type Cursor, writeCursor } from "../../features/insights/cursor.ts";
import { GROUP_NAMES, GROUPS, type Group, groupOf } from "../../features/insights/model.ts";
import { type Overview, type OverviewRow, totalOf } from "../../features/insights/overview.ts";
import type { Source } from "../../features/insights/sources.ts";
import { firstLine } from "../../kernel/text/clamp.ts";
import { number, percent, plural, words } from "../format.ts";
import { Chip, Empty, Out, Progress, StateBadge, Time } from "../parts/basics.tsx";
import { Sparkline } from "../parts/charts.tsx";
import { RepoChoice, SourceChoice } from "../parts/choices.tsx";

export const PAGE_SIZE = 50;

export interface FindingsQuery {
  group: Group | null;
  state: State | null;
  repo: string | null;
  kind: Kind | null;
  source: Source | null;
  search: string | null;
}

interface Props {
  now: Date;
  query: FindingsQuery;
  /** How many fit the other filters in each state, and the states asked for. */
  counts: Map<State, number>;
  states: readonly State[];
  /** How many came to each state today. */
  today: Map<State, number>;
  repos: readonly string[];
  sources: readonly Source[];
  page: Overview;
  /** What waits for the one who looks: they approved it or reviewed its pull request. */
  yours: readonly OverviewRow[];
}

/** The address of the list with some of its filters changed. */
function hrefOf(
  query: FindingsQuery,
  change: Partial<FindingsQuery>,
  at?: ["after" | "before", Cursor],
): string {
  const next = { ...query, ...change };
  const params = new URLSearchParams();
  if (next.group !== null) params.set("show", next.group);
  if (next.state !== null) params.set("state", next.state);
  if (next.kind !== null) params.set("kind", next.kind);
  if (next.repo !== null) params.set("repo", next.repo);
  if (next.source !== null) params.set("source", next.source);
  if (next.search !== null) params.set("q", next.search);
  if (at !== undefined) params.set(at[0], writeCursor(at[1]));
  return params.size === 0 ? "/" : `/?${params}`;
}

/** The list of findings: what waits for a person first. */
export const FindingsPage: FC<Props> = (props) => {
  if (props.repos.length === 0) return <Start />;
  const mine = new Set(props.yours.map(({ finding }) => finding.id));
  return (
    <>
      <div class="head">
        <h1>Findings</h1>
        <Search query={props.query} repos={props.repos} sources={props.sources} />
      </div>
      <Today today={props.today} />
      <Filters query={props.query} counts={props.counts} />
      <Yours rows={props.yours} now={props.now} />
      {props.page.rows.length === 0 ? (
        <Empty title="Nothing fits">
          <p>
            No finding matches these filters. <a href="/">Show all findings</a>
          </p>
        </Empty>
      ) : (
        <List rows={props.page.rows.filter(({ finding }) => !mine.has(finding.id))} now={props.now} />
      )}
      <Pager query={props.query} page={props.page} total={totalOf(props.counts, props.states)} />
    </>
  );
};

const Today: FC<{ today: Map<State, number> }> = ({ today }) => {
  const shown = STATES.filter((state) => today.has(state));
  return (
    <p class="today">
      <b>Today</b> {shown.length === 0 ? <span class="muted">nothing has changed yet (UTC)</span> : null}
      {shown.map((state) => (
        <a href={`/?state=${state}`}>
          {number(today.get(state) ?? 0)} <span class={`badge s-${state}`}>{words(state)}</span>
        </a>
      ))}
    </p>
  );
};

const Yours: FC<{ rows: readonly OverviewRow[]; now: Date }> = ({ rows, now }) =>
  rows.length === 0 ? null : (
    <section class="group g-waiting" aria-labelledby="yours">
      <h2 id="yours">Yours: you approved it or reviewed its pull request</h2>
      <ul class="rows">
        {rows.map((row) => (
          <Row row={row} now={now} />
        ))}
      </ul>
    </section>
  );

const Start: FC = () => (
  <>
    <h1>Findings</h1>
    <Empty title="No flaky test has been found yet">
      <p>Findings appear here once failed jobs were read. To begin:</p>
      <ol>
        <li>
          Name a repository and its channel under <code>repos</code> in <code>flaky.yaml</code>, and run{" "}
          <code>bun src/main.ts doctor</code> to see that its tokens are right.
        </li>
        <li>
          Point the repository's webhook at <code>/webhooks/github</code>, or wait for the scan on schedule.
        </li>
        <li>
          Or have the last seven days read now: <code>/flaky scan</code> in the channel.
        </li>
      </ol>
    </Empty>
  </>
);

const Search: FC<Pick<Props, "query" | "repos" | "sources">> = ({ query, repos, sources }) => (
  <search>
    <form class="search" method="get" action="/">
      {query.group === null ? null : <input type="hidden" name="show" value={query.group} />}
      {query.state === null ? null : <input type="hidden" name="state" value={query.state} />}
      <select name="kind" aria-label="Kind" data-submit>
        <option value="">All kinds</option>
        {KINDS.map((kind) => (
          <option value={kind} selected={kind === query.kind}>
            {`${WORDS[kind].name}s`}
          </option>
        ))}
      </select>
      <RepoChoice repos={repos} chosen={query.repo} />
      <SourceChoice sources={sources} chosen={query.source} />
      <input
        type="search"
        name="q"
        id="q"
        value={query.search ?? ""}
        placeholder="Test, error, #12"
        aria-label="Search findings"
        aria-keyshortcuts="/"
        maxlength={200}
      />
      <button type="submit">Search</button>
    </form>
  </search>
);

const Filters: FC<Pick<Props, "query" | "counts">> = ({ query, counts }) => {
  const countOf = (group: Group) =>
    GROUPS[group].states.reduce((sum, state) => sum + (counts.get(state) ?? 0), 0);
  const plain = query.group === null && query.state === null;
  return (
    <nav class="filters" aria-label="Filter by state">
      <a
        class="pill"
        href={hrefOf(query, { group: null, state: null })}
        aria-current={plain ? "true" : undefined}
      >
        All <b>{number(totalOf(counts, []))}</b>
      </a>
      {GROUP_NAMES.map((group) => (
        <a
          class={`pill g-${group}`}
          href={hrefOf(query, { group, state: null })}
          aria-current={query.group === group ? "true" : undefined}
        >
          {GROUPS[group].title} <b>{number(countOf(group))}</b>
        </a>
      ))}
      {query.state === null ? null : (
        <a class="pill" href={hrefOf(query, { state: null })} aria-current="true">
          {words(query.state)} <b>{number(counts.get(query.state) ?? 0)}</b>
        </a>
      )}
    </nav>
  );
};

const List: FC<{ rows: readonly OverviewRow[]; now: Date }> = ({ rows, now }) => {
  const groups = [...Map.groupBy(rows, (row) => groupOf(row.finding.state))];
  return (
    <>
      {groups.map(([group, inGroup]) => (
        <section class={`group g-${group}`} aria-labelledby={`group-${group}`}>
          <h2 id={`group-${group}`}>{GROUPS[group].title}</h2>
          <ul class="rows">
            {inGroup.map((row) => (
              <Row row={row} now={now} />
            ))}
          </ul>
        </section>
      ))}
    </>
  );
};

const Row: FC<{ row: OverviewRow; now: Date }> = ({ row, now }) => {
  const { finding, pull, task } = row;
  return (
    <li class="row">
      <div class="row-state">
        <StateBadge state={finding.state} held={finding.heldAt !== null} />
      </div>
      <div class="row-what">
        <a class="test" href={`/findings/F${finding.id}`} data-row>
          {finding.test}
        </a>
        <p class="meta">
          <span>{finding.issueNumber === null ? "" : `F${finding.id} · `}</span>
          <Out href={row.issueUrl}>{nameOf(finding)}</Out>
          <span> · {finding.repo} · </span>
          <span class="signature">{firstLine(finding.signature, 160)}</span>
        </p>
        {task === null || task.phase === null ? null : (
          <p class="meta task">
            <Progress done={task.done} total={task.total} label={task.phase} />
            <span>{task.phase.toLowerCase()}</span>
          </p>
        )}
      </div>
      <div class="row-verdict">
        {finding.kind === "flaky_test" ? <b>{percent(finding.confidence)}</b> : null}
        <span>{finding.kind === "flaky_test" ? finding.class : WORDS[finding.kind].name}</span>
      </div>
      <div class="row-seen">
        <Sparkline days={row.recent} />
        <span>
          {number(row.sightings)}× {row.pullsHit > 0 ? `in ${plural(row.pullsHit, "PR")}` : ""}
        </span>
      </div>
      <div class="row-when">
        <Time at={finding.lastSeen} now={now} />
        {pull === null ? null : (
          <Out href={pull.url} class="pull">
            PR #{pull.number}{" "}
            {pull.state === "open" && pull.checks !== "none" ? (
              <Chip tone={pull.checks === "passing" ? "good" : pull.checks === "failing" ? "bad" : "busy"}>
                {pull.checks}
              </Chip>
            ) : null}
          </Out>
        )}
      </div>
    </li>
  );
};

const Pager: FC<Pick<Props, "query" | "page"> & { total: number }> = ({ query, page, total }) =>
  page.before === null && page.after === null ? null : (
    <nav class="pager" aria-label="Pages">
      {page.before === null ? null : (
        <>
          <a href={hrefOf(query, {})}>First</a>
          <a href={hrefOf(query, {}, ["before", page.before])} rel="prev">
            ← Back
          </a>
        </>
      )}
      <span>
        {number(page.rows.length)} of {plural(total, "finding")}
      </span>
      {page.after === null ? null : (
        <a href={hrefOf(query, {}, ["after", page.after])} rel="next">
          Next →
        </a>
      )}
    </nav>
  );
