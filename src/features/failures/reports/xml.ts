import { SaxesParser, type SaxesTagPlain } from "saxes";
import { UserError } from "../../../kernel/errors.ts";
import { stripEscapes } from "../extract/line.ts";

/** Limits on a report: its nesting and the text of one element. */
const MAX_DEPTH = 200;
const MAX_TEXT = 20_000;

/** What a report's reader is told; attributes are plain strings. */
export interface XmlHandler {
  open(name: string, attributes: Readonly<Record<string, string>>): void;
  /** `text` is what stood directly in the element, cut at a bound. */
  close(name: string, text: string): void;
}

/** The parser says it of a later report's CDATA, too. */
const OUTSIDE = /text data outside/;

/** Names as reports write them; a prefix before them stands for a namespace. */
const localName = (name: string): string => name.slice(name.indexOf(":") + 1);

/** What no XML may hold, and what test output is full of: as it stands, and spelled out. */
const FORBIDDEN = /[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g;
const SPELLED = /&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|x0*(?:[0-8bcef]|1[\da-f]));/gi;

/** A name or message without what steers a terminal. */
export const plainText = (text: string): string => stripEscapes(text.replace(SPELLED, ""));

/** Faults that runners write and that leave no doubt about what is meant. */
const HARMLESS = /^\d+:\d+: (?:undefined entity|malformed character entity|the string "]]>" is disallowed)/;
/** Between two reports in one file, one behind the other. */
const NEXT_REPORT = /XML declaration|only one root|value pairs|expected (?:the name|one of)|located doctype/;

/**
 * Reads XML piece by piece; names come without their prefix. Documents that declare entities are refused: reports have
 * no use for them, and bombs do. Throws `UserError` on what is not well formed.
 */
export function xmlReader(handler: XmlHandler): { push(text: string): void; end(): void } {
  const parser = new SaxesParser();
  const texts: string[] = [];
  let roots = 0;
  parser.on("error", ({ message }) => {
    if (HARMLESS.test(message)) return;
    if (roots > 0 && (NEXT_REPORT.test(message) || (texts.length > 0 && OUTSIDE.test(message)))) return;
    throw new UserError(`not well-formed XML: ${message}`);
  });
  parser.on("doctype", (doctype) => {
    if (/<!ENTITY/i.test(doctype)) throw new UserError("the XML declares entities, which is refused");
  });
  parser.on("opentag", (tag: SaxesTagPlain) => {
    if (texts.length >= MAX_DEPTH) throw new UserError(`the XML is nested over ${MAX_DEPTH} deep`);
    texts.push("");
    handler.open(localName(tag.name), tag.attributes);
  });
  const addText = (text: string) => {
    const last = texts.length - 1;
    const known = texts[last];
    if (known !== undefined && known.length < MAX_TEXT) texts[last] = known + text.slice(0, MAX_TEXT);
  };
  parser.on("text", addText);
  parser.on("cdata", addText);
  parser.on("closetag", (tag) => {
    handler.close(localName(tag.name), texts.pop() ?? "");
    if (texts.length === 0) roots += 1;
  });
  return {
    push: (text) => void parser.write(text.replace(FORBIDDEN, "")),
    end: () => void parser.close(),
  };
}
