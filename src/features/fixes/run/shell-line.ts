import { testRegex } from "../../failures/test-regex.ts";
import type { FixTest } from "../model.ts";

/** Values for the places of a toolchain's line; each also becomes a variable of the command's environment. */
export type LineValues = Record<"test" | "test_regex" | "package" | "file" | "count", string>;

export interface ShellLine {
  script: string;
  env: Record<string, string>;
}

/**
 * Fills a shell line. Values come from logs, so they never become shell text: each place turns into a reference to
 * an environment variable, quoted to suit what stands around it. A line without places stays as it is.
 */
export function fillLine(line: string, values: LineValues): ShellLine {
  let script = "";
  let quote: "none" | "single" | "double" = "none";
  const env: Record<string, string> = {};
  for (let at = 0; at < line.length; at++) {
    const char = line.charAt(at);
    const place = char === "{" ? /^\{(test|test_regex|package|file|count)\}/.exec(line.slice(at)) : null;
    const name = place?.[1];
    if (place !== null && isPlace(name)) {
      const variable = `TASK_${name.toUpperCase()}`;
      env[variable] = values[name].replaceAll("\0", "");
      script += reference(variable, quote);
      at += place[0].length - 1;
      continue;
    }
    if (char === "\\" && quote !== "single") {
      script += line.slice(at, at + 2);
      at++;
      continue;
    }
    if (char === "'" && quote !== "double") quote = quote === "single" ? "none" : "single";
    else if (char === '"' && quote !== "single") quote = quote === "double" ? "none" : "double";
    script += char;
  }
  return { script, env };
}

const isPlace = (name: string | undefined): name is keyof LineValues =>
  name !== undefined && ["test", "test_regex", "package", "file", "count"].includes(name);

function reference(variable: string, quote: "none" | "single" | "double"): string {
  if (quote === "double") return `\${${variable}}`;
  return quote === "single" ? `'"\${${variable}}"'` : `"\${${variable}}"`;
}

/** The values for one test. */
export const valuesOf = (test: FixTest, count: number): LineValues => ({
  test: test.name,
  test_regex: testRegex(test.name, test.framework),
  package: test.package ?? "",
  file: test.file ?? "",
  count: String(count),
});

/** Values that let the filter match every test of the same file and package. */
export function valuesOfAll(test: FixTest | null): LineValues {
  const all = test?.framework.startsWith("pytest") ? "" : ".*";
  return {
    test: all,
    test_regex: all,
    package: test?.package ?? "",
    file: test?.file ?? "",
    count: "1",
  };
}
