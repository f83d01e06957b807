/** @jsxImportSource hono/jsx */
import type { Child, FC } from "hono/jsx";
import type { BoardCell, BoardRow } from "../../features/pipelines/board.ts";
import { oneWord } from "../../features/pipelines/words.ts";
import { clamp } from "../../kernel/text/clamp.ts";
import { plural, words } from "../format.ts";
import { Chip, Out, Time } from "../parts/basics.tsx";
import type { Viewer } from "../viewer.ts";
import { ReviewChip } from "./marks.tsx";

interface RowProps {
  row: BoardRow;
  now: Date;
  /** Null where nothing may be done from here. */
  viewer: Viewer | null;
}

const MOST_SHOWN = 6;

/** One pull request: a row of the table, a card at phone width. Without a person there are no buttons. */
export const PrRow: FC<RowProps> = ({ row, now, viewer }) => {
  const { pull, cells } = row;
  const mine = row.acts && viewer?.person != null ? viewer : null;
  const first = cells.slice(0, MOST_SHOWN);
  const rest = cells.slice(MOST_SHOWN);
  return (
    <tr data-row tabindex={-1}>
      <th scope="row" class="pr-what">
        <Out href={pull.url} class="strong">
          #{pull.number}
        </Out>{" "}
        <span class="pr-title">{clamp(pull.title, 200)}</span>
        <p class="meta">{pull.repo}</p>
      </th>
      <td class="pr-when">
        <Time at={pull.updatedAt} now={now} />
      </td>
      <td class="pr-state">
        <Standing row={row} />
        {mine === null || row.conflicting ? null : (
          <ActForm viewer={mine} run="rebase" on={nameOf(row)}>
            <button type="submit" aria-label={`Rebase & Rerun #${pull.number}`} title={rebaseTitle(row)}>
              Rebase &amp; Rerun
            </button>
          </ActForm>
        )}
      </td>
      <td class="pr-cells">
        {cells.length === 0 ? (
          <span class="muted">
            {row.passed === 0 ? "no checks" : `${plural(row.passed, "check")} passed`}
          </span>
        ) : (
          <Cells row={row} cells={first} now={now} viewer={mine} />
        )}
        {rest.length === 0 ? null : (
          <details id={`more-${pull.repo}-${pull.number}`}>
            <summary>{rest.length} more</summary>
            <Cells row={row} cells={rest} now={now} viewer={mine} />
          </details>
        )}
      </td>
    </tr>
  );
};

const nameOf = ({ pull }: BoardRow): string => `${pull.repo}#${pull.number}`;

const rebaseTitle = ({ rebase, updatable }: BoardRow): string => {
  const then = rebase === null ? "CI then starts by itself" : `then ${rebase} is commented`;
  return updatable
    ? `Brings the branch up to date first, ${then}`
    : `Update branch if there is something to update, ${then}`;
};

/** Conflicts, whether GitHub would let one update the branch, and the review. */
const Standing: FC<{ row: BoardRow }> = ({ row: { pull, conflicting, updatable } }) => (
  <p class="chips">
    {conflicting ? (
      <Chip tone="bad">⚠ conflicts</Chip>
    ) : pull.mergeable === "mergeable" ? (
      <Chip tone="good">✓ no conflict</Chip>
    ) : (
      <Chip>conflicts not known yet</Chip>
    )}
    {updatable ? <Chip tone="busy">update branch ({words(pull.mergeState)})</Chip> : null}
    {pull.mergeState === "blocked" ? <Chip>blocked</Chip> : null}
    {pull.draft ? <Chip>draft</Chip> : null}
    <ReviewChip review={pull.review ?? "none"} />
  </p>
);

const Cells: FC<RowProps & { cells: readonly BoardCell[] }> = ({ row, cells, now, viewer }) => (
  <ul class="pipes">
    {cells.map((cell) => (
      <li>
        <div class="pipe-what">
          <Chip tone={cell.failed ? "bad" : "busy"}>{words(cell.check.state)}</Chip>{" "}
          <code>{clamp(cell.check.context, 200)}</code>
          {cell.check.description === null ? null : (
            <span class="muted"> {clamp(cell.check.description, 300)}</span>
          )}{" "}
          {cell.check.url === "" ? null : <Out href={cell.check.url}>details</Out>}
          {cell.flakes.map(({ finding, test }) => (
            <p class="meta pipe-flake">
              known flake <a href={`/findings/F${finding}`}>F{finding}</a>{" "}
              <span class="test">{clamp(test, 120)}</span>
            </p>
          ))}
        </div>
        <Again row={row} cell={cell} now={now} viewer={viewer} />
      </li>
    ))}
  </ul>
);

/** The button that has a check run again, or the menu where its command is not known. */
const Again: FC<RowProps & { cell: BoardCell }> = ({ row, cell: { again, asked, check }, now, viewer }) => {
  if (asked !== null)
    return (
      <span class="muted pipe-asked">
        asked for <Time at={asked} now={now} />
      </span>
    );
  if (viewer === null || again === null) return null;
  const of = `for ${clamp(check.context, 80)} of #${row.pull.number}`;
  if (again.how === "choose")
    return (
      <ActForm viewer={viewer} run="rerun" on={nameOf(row)}>
        <select name="note" aria-label={`Command ${of}`} required>
          <option value="">Run …</option>
          {row.menu.map((command) => (
            <option value={oneWord(command)}>{command}</option>
          ))}
        </select>
        <button type="submit" aria-label={`Run the chosen command ${of}`}>
          Run
        </button>
      </ActForm>
    );
  const [label, word] =
    again.how === "comment"
      ? [again.command, oneWord(again.command)]
      : ["Rerun failed jobs", oneWord(again.workflow)];
  return (
    <ActForm viewer={viewer} run="rerun" on={nameOf(row)}>
      <input type="hidden" name="note" value={word} />
      <button type="submit" aria-label={`${label} ${of}`}>
        {label}
      </button>
    </ActForm>
  );
};

/** A command as a form: the same as typed in Slack, with the same rights. Works without script. */
const ActForm: FC<{ viewer: Viewer; run: "rerun" | "rebase"; on: string; children: Child }> = (props) => (
  <form method="post" action="/act" class="pr-act">
    <input type="hidden" name="csrf" value={props.viewer.person?.csrf ?? ""} />
    <input type="hidden" name="do" value={props.run} />
    <input type="hidden" name="on" value={props.on} />
    <input type="hidden" name="back" value={props.viewer.path} />
    {props.children}
  </form>
);
