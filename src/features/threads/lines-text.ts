import type { threadLines } from "../../../db/schema.ts";
import { SECOND } from "../../kernel/clock.ts";
import { escapeSlack, slackCode } from "../../kernel/text/escape.ts";

/** One thing that happened: who did what to what. `object` is a label, a login, a reason, or (checks) written mrkdwn. */
export type Line = Pick<typeof threadLines.$inferSelect, "who" | "what" | "object" | "at">;

/** A burst of lines as one message: a line for each who, equal deeds counted together, in the order they began. */
export function linesText(lines: readonly Line[], issueUrl: string | null): string {
  const byWho = Map.groupBy(lines.toSorted(asTheyHappened), (line) => line.who);
  return [...byWho]
    .map(([who, deeds]) => {
      const byWhat = Map.groupBy(deeds, (line) => line.what);
      const said = [...byWhat].map(([what, same]) => deed(what, who, objectsOf(same), issueUrl));
      return `${emojiOf(deeds)} ${who === null ? "" : `*${escapeSlack(who)}* `}${said.join(", ")}`;
    })
    .join("\n");
}

/** Within one second, GitHub's unit of time, as a person would tell it: webhooks come in any order. */
const KINDS: readonly Line["what"][] = [
  "labeled",
  "unlabeled",
  "assigned",
  "unassigned",
  "closed",
  "reopened",
  "checks_failed",
];

const second = (line: Line) => Math.floor(line.at.getTime() / SECOND);

const asTheyHappened = (a: Line, b: Line): number =>
  second(a) - second(b) ||
  KINDS.indexOf(a.what) - KINDS.indexOf(b.what) ||
  (a.who ?? "").localeCompare(b.who ?? "") ||
  (a.object ?? "").localeCompare(b.object ?? "");

const objectsOf = (lines: readonly Line[]): (string | null)[] => [
  ...new Set(lines.map((line) => line.object)),
];

function emojiOf(deeds: readonly Line[]): string {
  if (deeds.some(({ what }) => what === "checks_failed")) return ":red_circle:";
  if (deeds.some(({ what }) => what === "closed")) return ":ballot_box_with_check:";
  if (deeds.some(({ what }) => what === "reopened")) return ":arrows_counterclockwise:";
  return deeds.some(({ what }) => what === "labeled" || what === "unlabeled")
    ? ":label:"
    : ":bust_in_silhouette:";
}

function deed(
  what: Line["what"],
  who: string | null,
  objects: readonly (string | null)[],
  issueUrl: string | null,
): string {
  const issue = issueUrl === null ? "the issue" : `<${issueUrl}|the issue>`;
  const people = () =>
    objects.map((login) => (login === who ? "themselves" : `*${escapeSlack(login ?? "")}*`)).join(" and ");
  switch (what) {
    case "closed":
      return `closed ${issue}${objects.includes("not_planned") ? " as not planned" : ""}`;
    case "reopened":
      return `opened ${issue} again`;
    case "labeled":
      return `added ${labels(objects)}`;
    case "unlabeled":
      return `took off ${labels(objects)}`;
    case "assigned":
      return `assigned ${people()}`;
    case "unassigned":
      return `unassigned ${people()}`;
    case "checks_failed":
      return `Checks turned red on ${objects.join(" and ")}`;
  }
}

/** Up to two labels by name, more by their number. */
const labels = (names: readonly (string | null)[]): string =>
  names.length > 2
    ? `${names.length} labels`
    : `the label${names.length === 1 ? "" : "s"} ${names.map((name) => slackCode(name ?? "")).join(" and ")}`;
