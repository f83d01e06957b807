/** @jsxImportSource hono/jsx */
import type { FC } from "hono/jsx";
import { number } from "../format.ts";
import { Scroll, Time } from "../parts/basics.tsx";
import { Excerpt } from "../parts/code.tsx";
import { type DetailProps, Panel } from "./panel.tsx";

/** Where and how often a runtime error was logged, and what was logged last. */
export const Occurrences: FC<DetailProps> = ({ detail, now }) => {
  const { places, samples } = detail.errors;
  const total = places.reduce((sum, place) => sum + place.n, 0);
  return (
    <Panel id="sightings" title="Logged" note={number(total)}>
      <Scroll label="Where it was logged">
        <table>
          <thead>
            <tr>
              <th scope="col">Environment</th>
              <th scope="col">Commit</th>
              <th scope="col" class="n">
                Times
              </th>
              <th scope="col">Last</th>
            </tr>
          </thead>
          <tbody>
            {places.map((place) => (
              <tr>
                <td class="wide">{place.environment || "not told"}</td>
                <td>{place.commit === "" ? "not told" : <code>{place.commit.slice(0, 8)}</code>}</td>
                <td class="n">{number(place.n)}</td>
                <td>{place.last === null ? "" : <Time at={place.last} now={now} />}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
      <div class="excerpts">
        {samples.map((sample, index) => (
          <details id={`sample-${sample.id}`} open={index === 0}>
            <summary>
              {sample.environment || "Logged"} <Time at={sample.at} now={now} />
            </summary>
            <Excerpt
              text={sample.stack === "" ? sample.message : sample.stack}
              test={detail.finding.test}
              message={sample.message}
            />
          </details>
        ))}
      </div>
    </Panel>
  );
};
