import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

const FrontMatter = z.strictObject({
  /** Goes up with each change of meaning, so that an answer kept from an older text is not taken for a new one. */
  version: z.int().positive(),
  inputs: z.array(z.string().regex(/^[a-z_]+$/)),
  output: z.string().optional(),
});

export interface Prompt {
  name: string;
  version: number;
  inputs: string[];
  text: string;
}

/** Renders prompt `name`; a variable that is missing, unknown or left over is an error. */
export type RenderPrompt = (name: string, vars: Record<string, string>) => string;

/** Reads one prompt file: front matter between `---` lines, then the text with `{{name}}` where values go. */
export function parsePrompt(name: string, source: string): Prompt {
  const match = /^---\n([\s\S]*?)\n---\n([\s\S]*)$/.exec(source);
  if (match === null) throw new Error(`prompts/${name}.md has no front matter`);
  const head = FrontMatter.parse(parse(match[1] ?? ""));
  const text = (match[2] ?? "").trim();
  const used = new Set([...text.matchAll(/\{\{([a-z_]+)\}\}/g)].map((found) => found[1] ?? ""));
  const stray = [...used].filter((input) => !head.inputs.includes(input));
  const unused = head.inputs.filter((input) => !used.has(input));
  if (stray.length > 0) throw new Error(`prompts/${name}.md uses undeclared ${stray.join(", ")}`);
  if (unused.length > 0) throw new Error(`prompts/${name}.md declares unused ${unused.join(", ")}`);
  return { name, version: head.version, inputs: head.inputs, text };
}

/** Fills a prompt's places; values are put in as they are and never looked at for further places. */
export function renderPrompt(prompt: Prompt, vars: Record<string, string>): string {
  const missing = prompt.inputs.filter((input) => !Object.hasOwn(vars, input));
  const extra = Object.keys(vars).filter((name) => !prompt.inputs.includes(name));
  if (missing.length > 0) throw new Error(`prompt ${prompt.name}: missing ${missing.join(", ")}`);
  if (extra.length > 0) throw new Error(`prompt ${prompt.name}: unknown ${extra.join(", ")}`);
  return prompt.text.replace(/\{\{([a-z_]+)\}\}/g, (_, input: string) => vars[input] ?? "");
}

/** Reads all prompts of a folder and those below it once (`tasks/NAME`); faults in any of them are errors at start, not at first use. */
export function loadPrompts(dir: string): RenderPrompt {
  const prompts = new Map<string, Prompt>();
  for (const file of readdirSync(dir, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".md")) continue;
    const name = file.slice(0, -".md".length);
    prompts.set(name, parsePrompt(name, readFileSync(join(dir, file), "utf8")));
  }
  return (name, vars) => {
    const prompt = prompts.get(name);
    if (prompt === undefined) throw new Error(`there is no prompt ${name}.md`);
    return renderPrompt(prompt, vars);
  };
}
