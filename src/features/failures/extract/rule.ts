import type { InfraKind } from "../model.ts";
import type { Draft, DraftStart } from "./draft.ts";
import type { Line } from "./line.ts";
import type { Side } from "./names.ts";
import { spare, spareMethods } from "./tiers.ts";

/** What trackers report to. */
export interface Sink {
  /** Records a failed test and starts its excerpt. */
  fail(start: DraftStart): Draft;
  /** Moves the excerpt of a known failure to the current line, where its details are. */
  anchor(draft: Draft): void;
  pass(name: string, line: number): void;
  infra(kind: InfraKind, line: Line): void;
  /** Has idle rules of this framework run from now on, as a failure does; of a test if one is named. */
  wake(test?: string): void;
  /** This framework's failures so far. */
  readonly drafts: readonly Draft[];
  /** Everybody's: a runner of runners must not repeat what those it ran have said. */
  readonly everyone: readonly Draft[];
}

/**
 * One rule: a line that holds one of `needles` and matches `pattern` is handed to `run`. `example` is
 * log text that must make it fire, and `test` the failed test that comes out of it (none: null).
 */
export interface Rule<T> {
  readonly id: string;
  /** Literals of at least five bytes; none of them may be split by colours. */
  readonly needles: readonly string[];
  readonly pattern: RegExp;
  readonly example: string;
  readonly test: string | null;
  /** Of no use before a test of its framework failed, unless the tests that pass are to be listed. */
  readonly idle?: true;
  /** Where beside a needle the test's name stands, if it does: of an idle rule only names of failed tests matter. */
  readonly names?: Side;
  run(match: RegExpExecArray, line: Line, tracker: T): void;
}

/** Characters of a block's line that are kept. */
const MAX_WIDTH = 1000;

/** Follows one framework through one log. */
export class Tracker {
  private block: Block | null = null;
  /** Whether every line is wanted, in a block or not. */
  protected waiting = false;
  constructor(readonly sink: Sink) {}

  /** Whether following lines are wanted although they hold no needle. Asked for each line: no subclass adds to it. */
  get reading(): boolean {
    return this.block !== null || this.waiting;
  }

  /**
   * Collects the lines after this one until `stop` says so (that line is left out), at most `limit`;
   * then `done` gets them. A block already being read is closed first.
   */
  read(
    limit: number,
    stop: (text: string, lines: readonly string[]) => boolean,
    done: (lines: string[]) => void,
  ): void {
    this.close();
    this.block = { limit, stop, done, lines: [] };
  }

  /** Ends the block being read, if any. */
  close(): void {
    const block = this.block;
    this.block = null;
    block?.done(block.lines);
  }

  /** Hands a line to the block being read. */
  line(line: Line): void {
    const block = this.block;
    if (block === null) return;
    if (block.stop(line.text, block.lines)) {
      this.close();
      return;
    }
    block.lines.push(line.text.length > MAX_WIDTH ? line.text.slice(0, MAX_WIDTH) : line.text);
    if (block.lines.length >= block.limit) this.close();
  }

  /** Called once after the last line; settles what only the whole log can tell. */
  end(): void {
    this.close();
  }
}

interface Block {
  readonly limit: number;
  readonly stop: (text: string, lines: readonly string[]) => boolean;
  readonly done: (lines: string[]) => void;
  readonly lines: string[];
}

/** What the engine, and the test of the rules, see of a rule. */
export interface RuleData {
  readonly id: string;
  readonly framework: string;
  readonly needles: readonly string[];
  readonly pattern: RegExp;
  readonly example: string;
  readonly test: string | null;
  readonly idle: boolean;
  readonly names: Side | undefined;
}

/** One framework at work on one log. */
export interface Running {
  readonly tracker: Tracker;
  fire(rule: number, match: RegExpExecArray, line: Line): void;
}

/** Rules of one framework with the tracker they act on. */
export interface Framework {
  readonly name: string;
  readonly rules: readonly RuleData[];
  start(sink: Sink): Running;
}

/** Ties rules to the tracker they share. Ids become `name/id`. */
export function defineFramework<T extends Tracker>(
  name: string,
  create: (sink: Sink) => T,
  rules: readonly Rule<T>[],
): Framework {
  for (const { run } of rules) spare(run);
  return {
    name,
    rules: rules.map(({ id, needles, pattern, example, test, idle = false, names }) => ({
      id: `${name}/${id}`,
      framework: name,
      needles,
      pattern,
      example,
      test,
      idle,
      names,
    })),
    start(sink) {
      const tracker = create(sink);
      spareMethods(tracker);
      return { tracker, fire: (rule, match, line) => rules[rule]?.run(match, line, tracker) };
    },
  };
}
