import { type RepoConfig, repoConfig } from "../../config/index.ts";
import type { Actor } from "../../kernel/actor.ts";
import { SECOND } from "../../kernel/clock.ts";
import { ForbiddenError, NotFoundError, RefusedError } from "../../kernel/errors.ts";
import type { IssueNumber, Login, RepoName } from "../../kernel/ids.ts";
import { type Forge, type Permission, permits } from "../../ports/forge.ts";
import type { Context } from "../context.ts";
import { mayCommit } from "./committers.ts";
import { loginOn } from "./people.ts";

type Deps = Pick<Context, "config" | "forge">;

/** What an action asks of a person; `committer` is whom the repository's settings name. */
export type Right = "triage" | "committer" | "maintain";

/**
 * Asks, now, whether who acts has a right on a repository. @returns their login there.
 * @throws ForbiddenError with a sentence that says what is missing and who can help.
 */
export async function requireRightOf(deps: Deps, repo: RepoName, actor: Actor, right: Right): Promise<Login> {
  const login = loginOn(deps, repo, actor);
  await requireRight(deps, repo, login, right);
  return login;
}

/** True when who acts may approve there. */
export async function actsAsCommitter(deps: Deps, repo: RepoName, actor: Actor): Promise<boolean> {
  return requireRightOf(deps, repo, actor, "committer").then(
    () => true,
    (error: unknown) => noRight(error),
  );
}

/**
 * Asks the forge, now, whether a person has a right on a repository.
 * @throws ForbiddenError with a sentence that says what is missing and who can help.
 */
export async function requireRight(deps: Deps, repo: RepoName, login: Login, right: Right): Promise<void> {
  const settings = repoConfig(deps.config, repo);
  if (settings === undefined) throw new NotFoundError(`${repo} is not among the repositories I look after.`);
  const permission = onlyOnce(() => permissionOf(deps.forge, settings, login));
  const may =
    right === "committer"
      ? await mayCommit(deps.forge, settings, login, permission)
      : permits(await permission(), right);
  if (may) return;
  const need = right === "committer" ? committersWords(settings) : `the ${right} right on ${settings.write}`;
  const stands = await permission().then(
    (one) => `${deps.forge.name(settings.write)} says that ${login} has \`${one}\` there`,
    (error: unknown) => {
      if (error instanceof ForbiddenError) return `${login} is not`;
      throw error;
    },
  );
  throw new ForbiddenError(
    `This needs ${need}; ${stands}. Ask somebody who may, or a maintainer to change it.`,
  );
}

/**
 * Asks the forge, now, whether a person may have an issue worked on: a committer, or whoever wrote the issue.
 * @throws ForbiddenError
 */
export async function requireStarter(
  deps: Deps,
  repo: RepoName,
  issue: IssueNumber | null,
  login: Login,
): Promise<void> {
  try {
    await requireRight(deps, repo, login, "committer");
  } catch (error) {
    const write = repoConfig(deps.config, repo)?.write;
    if (!(error instanceof ForbiddenError) || issue === null || write === undefined) throw error;
    const { author } = await deps.forge.issue(write, issue);
    if (author.toLowerCase() !== login.toLowerCase()) throw error;
  }
}

/** The service's own actor, proved by its token, stands for an admin: the forge is not asked. */
export const isService = (requestedBy: string): boolean => requestedBy.startsWith("service:");

/** True when the person may approve: only such a person's words count as more than a remark for a fixer. */
export const isCommitter = (deps: Deps, repo: RepoName, login: Login): Promise<boolean> =>
  hasRight(deps, repo, login, "committer");

/** Asks the forge, now, whether a person's remark in a review is for a fixer to follow: theirs who triage, or a committer's. */
export const mayAskForChange = async (deps: Deps, repo: RepoName, login: Login): Promise<boolean> =>
  (await hasRight(deps, repo, login, "triage")) || (await hasRight(deps, repo, login, "committer"));

/** Asks the forge, now, as `requireRight` does. */
export async function hasRight(deps: Deps, repo: RepoName, login: Login, right: Right): Promise<boolean> {
  return requireRight(deps, repo, login, right).then(
    () => true,
    (error: unknown) => noRight(error),
  );
}

function noRight(error: unknown): false {
  if (error instanceof ForbiddenError || error instanceof NotFoundError) return false;
  throw error;
}

/** Asks once for each person, however often they come up. For one piece of work: rights change. */
export function askedOnce(ask: (login: Login) => Promise<boolean>): (login: Login) => Promise<boolean> {
  const answers = new Map<Login, Promise<boolean>>();
  return (login) => {
    const answer = answers.get(login) ?? ask(login);
    answers.set(login, answer);
    return answer;
  };
}

/** `permission` is null where it may not be asked and names decide. */
export interface Standing {
  permission: Permission | null;
  committer: boolean;
}

/** What is only told may be so old; what is done asks anew. */
const TOLD_MS = 5 * SECOND;
const MOST_TOLD = 1000;
const TOLD = new WeakMap<Forge, Map<string, { until: number; standing: Promise<Standing> }>>();

/**
 * What the forge says of a person's right, and whether they are a committer, for `whoami`: asked within the last five
 * seconds, so that nobody uses up the forge's requests by asking over and over.
 */
export function standingOf(
  deps: Deps & Pick<Context, "clock">,
  settings: RepoConfig,
  login: Login,
): Promise<Standing> {
  const now = deps.clock.now().getTime();
  const told = TOLD.get(deps.forge) ?? new Map();
  TOLD.set(deps.forge, told);
  const key = `${settings.write} ${login}`;
  const known = told.get(key);
  if (known !== undefined && known.until > now) return known.standing;
  if (told.size >= MOST_TOLD) told.clear();
  const standing = askStanding(deps, settings, login);
  told.set(key, { until: now + TOLD_MS, standing });
  standing.catch(() => told.delete(key));
  return standing;
}

async function askStanding(deps: Deps, settings: RepoConfig, login: Login): Promise<Standing> {
  const permission = onlyOnce(() => permissionOf(deps.forge, settings, login));
  const committer = await mayCommit(deps.forge, settings, login, permission);
  const known = await permission().catch((error: unknown) => {
    if (error instanceof ForbiddenError) return null;
    throw error;
  });
  return { permission: known, committer };
}

/** The same answer, or the same error, to whoever asks again. */
function onlyOnce<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | null = null;
  return () => {
    asked ??= ask();
    return asked;
  };
}

async function permissionOf(forge: Forge, settings: RepoConfig, login: Login): Promise<Permission> {
  try {
    return await forge.permission(settings.write, login);
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    throw new ForbiddenError(
      `I may not ask ${forge.name(settings.write)} what ${login} may do on ${settings.write} (${error.message}). A maintainer can give my token ` +
        "that right, or name the committers in flaky.yaml with `list` or `owners`.",
    );
  }
}

function committersWords(settings: RepoConfig): string {
  const { committers } = settings;
  if ("permission" in committers) return `the ${committers.permission} right on ${settings.write}`;
  return "list" in committers
    ? `one of ${committers.list.join(", ")}`
    : `an approver or reviewer named in ${committers.owners}`;
}
