import { failedText } from "../../../kernel/text/figures.ts";
import type { FixInput } from "../model.ts";
import type { FixRun } from "./context.ts";
import type { Reproduction } from "./proof.ts";

const NONE = "(none)";

/** The two messages a fixer starts from. `reading` is what to read first; it holds code, and so is data. */
export function fixerPrompt(
  run: FixRun,
  seen: Reproduction | null,
  reading: string,
  files: readonly string[] = [],
): { system: string; user: string } {
  const { input, deps } = run;
  const purpose = input.kind === "address" ? "address" : "fix";
  const user = userPrompt(run, seen, reading);
  const list = files.map((file) => `- ${oneLine(file)}`).join("\n");
  const part =
    files.length === 0
      ? ""
      : `\n\nThis turn is about these files alone; the others have turns of their own:\n${list}`;
  return { system: deps.prompts("fixer", { purpose }), user: `${user}${part}` };
}

function userPrompt(run: FixRun, seen: Reproduction | null, reading: string): string {
  const { input, deps } = run;
  const context = fenced([input.context ?? "", reading].filter((text) => text !== "").join("\n\n") || NONE);
  const shared = { paths: pathText(input), people: voices(input, true) };
  if (input.kind === "task") {
    const about = {
      ...shared,
      test: input.test === null ? NONE : oneLine(input.test.name),
      objective: input.objective ?? NONE,
      context,
    };
    return input.template === undefined
      ? deps.prompts("task", about)
      : deps.prompts(`tasks/${input.template}`, about);
  }
  const name = oneLine(input.test?.name ?? input.objective?.split("\n", 1)[0] ?? NONE);
  const earlier = input.earlierFixes.map((fix) => `- ${oneLine(fix)}`).join("\n") || NONE;
  const about = {
    ...shared,
    where: oneLine(input.test?.file ?? input.test?.package ?? "not known"),
    analysis: input.analysis ?? NONE,
    evidence: fenced(input.evidence),
    strangers: fenced(voices(input, false)),
  };
  if (input.kind === "address") {
    return deps.prompts("address", {
      ...about,
      what: input.test === null ? "To be mended" : "Test",
      test: name,
      comments: comments(input),
      patch: fenced(input.resumePatch ?? NONE),
    });
  }
  if (input.kind === "error") return deps.prompts("fix-error", { ...about, error: name, earlier, context });
  return deps.prompts("fix", {
    ...about,
    test: name,
    reproduction: reproductionText(seen),
    earlier,
    context,
  });
}

function pathText(input: FixInput): string {
  const { allow, deny, product } = input.paths;
  const base = allow.length > 0 ? allow.join(", ") : product === "allow" ? "all" : "test code only";
  return deny.length > 0 ? `${base}; never ${deny.join(", ")}` : base;
}

const voices = (input: FixInput, trusted: boolean): string =>
  input.discussion
    .filter((each) => each.trusted === trusted)
    .map((each) => `- ${oneLine(each.author)}: Note: ${each.text}`)
    .join("\n") || NONE;

const comments = (input: FixInput): string =>
  input.reviewComments
    .map(
      ({ id, author, path, line, body, diffHunk }) =>
        `<comment id="${id}" by="${attribute(author)}" at="${attribute(path)}:${line ?? "?"}">\n${untagged(body)}\n\nOn:\n${fence(untagged(diffHunk))}\n</comment>`,
    )
    .join("\n") || NONE;

/** Text that neither ends the comment it stands in nor begins another. */
const untagged = (text: string): string => text.replace(/<(?=[\s/]*comment\b)/gi, "&lt;");

const attribute = (text: string): string => oneLine(text).replaceAll('"', "'").replace(/[<>]/g, "");

const fence = (text: string): string => `\`\`\`\`\n${fenced(text)}\n\`\`\`\``;

function reproductionText(seen: Reproduction | null): string {
  if (seen === null) return NONE;
  const block = (output: string) => `\n${fence(output.slice(-6000))}`;
  const figures = `${failedText(seen)}.`;
  if (seen.failure !== null) return `${figures} One of them, as it was reported:${block(seen.failure)}`;
  if (seen.other === null) return figures;
  return `${figures} That is not the failure in CI, which is what to fix; one of those:${block(seen.other.output)}`;
}

/** Text that cannot end the fence it stands in. */
const fenced = (text: string): string => text.replace(/`{4,}/g, "'''");

const oneLine = (text: string): string => text.replace(/\s+/g, " ").trim().slice(0, 500);
