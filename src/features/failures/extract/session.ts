import { ExcerptWriter, LINES_BEFORE } from "../excerpt.ts";
import type { Extraction, ExtractOptions, InfraSign } from "../model.ts";
import { type Draft, Drafts } from "./draft.ts";
import type { LineReader } from "./feed.ts";
import { finish } from "./finish.ts";
import { FRAMEWORKS } from "./frameworks/index.ts";
import { type Line, quoted } from "./line.ts";
import { bitOfName } from "./names.ts";
import { ENTRIES, IDLE, mayBegin, OWN, rulesOf, wantedWith } from "./needles.ts";
import type { Running, Sink } from "./rule.ts";
import type { Wanted } from "./search/search.ts";
import { spareMethods } from "./tiers.ts";

/** Lines kept cleaned for rules that look above: where one does, the next often does too. */
const RECENT = 128;
const MAX_INFRA = 50;
const MAX_EXCERPTS = 500;
/** Lines after the beginning of such a block that are passed over where its end is missing. */
const OWN_LINES = 2000;

/** All trackers at work on one log. */
export class Session implements LineReader {
  private readonly drafts = new Drafts();
  private readonly infra: InfraSign[] = [];
  private readonly running: Running[];
  private readonly excerpts = new Map<Draft, ExcerptWriter>();
  private writing: ExcerptWriter[] = [];
  /** Those that want the following lines. */
  private active: Running[] = [];
  /** Whose rules fitted the last line that had a needle. */
  private readonly fired: Running[] = [];
  private ownUntil = 0;
  private readonly recent: { text: string; number: number }[] = [];
  private textBefore: (distance: number) => string = () => "";
  /** Shared by all lines: a function of its own for each would be most of what a line costs. */
  private readonly above: (this: Line, distance: number) => string;
  private current: Line;
  woken = 0;
  /** For each rule whether it is idle for now. */
  private readonly idle: Uint8Array;
  /** For each rule that only names of failed tests matter to the bits of those so far. */
  private readonly names: (bigint | undefined)[];

  constructor(private readonly options: ExtractOptions) {
    const session = this;
    spareMethods(this);
    spareMethods(this.drafts);
    this.above = function (distance) {
      const known = session.recent[(this.number - distance) % RECENT];
      return known?.number === this.number - distance ? known.text : session.textBefore(distance);
    };
    this.current = { text: "", number: 0, before: this.above };
    this.idle = Uint8Array.from(ENTRIES, ({ data }) => (data.idle && options.tests === "failed" ? 1 : 0));
    this.names = ENTRIES.map(({ data }, rule) =>
      data.names !== undefined && this.idle[rule] === 1 ? 0n : undefined,
    );
    this.running = FRAMEWORKS.map((framework) => framework.start(this.sinkOf(framework.name)));
  }

  get reading(): boolean {
    return this.writing.length > 0 || this.active.length > 0;
  }

  wanted(needle: number): Wanted | undefined {
    return wantedWith(needle, this.idle, this.names);
  }

  line(text: string, number: number, needles: readonly number[], before: (distance: number) => string): void {
    this.textBefore = before;
    this.version(text, number, needles, true);
    this.recent[number % RECENT] = this.current;
  }

  versions(
    texts: readonly string[],
    number: number,
    needles: readonly number[],
    before: (distance: number) => string,
  ): void {
    this.textBefore = before;
    for (let at = 0; at < texts.length; at++)
      this.version(texts[at] ?? "", number, needles, at === texts.length - 1);
    this.recent[number % RECENT] = this.current;
  }

  private version(text: string, number: number, needles: readonly number[], last: boolean): void {
    const line: Line = { text, number, before: this.above };
    const { active } = this;
    this.current = line;
    // what was overwritten is no line of a block
    if (last) for (let at = 0; at < active.length; at++) active[at]?.tracker.line(line);
    this.fired.length = 0;
    if (needles.length > 0) this.fire(line, needles);
    if (active.length > 0 || this.fired.length > 0) this.follow();
    if (this.writing.length > 0) this.write(text);
  }

  private write(text: string): void {
    let closed = false;
    for (const writer of this.writing) {
      writer.add(text);
      closed ||= !writer.open;
    }
    if (closed) this.writing = this.writing.filter((writer) => writer.open);
  }

  /** Keeps those that want the following lines, in the frameworks' order: only a rule makes one begin to read. */
  private follow(): void {
    const { active, fired } = this;
    let changed = false;
    for (let at = 0; at < active.length; at++) changed ||= active[at]?.tracker.reading !== true;
    for (let at = 0; at < fired.length; at++) {
      const one = fired[at];
      if (one?.tracker.reading && !active.includes(one)) changed = true;
    }
    if (changed) this.activate();
  }

  private activate(): void {
    const { fired, running } = this;
    const next: Running[] = [];
    for (const one of this.active) if (one.tracker.reading) next.push(one);
    for (const one of fired) if (one.tracker.reading && !next.includes(one)) next.push(one);
    if (next.length > 1) next.sort((a, b) => running.indexOf(a) - running.indexOf(b));
    this.active = next;
  }

  /** Runs the rules that fit, and notes whose they are. */
  private fire(line: Line, needles: readonly number[]): void {
    const { text } = line;
    if (quoted(text) || this.own(line)) return;
    const rules = rulesOf(needles);
    const first = text.charCodeAt(0);
    for (let at = 0; at < rules.length; at++) {
      const rule = rules[at] ?? 0;
      if (this.idle[rule] === 1 || !mayBegin(rule, first)) continue;
      const entry = ENTRIES[rule];
      const match = entry?.data.pattern.exec(text);
      const running = this.running[entry?.framework ?? -1];
      if (!entry || !match || running === undefined) continue;
      running.fire(entry.rule, match, line);
      this.fired.push(running);
    }
  }

  private own(line: Line): boolean {
    if (line.text.startsWith(OWN))
      this.ownUntil = line.text.startsWith(`${OWN}begin `) ? line.number + OWN_LINES : 0;
    return line.number <= this.ownUntil;
  }

  /** Settles all trackers; `lines` were read, and what is found now stands above line `last` at the latest. */
  end(lines: number, last: number): Extraction {
    if (last > this.current.number) this.current = { text: "", number: last, before: this.above };
    for (const one of this.running) one.tracker.end();
    return finish(this.drafts, this.infra, lines, this.excerpts, this.options);
  }

  private sinkOf(framework: string): Sink {
    const { drafts } = this;
    return {
      fail: (start) => {
        const { draft, isNew } = drafts.add(framework, start);
        if (isNew) {
          this.startExcerpt(draft);
          this.wake(framework, draft.test);
        }
        return draft;
      },
      anchor: (draft) => this.startExcerpt(draft),
      pass: this.options.tests === "failed" ? () => {} : (name, line) => drafts.pass(name, line),
      infra: (kind, line) => {
        if (this.infra.length < MAX_INFRA) {
          this.infra.push({ kind, line: line.number, message: line.text.trim().slice(0, 500) });
        }
      },
      wake: (test) => this.wake(framework, test),
      get drafts() {
        return drafts.all.filter((draft) => draft.framework === framework);
      },
      everyone: drafts.all,
    };
  }

  private wake(framework: string, test: string | undefined): void {
    for (const rule of IDLE) {
      const data = ENTRIES[rule]?.data;
      if (data?.framework !== framework) continue;
      const known = this.names[rule];
      const names = data.names === undefined || test === undefined ? 0n : bitOfName(test, data.names);
      if (this.idle[rule] === 0 && (known === undefined || (known | names) === known)) continue;
      this.idle[rule] = 0;
      if (known !== undefined) this.names[rule] = known | names;
      this.woken++;
    }
  }

  private startExcerpt(draft: Draft): void {
    const writer = this.excerpts.get(draft) ?? new ExcerptWriter();
    if (!this.excerpts.has(draft) && this.excerpts.size >= MAX_EXCERPTS) return;
    const before: string[] = [];
    const reach = Math.min(LINES_BEFORE, this.current.number - 1);
    for (let distance = reach; distance >= 1; distance--) before.push(this.current.before(distance));
    writer.begin(before, this.current.number);
    this.excerpts.set(draft, writer);
    if (!this.writing.includes(writer)) this.writing.push(writer);
  }
}
