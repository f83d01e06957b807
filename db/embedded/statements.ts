import { type PGlite, parse, protocol, type Results } from "@electric-sql/pglite";

/** A statement as it crosses to the engine's thread. */
export interface Statement {
  text: string;
  params: unknown[];
  rowMode: "array" | "object";
  /** Types by their number whose values are handed on as the text that Postgres wrote. */
  texts: readonly number[];
}

type Messages = Awaited<ReturnType<PGlite["execProtocolStream"]>>;

interface Known {
  name: string;
  types: number[];
  /** What its rows consist of, as told once. */
  shape: Messages;
}

const KEPT = 400;

/** After such a statement, others may have rows of another shape. */
const CHANGES = /\b(alter|drop)\s/i;

/**
 * Runs statements on an engine that nobody else uses meanwhile. Each is taken apart once and kept by its text, and run
 * in one exchange: the engine's own `query` has six of them and forgets the statement.
 */
export class Statements {
  private readonly known = new Map<string, Known>();
  private readonly parsers = new Map<string, PGlite["parsers"]>();
  private made = 0;

  constructor(private readonly engine: PGlite) {}

  async run({ text, params, rowMode, texts }: Statement): Promise<Results> {
    const { name, types, shape } = this.known.get(text) ?? (await this.learn(text));
    const values = params.map((param, at) => this.written(param, types[at] ?? 0));
    try {
      const said = await this.exchange(
        protocol.serialize.bind({ statement: name, values }),
        protocol.serialize.execute(),
        protocol.serialize.sync(),
      );
      await this.noteChange(text);
      const [first] = parse.parseResults([...shape, ...said], this.parsersFor(texts), { rowMode });
      return first ?? { rows: [], fields: [] };
    } catch (error) {
      // what it was taken for may no longer hold
      await this.forget(text);
      throw error;
    }
  }

  /** To be called after a statement that went well: if tables changed, all others are taken apart anew. */
  async noteChange(text: string): Promise<void> {
    if (!CHANGES.test(text)) return;
    await this.engine.exec("deallocate all");
    this.known.clear();
  }

  private async learn(text: string): Promise<Known> {
    const [oldest] = this.known.keys();
    if (this.known.size >= KEPT && oldest !== undefined) await this.forget(oldest);
    this.made += 1;
    const name = `s${this.made}`;
    const said = await this.exchange(
      protocol.serialize.parse({ name, text }),
      protocol.serialize.describe({ type: "S", name }),
      protocol.serialize.sync(),
    );
    const types = parse.parseDescribeStatementResults(said);
    const known = { name, types, shape: said.filter((message) => message.name === "rowDescription") };
    this.known.set(text, known);
    return known;
  }

  private async forget(text: string): Promise<void> {
    const name = this.known.get(text)?.name;
    if (!this.known.delete(text) || name === undefined) return;
    await this.exchange(protocol.serialize.close({ type: "S", name }), protocol.serialize.sync());
  }

  private exchange(...messages: Uint8Array[]): Promise<Messages> {
    return this.engine.execProtocolStream(Buffer.concat(messages), { syncToFs: false });
  }

  private written(param: unknown, type: number): string | null {
    if (param === null || param === undefined) return null;
    return this.engine.serializers[type]?.(param) ?? String(param);
  }

  /** There are two or three such lists in all. */
  private parsersFor(texts: readonly number[]): PGlite["parsers"] {
    const key = texts.join();
    const made = this.parsers.get(key) ?? {
      ...this.engine.parsers,
      ...Object.fromEntries(texts.map((type) => [type, (value: string) => value])),
    };
    this.parsers.set(key, made);
    return made;
  }
}
