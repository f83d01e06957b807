import { escapeMarkdown } from "../../kernel/text/escape.ts";

export interface PullParts {
  /** Our own text: `## Title` and what follows, the mechanism first. */
  body: string;
  commitMessage: string;
  issue: number | null;
  link: "ref" | "close";
  /** Whether the change holds tests, for the list of what was done. */
  changesTests: boolean;
}

interface Section {
  title: string;
  text: string;
}

/** Our text in its sections. */
function sectionsOf(body: string): Section[] {
  return body.split(/^## /m).flatMap((part) => {
    const [title = "", ...rest] = part.split("\n");
    return title.trim() === "" ? [] : [{ title: title.trim(), text: rest.join("\n").trim() }];
  });
}

const WHY = /\b(?:problem|why|motivation|reason|background|context|root cause)\b/i;
const WHAT = /\b(?:what|chang\w*|summary|description|how (?:does )?it works?|implementation|solution)\b/i;
const TESTED = /\b(?:test(?:ed|ing|s)?|verif\w+|validation|how was)\b/i;
const ISSUE_LINE = /^(\s*(?:[-*]\s*)?)(issue(?: number)?|(?:related |linked )?issues?|closes|fixes)\s*:.*$/im;
/** Headings under which an author lists what was done, by boxes and words to keep or strike. */
const LISTS = /\b(?:check ?list|release note|side effects?|related changes?)\b/i;

/**
 * The repository's own template, filled in: mechanism under the heading that asks for the problem, change and proof
 * under theirs, `Issue Number`, the blocks `commit-message` and `release-note`, and the boxes of tests. What the template does not ask for comes
 * after it. The mechanism leads: where the template asks for it late, or not at all, it stands before everything.
 */
export function fillTemplate(template: string, parts: PullParts): string {
  const sections = sectionsOf(parts.body);
  const [why, ...others] = sections;
  const take = (title: RegExp) => {
    const at = others.findIndex((section) => title.test(section.title));
    return at < 0 ? null : (others.splice(at, 1)[0] ?? null);
  };
  const plain = template.replace(/<!--[\s\S]*?-->/g, "").replace(/\r/g, "");
  const pieces = plain.split(/^(?=#{1,6} )/m).filter((piece) => piece.trim() !== "");
  const first = pieces.find((piece) => piece.startsWith("#"))?.split("\n")[0] ?? "";
  const leads = WHY.test(first) && why !== undefined;
  let whySaid = false;
  const filled = pieces.map((piece) => {
    const [heading = "", ...rest] = piece.startsWith("#") ? piece.split("\n") : ["", ...piece.split("\n")];
    let said = "";
    if (LISTS.test(heading)) said = "";
    else if (leads && !whySaid && WHY.test(heading)) {
      said = why.text;
      whySaid = true;
    } else if (WHY.test(heading)) said = take(/product/i)?.text ?? "";
    else if (TESTED.test(heading)) said = take(/^proof/i)?.text ?? "";
    else if (WHAT.test(heading)) said = take(/^what (?:changed|it)/i)?.text ?? "";
    const text = blocks(rest.join("\n"), parts);
    return [heading, text.trim(), said].filter((one) => one !== "").join("\n\n");
  });
  const before = leads || why === undefined ? [] : [`### ${why.title}\n\n${why.text}`];
  const after = others.map(({ title, text }) => `### ${title}\n\n${text}`);
  const body = [...before, ...filled, ...after].join("\n\n");
  return withIssue(body, parts);
}

function blocks(text: string, parts: PullParts): string {
  return text
    .replace(/^```commit-message[^\n]*\n[\s\S]*?^```/m, () => block("commit-message", parts.commitMessage))
    .replace(/^```release-note[^\n]*\n[\s\S]*?^```/m, () => block("release-note", "None."))
    .replace(/^(\s*[-*] )\[ \]( .*)$/gm, (line, bullet: string, words: string) =>
      parts.changesTests && /\bunit tests?\b|\btests? (?:cover|added)/i.test(words)
        ? `${bullet}[x]${words}`
        : line,
    );
}

const block = (name: string, text: string): string =>
  `\`\`\`${name}\n${text.replaceAll("```", "'''").trim()}\n\`\`\``;

/** Merging must not close the issue unless the settings say so; the line keeps the template's own words. */
function withIssue(body: string, { issue, link }: PullParts): string {
  if (issue === null) return body.replace(ISSUE_LINE, "").trimEnd();
  const found = ISSUE_LINE.exec(body);
  if (found === null) return `${body.trimEnd()}\n\n---\n\nIssue Number: ${link} #${issue}`;
  const name = escapeMarkdown(found[2] ?? "Issue");
  return body.replace(ISSUE_LINE, () => `${found[1] ?? ""}${name}: ${link} #${issue}`);
}

/** Where a repository keeps its template, in the order in which GitHub looks. */
export const TEMPLATE_PATHS = [
  ".github/pull_request_template.md",
  ".github/PULL_REQUEST_TEMPLATE.md",
] as const;
