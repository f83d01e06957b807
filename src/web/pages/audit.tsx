/** @jsxImportSource hono/jsx */
import type { FC } from "hono/jsx";
import { clamp } from "../../kernel/text/clamp.ts";
import type { AuditRow } from "../../platform/audit.ts";
import { Empty, Scroll, Time } from "../parts/basics.tsx";

interface Props {
  entries: readonly AuditRow[];
  now: Date;
  query: AuditQuery;
  /** Number of the last entry, where there are more behind it. */
  more: number | null;
}

/** What is asked for, as it was written. */
export interface AuditQuery {
  finding: string;
  action: string;
  actor: string;
  from: string;
  to: string;
}

/** The newest decisions and changes, with who made them. */
export const AuditPage: FC<Props> = ({ entries, now, query, more }) => (
  <>
    <h1>Audit</h1>
    <search>
      <form class="filter" method="get" action="/audit">
        {FIELDS.map(({ name, label, placeholder, type }) => (
          <label>
            {label}
            <input name={name} value={query[name]} placeholder={placeholder} type={type} />
          </label>
        ))}
        <button type="submit">Filter</button>
      </form>
    </search>
    {entries.length === 0 ? (
      <Empty
        title={
          Object.values(query).every((text) => text === "") ? "Nothing has happened yet" : "Nothing fits"
        }
      >
        <p>Each decision and change is kept here, with who made it and what was known.</p>
      </Empty>
    ) : (
      <AuditTable entries={entries} now={now} withFinding />
    )}
    {more === null ? null : (
      <nav class="pager" aria-label="Pages">
        <a href={`/audit?${new URLSearchParams({ ...query, before: String(more) })}`} rel="next">
          Earlier →
        </a>
      </nav>
    )}
  </>
);

const FIELDS = [
  { name: "finding", label: "Finding", placeholder: "#12 or F12", type: "text" },
  { name: "actor", label: "Who", placeholder: "alice, bot", type: "text" },
  { name: "action", label: "What", placeholder: "state. or approve", type: "text" },
  { name: "from", label: "From (UTC)", placeholder: undefined, type: "date" },
  { name: "to", label: "To", placeholder: undefined, type: "date" },
] as const;

/** Entries of the audit, newest first. */
export const AuditTable: FC<{ entries: readonly AuditRow[]; now: Date; withFinding: boolean }> = (props) => {
  if (props.entries.length === 0) return <p class="muted">Nothing has happened yet.</p>;
  return (
    <Scroll label="Audit">
      <table>
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Who</th>
            <th scope="col">What</th>
            {props.withFinding ? <th scope="col">Finding</th> : null}
            <th scope="col">What was known</th>
          </tr>
        </thead>
        <tbody>
          {props.entries.map((entry) => (
            <tr>
              <td>
                <Time at={entry.at} now={props.now} />
              </td>
              <td>{entry.actor}</td>
              <td>
                <code>{entry.action}</code>
              </td>
              {props.withFinding ? (
                <td>
                  {entry.findingId === null ? (
                    ""
                  ) : (
                    <a href={`/findings/F${entry.findingId}`}>F{entry.findingId}</a>
                  )}
                </td>
              ) : null}
              <td class="wide">{detailText(entry.detail)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
};

/** What an entry keeps as one line of names and values. */
export function detailText(detail: unknown): string {
  if (typeof detail !== "object" || detail === null) return "";
  const { why, ...rest } = { why: undefined, ...detail };
  const pairs = Object.entries(rest).map(([name, value]) => `${name}: ${plain(value)}`);
  return clamp([...(why === undefined ? [] : [plain(why)]), ...pairs].join(" · "), 400);
}

const plain = (value: unknown): string =>
  typeof value === "string"
    ? value
    : JSON.stringify(value, (_, part) => (typeof part === "number" ? Math.round(part * 100) / 100 : part));
