/** @jsxImportSource hono/jsx */
import type { FC } from "hono/jsx";
import { STRIP_MOST } from "../../features/insights/detail.ts";
import { firstLine } from "../../kernel/text/clamp.ts";
import { number, plural } from "../format.ts";
import { Chip, Out, Scroll, Time } from "../parts/basics.tsx";
import { StripNumbers, StripPlot } from "../parts/charts.tsx";
import { Excerpt } from "../parts/code.tsx";
import { type DetailProps, Panel } from "./panel.tsx";

const EXCERPTS = 5;
const SHOWN = 20;

/** When, where and how a finding was seen. */
export const Sightings: FC<DetailProps> = ({ detail, now }) => {
  const { seen, strip, sightings } = detail;
  const retried = seen.retriedOk === 0 ? "" : `, ${number(seen.retriedOk)} passed on retry`;
  return (
    <Panel id="sightings" title="Sightings" note={`${number(seen.total)}${retried}`}>
      {strip.cells.length === 0 ? (
        <p class="muted">Not seen in the last {strip.days.length} days.</p>
      ) : (
        <>
          {strip.cells.reduce((all, { n }) => all + n, 0) < STRIP_MOST ? null : (
            <p class="meta">The plot shows its newest {STRIP_MOST} sightings.</p>
          )}
          <StripPlot days={strip.days} cells={strip.cells} />
          <StripNumbers cells={strip.cells} />
        </>
      )}
      <SightingsTable sightings={sightings.slice(0, SHOWN)} now={now} />
      {sightings.length <= SHOWN ? null : (
        <details id="more-sightings">
          <summary>
            {plural(sightings.length - SHOWN, "more sighting")}
            {seen.total > sightings.length ? `; the newest ${sightings.length} of ${number(seen.total)}` : ""}
          </summary>
          <SightingsTable sightings={sightings.slice(SHOWN)} now={now} />
        </details>
      )}
      <Excerpts sightings={sightings} />
    </Panel>
  );
};

type Seen = DetailProps["detail"]["sightings"];

const SightingsTable: FC<{ sightings: Seen; now: Date }> = ({ sightings, now }) => (
  <Scroll label="Sightings">
    <table>
      <thead>
        <tr>
          <th scope="col">When</th>
          <th scope="col">Branch</th>
          <th scope="col">Job</th>
          <th scope="col">Run</th>
          <th scope="col">Commit</th>
          <th scope="col">Kind</th>
        </tr>
      </thead>
      <tbody>
        {sightings.map((one) => (
          <tr>
            <td>
              <Time at={one.at} now={now} />
            </td>
            <td class="wide">{one.pull === null ? one.branch : `PR #${one.pull}`}</td>
            <td class="wide">
              <Out href={one.url}>{one.jobName}</Out>
              {one.ranOn === null ? null : <small class="ran-on">{one.ranOn}</small>}
            </td>
            <td>
              {one.run}
              {one.attempt > 1 ? <small> attempt {one.attempt}</small> : null}
            </td>
            <td>
              <code>{one.sha.slice(0, 8)}</code>
            </td>
            <td>
              {one.kind}
              {one.retriedOk ? (
                <>
                  {" "}
                  <Chip tone="good">passed on retry</Chip>
                </>
              ) : null}
              {one.cascadeOf === null ? null : (
                <>
                  {" "}
                  <Chip>felled by {firstLine(one.cascadeOf, 60)}</Chip>
                </>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </Scroll>
);

const Excerpts: FC<{ sightings: Seen }> = ({ sightings }) => {
  const withText = sightings.filter((one) => one.excerpt !== null).slice(0, EXCERPTS);
  if (withText.length === 0) return null;
  return (
    <div class="excerpts">
      <h3>Log excerpts</h3>
      {withText.map((one, index) => (
        <details id={`excerpt-${one.id}`} open={index === 0}>
          <summary>
            {one.jobName} <small>{one.sha.slice(0, 8)}</small>
          </summary>
          <Excerpt text={one.excerpt ?? ""} test={one.test} message={one.message} />
        </details>
      ))}
    </div>
  );
};
