import type { Button, KnownBlock, StaticSelect } from "@slack/types";
import { clamp } from "../../kernel/text/clamp.ts";
import { escapeSlack, slackCode } from "../../kernel/text/escape.ts";
import { plural } from "../../kernel/text/figures.ts";
import { type Board, type BoardCell, type BoardRow, fails } from "./board.ts";
import { oneWord } from "./words.ts";

/** So many pull requests fit with their buttons: Slack takes 50 blocks and about 13,000 characters. */
const MOST_ROWS = 15;
const MOST_CELLS = 5;
const MOST_BUTTONS = 4;
/** Longest text of one pull request, and of all where there are no buttons. */
const ROW_TEXT = 750;
const ALL_TEXT = 3800;
/** Longest value of an option. */
const OPTION = 150;

export interface BoardMessage {
  text: string;
  blocks: KnownBlock[];
}

/** A target's open pull requests as one message, each with its buttons. Pure. */
export function boardMessage(board: Board, links: { console: string }): BoardMessage {
  const shown = board.rows.slice(0, MOST_ROWS);
  const page = `${links.console}/pulls?target=${encodeURIComponent(board.target.label)}`;
  const head = headWords(board, page);
  const rest = board.total - shown.length;
  const foot = rest > 0 ? `… and ${rest} more, <${page}|in the console>.` : null;
  const texts = shown.map(rowText);
  const blocks: KnownBlock[] = [section(head)];
  for (const [index, row] of shown.entries()) {
    blocks.push(section(texts[index] ?? ""));
    const elements = controls(row, index);
    if (elements.length > 0) blocks.push({ type: "actions", block_id: `pull.${index}`, elements });
  }
  if (foot !== null) blocks.push({ type: "context", elements: [{ type: "mrkdwn", text: foot }] });
  const lines = [head, ...(foot === null ? [] : [foot]), ...texts];
  return { text: whole(lines, ALL_TEXT).join("\n"), blocks };
}

/** The first lines that fit, each whole: half a link would be shown as it is written. */
const whole = (lines: readonly string[], most: number): string[] =>
  lines.filter((_, index) => lines.slice(0, index + 1).join("\n").length <= most);

const section = (text: string): KnownBlock => ({ type: "section", text: { type: "mrkdwn", text } });

function headWords(board: Board, page: string): string {
  const { target, rows, total, fault, withheld } = board;
  const failed = rows.filter(fails).length;
  const count =
    board.readAt === null
      ? "nothing is known yet"
      : total === 0
        ? "no open pull request"
        : `${plural(total, "open pull request")}, ${failed} with failures`;
  const kept =
    withheld.length === 0
      ? []
      : [`_Something is kept back: ${escapeSlack(clamp(withheld.join("; "), 200))}_`];
  return [
    `*<${page}|${escapeSlack(clamp(target.label, 80))}>*: ${count}`,
    ...(fault === null ? [] : [`:warning: ${escapeSlack(fault)}`]),
    ...kept,
  ].join("\n");
}

function rowText(row: BoardRow): string {
  const { pull, cells } = row;
  const states = [
    ...(pull.draft ? ["draft"] : []),
    ...(row.conflicting ? [":warning: has conflicts"] : []),
    ...(row.updatable ? [`branch can be updated (${pull.mergeState})`] : []),
    ...(pull.review === null ? [] : [pull.review.replaceAll("_", " ")]),
    ...(cells.length === 0 ? [row.passed === 0 ? "no checks" : ":white_check_mark: all passed"] : []),
  ];
  const lines = [
    `*<${pull.url}|#${pull.number}>* ${escapeSlack(clamp(pull.title, 100))} · ${escapeSlack(pull.repo)}`,
    ...(states.length === 0 ? [] : [states.join(" · ")]),
    ...cells.slice(0, MOST_CELLS).map(cellText),
    ...(cells.length > MOST_CELLS ? [`… and ${cells.length - MOST_CELLS} more`] : []),
  ];
  return whole(lines, ROW_TEXT).join("\n");
}

function cellText({ check, failed, flakes, asked }: BoardCell): string {
  const url = webAddress(check.url);
  const name = slackCode(clamp(check.context, 60));
  const said = check.description === null ? "" : ` ${escapeSlack(clamp(check.description, 60))}`;
  const [flake] = flakes;
  const known = flake === undefined ? "" : ` · known flake F${flake.finding}`;
  const link = url === null ? "" : ` · <${url}|details>`;
  return `${failed ? ":x:" : ":hourglass_flowing_sand:"} ${name}${said}${known}${asked === null ? "" : " · asked for just now"}${link}`;
}

/** An address that may stand within a link of Slack's; null for any other. */
const webAddress = (url: string): string | null =>
  /^https?:\/\/[^\s<>|]{1,300}$/.test(url) && URL.canParse(url) ? url.replaceAll("&", "&amp;") : null;

/** Buttons for what failed, one for each command or workflow, and a menu where a command has to be chosen. */
function controls(row: BoardRow, place: number): (Button | StaticSelect)[] {
  if (!row.acts) return [];
  const on = `${row.pull.repo}#${row.pull.number}`;
  const words = new Map<string, string>();
  for (const { again, failed, asked } of row.cells) {
    if (!failed || asked !== null || again === null || again.how === "choose") continue;
    if (again.how === "comment") words.set(oneWord(again.command), again.command);
    else words.set(oneWord(again.workflow), `Rerun ${again.workflow}`);
  }
  const buttons: (Button | StaticSelect)[] = [...words]
    .slice(0, MOST_BUTTONS)
    .map(([word, label], index) => button(`pull.rerun.${index}`, label, `${on} ${word}`));
  if (row.cells.some(({ failed, again }) => failed && again?.how === "choose"))
    buttons.push(menu(row, on, place));
  if (!row.conflicting && (row.updatable || fails(row)))
    buttons.push(button("pull.rebase", "Rebase & Rerun", on));
  return buttons;
}

const button = (action: string, label: string, value: string): Button => ({
  type: "button",
  action_id: action,
  text: { type: "plain_text", text: clamp(label, 75) },
  value: clamp(value, 2000),
});

const menu = (row: BoardRow, on: string, place: number): StaticSelect => ({
  type: "static_select",
  action_id: `pull.rerun.pick.${place}`,
  placeholder: { type: "plain_text", text: "Run …" },
  options: row.menu
    .map((command) => ({
      text: { type: "plain_text" as const, text: clamp(command, 75) },
      value: `${on} ${oneWord(command)}`,
    }))
    .filter(({ value }) => value.length <= OPTION)
    .slice(0, 100),
});
