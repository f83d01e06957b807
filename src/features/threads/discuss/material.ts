import { publicUrl } from "../../../config/index.ts";
import { errorText } from "../../../kernel/errors.ts";
import { RepoName } from "../../../kernel/ids.ts";
import { clamp, clampLines } from "../../../kernel/text/clamp.ts";
import { failedText, percent, plural } from "../../../kernel/text/figures.ts";
import { type LogLines, numberedLines } from "../../../kernel/text/quoted-lines.ts";
import { stateHistory } from "../../../platform/audit.ts";
import type { ForgeSite } from "../../../ports/forge.ts";
import type { Context } from "../../context.ts";
import { errorFigures } from "../../failures/errors/store.ts";
import { sourceFile } from "../../failures/source-file.ts";
import type { Sighting } from "../../failures/store.ts";
import { wordsOf } from "../../findings/kinds.ts";
import type { Finding } from "../../findings/model.ts";
import { findingsOfTest } from "../../findings/store.ts";
import { sightingsOf } from "../../flakes/store.ts";
import { type CardView, cardView } from "../../insights/card-view.ts";
import { codeOf as codeNamedBy } from "../../issues/code.ts";
import { placesText } from "../../issues/error-sections.ts";
import { locate } from "../../issues/excerpt.ts";
import { shownOf } from "../../issues/shown.ts";
import { type IssueRow, issueOf } from "../../issues/store.ts";
import { conversation, threadOf } from "../store.ts";
import type { Question } from "./model.ts";
import { questionsOf } from "./store.ts";

type Deps = Pick<Context, "db" | "config" | "forge" | "log">;

const ROWS = 15;
const EXCERPTS = 3;
const TEST_CHARS = 20_000;
const OTHER_CHARS = 6000;
const OTHER_FILES = 2;
const COMMITS = 8;
const SAID = 20;

/** An address that an answer may point to. */
export interface Link {
  words: string;
  url: string;
}

/** All that an answer may rest on, as the prompt takes it, and what is needed to check and to give it. */
export interface Material {
  vars: Record<string, string>;
  /** The excerpts, against which quotes are checked. */
  logs: LogLines[];
  issue: IssueRow | null;
  /** Where to look, beside the issue itself. */
  links: Link[];
  /** Prefixes of addresses that may stay links in an answer. */
  ours: string[];
}

/** Gathers evidence, analysis, code at the newest failing commit, history and talk; all of it bounded. */
export async function gather(deps: Deps, finding: Finding, question: Question): Promise<Material> {
  const { db } = deps;
  const issue = await issueOf(db, finding.id);
  const seen = await sightingsOf(db, finding.id, 100);
  const thread = await threadOf(db, finding.id);
  const view = await cardView(db, finding.id);
  const error = finding.kind === "runtime_error" ? await shownOf(deps, db, finding) : null;
  const figures = await errorFigures(db, finding.id);
  const excerpts = error === null ? excerptsOf(seen) : [{ run: "", log: logOf(error) }];
  const code = error === null ? await codeOf(deps, finding, seen) : await codeNamedBy(deps, error);
  const siteOf = (repo: RepoName) => deps.forge.site(repo);
  const console = publicUrl(deps.config.env);
  const links = linksOf(finding, seen, view, { siteOf, console });
  return {
    vars: {
      test: oneLine(finding.test),
      where: oneLine([finding.package, finding.file].filter((part) => part !== null).join(" ") || "unknown"),
      verdict: [
        finding.kind === "flaky_test"
          ? `${finding.class}, ${percent(finding.confidence)} sure; state ${finding.state}`
          : `a ${wordsOf(finding).name}, not a test; state ${finding.state}`,
        ...finding.reasons.map((reason) => `- ${oneLine(reason.text)}`),
      ].join("\n"),
      sightings: fenced(
        error === null
          ? seen.slice(0, ROWS).map(sightingRow).join("\n") || "none"
          : `logged ${plural(figures.total, "time")}${placesText(figures.environments)}, last ${day(finding.lastSeen)}`,
      ),
      excerpts: excerpts.map(excerptText).join("\n\n") || "none is kept",
      analysis: fenced(issue?.analysis ?? "there is none yet"),
      code: fenced(code || "it could not be read"),
      history: fenced(await historyOf(deps, finding, seen[0], view)),
      conversation: fenced((await talkOf(deps, question)) || "nothing was said before"),
      links: [...(issue === null ? [] : [{ words: `issue #${issue.number}`, url: issue.url }]), ...links]
        .map(({ words, url }) => `- ${words}: ${url}`)
        .join("\n"),
      asker: oneLine(question.author),
      question: question.text.replace(/<\/?question>/gi, ""),
    },
    logs: excerpts.map(({ log }) => log),
    issue,
    links,
    ours: [
      `${siteOf(finding.repo).url}/`,
      ...(issue === null ? [] : [`${siteOf(issue.repo).url}/`]),
      `${console}/`,
      ...(thread === null ? [] : [`${new URL(thread.permalink).origin}/archives/`]),
    ],
  };
}

const oneLine = (text: string): string => clamp(text.replace(/\s+/g, " "), 500);

/** Data between fences must not end them. */
const fenced = (text: string): string => text.replaceAll("```", "'''");

const day = (at: Date): string => at.toISOString().slice(0, 16).replace("T", " ");

const placeName = (seen: Sighting): string => (seen.pull === null ? seen.branch : `pull ${seen.pull}`);

const sightingRow = (seen: Sighting): string =>
  `${day(seen.at)} run ${seen.run} attempt ${seen.attempt}, commit ${seen.sha.slice(0, 10)}, ${oneLine(placeName(seen))}, ` +
  `job ${oneLine(seen.jobName)}, ${seen.retriedOk ? "passed on retry" : "failed"}, ${seen.fellTogether} failed together: ` +
  oneLine(seen.message);

/** An excerpt whose lines have the numbers of their log where those are known, and cannot end a fence. */
function logOf(seen: Parameters<typeof locate>[0]): LogLines {
  const { lines, first } = locate(seen);
  return { lines: lines.map(fenced), first };
}

const excerptText = ({ run, log }: { run: string; log: LogLines }): string =>
  run + clampLines(numberedLines(log).join("\n"), 100);

/** Excerpts of the newest sightings that have one, each under its run. */
const excerptsOf = (seen: readonly Sighting[]): { run: string; log: LogLines }[] =>
  seen
    .filter((one) => one.excerpt !== null)
    .slice(0, EXCERPTS)
    .map((one) => ({ run: `run ${one.run}, attempt ${one.attempt}\n`, log: logOf(one) }));

/** The test's file, and files of the repository that the newest excerpt names. */
async function codeOf(deps: Deps, finding: Finding, seen: readonly Sighting[]): Promise<string> {
  const [newest] = seen;
  if (newest === undefined) return "";
  const repo = RepoName.parse(newest.repo);
  const read = async (path: string, most: number) => {
    const text = await deps.forge.file(repo, path, newest.sha).catch((error: unknown) => {
      deps.log.warn({ path, error: errorText(error) }, "a file could not be read for an answer");
      return null;
    });
    return text === null ? [] : [`${path}\n${clamp(text, most)}`];
  };
  const own = sourceFile(finding.file);
  const named = [...(newest.excerpt ?? "").matchAll(/(?<![\w/])((?:[\w-]+\/)+[\w.-]+\.[a-z]{1,5}):\d+/g)];
  const others = new Set(named.map((match) => match[1] ?? "").filter((path) => path !== own));
  const parts = own === null ? [] : await read(own, TEST_CHARS);
  for (const path of [...others].slice(0, OTHER_FILES)) parts.push(...(await read(path, OTHER_CHARS)));
  return parts.join("\n\n");
}

async function historyOf(
  deps: Deps,
  finding: Finding,
  newest: Sighting | undefined,
  view: CardView | null,
): Promise<string> {
  const states = await stateHistory(deps.db, finding.id);
  const earlier = (await findingsOfTest(deps.db, finding.repo, finding.test)).filter(
    (one) => one.id !== finding.id,
  );
  const { task, proof, pull } = view ?? { task: null, proof: null, pull: null };
  return [
    ...states.map(({ state, at, actor }) => `${day(at)} became ${state} (${actor})`),
    ...(task === null
      ? []
      : [`newest task: ${task.kind}, ${task.state}${task.error === null ? "" : `, ${oneLine(task.error)}`}`]),
    ...(proof === null
      ? []
      : [`proof: before the fix ${failedText(proof.before)}, after it ${failedText(proof.after)}`]),
    ...(pull === null
      ? []
      : [`pull request #${pull.number}: ${pull.state}, checks ${pull.checks}, review ${pull.review}`]),
    ...earlier.map(
      (one) => `earlier finding F${one.id} of this test: ${one.state}, ${oneLine(one.signature)}`,
    ),
    ...(await commitsOf(deps, finding, newest)),
  ].join("\n");
}

/** The last commits that changed the test's file, as of the newest failure. */
async function commitsOf(deps: Deps, finding: Finding, newest: Sighting | undefined): Promise<string[]> {
  const path = sourceFile(finding.file);
  if (path === null || newest === undefined) return [];
  const repo = RepoName.parse(newest.repo);
  const commits = await deps.forge.commits(repo, { path, ref: newest.sha, most: COMMITS }).catch(() => []);
  return commits.map(
    ({ sha, at, author, title }) =>
      `commit ${sha.slice(0, 10)} ${day(at)} by ${oneLine(author)} changed ${path}: ${oneLine(title)}`,
  );
}

/** What people and the bot said so far, without the question itself. */
async function talkOf(deps: Deps, question: Question): Promise<string> {
  const said = await conversation(deps.db, question.findingId, SAID);
  const asked = (await questionsOf(deps.db, question.findingId, SAID)).filter(
    (one) => one.id < question.id && (question.kept || !one.kept),
  );
  const known = new Set(asked.map(({ from, source }) => `${from} ${source}`));
  const lines = [
    ...said
      .filter(({ from, source }) => !(from === question.from && source === question.source))
      .filter(({ from, source }) => !known.has(`${from} ${source}`))
      .map(({ at, author, text }) => ({ at, line: `${oneLine(author)}: ${clamp(text, 600)}` })),
    ...asked.map(({ at, author, text }) => ({ at, line: `${oneLine(author)} asked: ${clamp(text, 600)}` })),
    ...asked.flatMap(({ endedAt, answer }) =>
      endedAt === null || answer === null ? [] : [{ at: endedAt, line: `you: ${clamp(answer, 800)}` }],
    ),
  ];
  return lines
    .sort((a, b) => a.at.getTime() - b.at.getTime())
    .slice(-SAID)
    .map(({ line }) => line)
    .join("\n");
}

function linksOf(
  finding: Finding,
  seen: readonly Sighting[],
  view: CardView | null,
  at: { siteOf(repo: RepoName): ForgeSite; console: string },
): Link[] {
  const [newest] = seen;
  const file = sourceFile(finding.file);
  return [
    ...(newest === undefined
      ? []
      : [{ words: `run ${newest.run}, attempt ${newest.attempt}`, url: newest.url }]),
    ...(newest === undefined || file === null
      ? []
      : [
          {
            words: `${file} at ${newest.sha.slice(0, 10)}`,
            url: at.siteOf(RepoName.parse(newest.repo)).fileUrl(file, newest.sha),
          },
        ]),
    ...(view?.pull ? [{ words: `pull request #${view.pull.number}`, url: view.pull.url }] : []),
    { words: `F${finding.id} in the console`, url: `${at.console}/findings/F${finding.id}` },
  ];
}
