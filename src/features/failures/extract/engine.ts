import type { Extraction, ExtractOptions } from "../model.ts";
import { LineFeed } from "./feed.ts";
import { Session } from "./session.ts";

/** Reads one log piece by piece. Memory stays the same however long the log is. */
export interface Extractor {
  /** Takes the next bytes; the chunk may be reused by the caller afterwards. */
  push(chunk: Uint8Array): void;
  /** Has the next bytes written into its own memory, which spares a copy; returns how many, 0 at the log's end. */
  fill(write: (room: Uint8Array) => number): number;
  /** Says that the log is over and returns what it told. Call once. */
  end(): Extraction;
}

/** Starts the extraction of one log. Never throws on what the log holds. */
export function createExtractor(options: ExtractOptions): Extractor {
  const session = new Session(options);
  const feed = new LineFeed(session);
  return {
    push: (chunk) => feed.push(chunk),
    fill: (write) => feed.fill(write),
    end() {
      feed.end();
      return session.end(feed.lines, feed.last);
    },
  };
}

/** Extraction of a text that is already in memory. */
export function extractText(text: string, options: ExtractOptions): Extraction {
  const extractor = createExtractor(options);
  extractor.push(new TextEncoder().encode(text));
  return extractor.end();
}
