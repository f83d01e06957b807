import { SaxesParser, type SaxesTagPlain } from "saxes";
import { UserError } from "../../../kernel/errors.ts";

/** Limits on a report: its nesting and the text of one element. */
const MAX_DEPTH = 200;
const MAX_TEXT = 20_000;

/** What a report's reader is told; attributes are plain strings. */
export interface XmlHandler {
  open(name: string, attributes: Readonly<Record<string, string>>): void;
  /** `text` is what stood directly in the element, cut at a bound. */
  close(name: string, text: string): void;
}

/**
 * Reads XML piece by piece. Documents that declare entities are refused: reports have no use for
 * them, and bombs do. Throws `UserError` on what is not well formed.
 */
export function xmlReader(handler: XmlHandler): { push(text: string): void; end(): void } {
  const parser = new SaxesParser();
  const texts: string[] = [];
  parser.on("error", (error) => {
    throw new UserError(`not well-formed XML: ${error.message}`);
  });
  parser.on("doctype", (doctype) => {
    if (/<!ENTITY/i.test(doctype)) throw new UserError("the XML declares entities, which is refused");
  });
  parser.on("opentag", (tag: SaxesTagPlain) => {
    if (texts.length >= MAX_DEPTH) throw new UserError(`the XML is nested over ${MAX_DEPTH} deep`);
    texts.push("");
    handler.open(tag.name, tag.attributes);
  });
  const addText = (text: string) => {
    const last = texts.length - 1;
    const known = texts[last];
    if (known !== undefined && known.length < MAX_TEXT) texts[last] = known + text.slice(0, MAX_TEXT);
  };
  parser.on("text", addText);
  parser.on("cdata", addText);
  parser.on("closetag", (tag) => handler.close(tag.name, texts.pop() ?? ""));
  return { push: (text) => void parser.write(text), end: () => void parser.close() };
}
