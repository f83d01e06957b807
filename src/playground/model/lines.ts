import { z } from "zod";
import { leafOf } from "./test-name.ts";

export interface NumberedLine {
  line: number;
  text: string;
}

const NUMBER = /^\s*L?(\d+)(?:\s*\||:|\t|→)/;

const Envelope = z.object({ content: z.string() }).or(z.object({ text: z.string() }));

function opened(result: string): string {
  if (!result.trimStart().startsWith("{")) return result;
  try {
    const envelope = Envelope.parse(JSON.parse(result));
    return "content" in envelope ? envelope.content : envelope.text;
  } catch {
    return result;
  }
}

/** The text of a file as a tool gave it, without the line numbers some tools put in front. */
export function fileText(result: string): string {
  const text = opened(result);
  const lines = text.split("\n");
  const numbered = lines.filter((line) => NUMBER.test(line));
  if (numbered.length < 0.6 * lines.filter((line) => line.trim() !== "").length) return text;
  const rests = numbered.map((line) => line.replace(NUMBER, ""));
  const spaced = rests.every((rest) => rest === "" || rest.startsWith(" "));
  return `${rests.map((rest) => (spaced ? rest.slice(1) : rest)).join("\n")}\n`;
}

/** Lines that the material numbers itself, with what stands after the number. */
export function numberedLines(material: string): NumberedLine[] {
  return material.split("\n").flatMap((text) => {
    const line = Number(NUMBER.exec(text)?.[1]);
    return Number.isInteger(line) ? [{ line, text: text.replace(NUMBER, "").trim() }] : [];
  });
}

/** The lines of a log that lead to a test's `(fail)` line; empty when it is not there. */
export function failureOf(log: string, test: string): string {
  const lines = log.split("\n");
  const end = lines.findIndex((line) => line.includes("(fail)") && line.includes(leafOf(test)));
  const before = lines.slice(0, Math.max(end, 0));
  const start = before.findLastIndex((line) => /\((?:pass|fail|skip)\)|group[\]:]/.test(line));
  return lines.slice(start + 1, end + 1).join("\n");
}

const AFTER_TEST = /\b(?:test|it|describe)\(|\((?:pass|fail)\)|\berror: |^`{3}/;

/** A test's own code in a file or a log: from its head to the next test's or the error; empty when it is not there. */
export function testBody(file: string, test: string): string {
  const lines = file.split("\n");
  const start = lines.findIndex((line) => /\b(?:test|it)\(/.test(line) && line.includes(leafOf(test)));
  if (start === -1) return "";
  const length = lines.slice(start + 1).findIndex((line) => AFTER_TEST.test(line));
  return lines.slice(start, length === -1 ? undefined : start + 1 + length).join("\n");
}

/** Number of the first line that contains `part`, counted from 1; 0 when there is none. */
export const lineOf = (file: string, part: string): number =>
  file.split("\n").findIndex((line) => line.includes(part)) + 1;
