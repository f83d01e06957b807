import { flakyTests } from "../target/index.ts";

/** Where prompts, issues and logs name a test, most telling first. */
const places: readonly RegExp[] = [
  /^[\s>*_#-]*["'`]?(?:the )?(?:failing |flaky )?test(?: name)?["'`]?[*_]*\s*[:=][*_]*\s*(.+)$/gim,
  /<test(?:_name)?>\s*([^<]+?)\s*<\/test/gi,
  /\[flaky\] (.+?) — /g,
  /`([^`\n]+ > [^`\n]+)`/g,
  /\(fail\) (.+?)(?: \[[\d.]+m?s\])?$/gm,
];

const bare = (text: string): string => text.trim().replace(/^[`"'*_]+|[`"'*_,;]+$/g, "");

/** Last part of `suite > test`: what stands in the test's file. */
export const leafOf = (test: string): string => test.split(" > ").at(-1) ?? test;

/** The test a text is about; null when it names none. */
export function testName(text: string): string | null {
  for (const place of places) {
    for (const match of text.matchAll(place)) {
      const name = bare(match[1] ?? "");
      // A package.json among the material has its command under the same word.
      if (name !== "" && !/^bun\b/.test(name)) return name;
    }
  }
  return flakyTests.find(({ test }) => text.includes(leafOf(test)))?.test ?? null;
}
