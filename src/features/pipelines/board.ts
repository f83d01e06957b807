import { repoConfig, type Target } from "../../config/index.ts";
import { hasFailed } from "../../kernel/conclusion.ts";
import { UserError } from "../../kernel/errors.ts";
import type { BoardCheck, BoardPull } from "../../ports/forge.ts";
import type { Context } from "../context.ts";
import { type FlakeMark, flakeMarks, markName } from "./flake-marks.ts";
import { listingOf } from "./listing.ts";
import { askedLately, onceName } from "./once.ts";
import { commandOf, menuOf, rebaseCommand } from "./words.ts";

type Deps = Pick<Context, "db" | "clock" | "config" | "forge" | "log">;

/** How a check is run again: by a comment, through the Actions API, or by a command that a person has to choose. */
export type Again =
  | { how: "comment"; command: string }
  | { how: "actions"; workflow: string }
  | { how: "choose" }
  | null;

/** A check that has not passed, as it is shown. */
export interface BoardCell {
  check: BoardCheck;
  failed: boolean;
  again: Again;
  /** When the same was asked for, within the last two minutes. */
  asked: Date | null;
  flakes: FlakeMark[];
}

/** A pull request as it is shown. */
export interface BoardRow {
  pull: BoardPull;
  /** Failed ones first, then those that are under way. */
  cells: BoardCell[];
  passed: number;
  conflicting: boolean;
  /** GitHub would show "Update branch", as far as that can be told: behind its base, or unstable. */
  updatable: boolean;
  /** Commands to choose from for checks that have none. */
  menu: string[];
  /** What Rebase & Rerun comments; null where CI starts by itself. */
  rebase: string | null;
  /** False where nothing may be written: the row is for looking. */
  acts: boolean;
}

export interface Board {
  target: Target;
  rows: BoardRow[];
  /** How many there are, also beyond those listed. */
  total: number;
  /** What GitHub kept back, in its words. */
  withheld: string[];
  /** When GitHub was asked; null where it never answered. */
  readAt: Date | null;
  fault: string | null;
}

/** The target of that label, else the first. @throws UserError that names those there are. */
export function targetOf(deps: Pick<Deps, "config">, label: string | null): Target {
  const { targets } = deps.config.file;
  const [first] = targets;
  if (first === undefined)
    throw new UserError("flaky.yaml names no `targets`: whose pull requests are to be shown.");
  if (label === null) return first;
  const found = targets.find((one) => one.label.toLowerCase() === label.trim().toLowerCase());
  if (found !== undefined) return found;
  throw new UserError(
    `There is no target of that name. There is ${targets.map((one) => one.label).join(", ")}.`,
  );
}

/** A target's open pull requests with what failed, what is under way, and what can be done about it; failures first. */
export async function boardOf(deps: Deps, target: Target): Promise<Board> {
  const { found, readAt, fault } = await listingOf(deps, target);
  const pulls = found?.pulls ?? [];
  const marks = await flakeMarks(deps.db, pulls);
  const asked = await askedLately(deps.db, deps.clock.now());
  // what one pull request's CI obeys, that of another in the same repository does
  const menus = new Map(
    [...Map.groupBy(pulls, ({ repo }) => repo)].map(([repo, own]) => {
      const contexts = own.flatMap(({ checks }) => checks.map(({ context }) => context));
      return [repo, menuOf(deps.config.file, contexts)] as const;
    }),
  );
  return {
    target,
    rows: pulls
      .map((pull) => rowOf(deps, pull, menus.get(pull.repo) ?? [], { marks, asked }))
      .sort((one, other) => Number(fails(other)) - Number(fails(one))),
    total: found?.total ?? 0,
    withheld: found?.withheld ?? [],
    readAt,
    fault,
  };
}

/** Whether a check of a pull request has failed: such rows come first. */
export const fails = (row: BoardRow): boolean => row.cells.some(({ failed }) => failed);

function rowOf(
  { config }: Deps,
  pull: BoardPull,
  menu: string[],
  { marks, asked }: { marks: ReadonlyMap<string, FlakeMark[]>; asked: ReadonlyMap<string, Date> },
): BoardRow {
  const cells = pull.checks
    .filter(({ state }) => hasFailed(state) || state === "pending")
    .map((check): BoardCell => {
      const failed = hasFailed(check.state);
      const again = againOf(config.file, menu, check, failed);
      return {
        check,
        failed,
        again,
        asked: askedOf(pull, check, again, asked),
        flakes: failed ? flakesOf(pull, check, marks) : [],
      };
    })
    .sort((one, other) => Number(other.failed) - Number(one.failed));
  const conflicting = pull.mergeable === "conflicting" || pull.mergeState === "dirty";
  const settings = repoConfig(config, pull.repo);
  return {
    pull,
    cells,
    passed: pull.checks.filter(({ state }) => state === "success").length,
    conflicting,
    updatable: !conflicting && (pull.mergeState === "behind" || pull.mergeState === "unstable"),
    menu,
    rebase: rebaseCommand(config.file),
    acts: settings === undefined || settings.write.toLowerCase() === pull.repo.toLowerCase(),
  };
}

function againOf(
  settings: Context["config"]["file"],
  menu: readonly string[],
  check: BoardCheck,
  failed: boolean,
): Again {
  if (check.actions !== null) return failed ? { how: "actions", workflow: check.actions.workflow } : null;
  const command = commandOf(settings, check.context);
  if (command !== null) return { how: "comment", command };
  return menu.length > 0 ? { how: "choose" } : null;
}

function askedOf(
  { repo, number: pull, headSha: head }: BoardPull,
  check: BoardCheck,
  again: Again,
  asked: ReadonlyMap<string, Date>,
): Date | null {
  const what =
    again?.how === "comment" ? again.command : check.actions === null ? null : `run/${check.actions.run}`;
  return what === null ? null : (asked.get(onceName({ repo, pull, head, what })) ?? null);
}

const flakesOf = (pull: BoardPull, check: BoardCheck, marks: ReadonlyMap<string, FlakeMark[]>): FlakeMark[] =>
  marks.get(markName(pull.repo, check.actions?.job ?? `${pull.headSha}/${check.context}`)) ?? [];
