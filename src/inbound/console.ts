import { join, resolve } from "node:path";
import { dispatch } from "../commands/dispatch.ts";
import { linkAsker, linkByPage } from "../features/approvals/link.ts";
import { isCommitter } from "../features/approvals/rights.ts";
import type { Context } from "../features/context.ts";
import { toMarkdown } from "../features/threads/convert.ts";
import { RefusedError } from "../kernel/errors.ts";
import type { Login } from "../kernel/ids.ts";
import { linesBefore } from "../platform/file-lines.ts";
import { permits } from "../ports/forge.ts";
import type { ConsoleActions } from "../web/index.ts";

/** What people set off from the console: the commands of Slack and GitHub, run as the login they signed in with. */
export function consoleActions(deps: Context): ConsoleActions {
  return {
    identity: deps.identity,
    forgeName: (repo) => deps.forge.name(repo),
    async run({ login, forge }, typed, repos) {
      const actor = { kind: "person", login, forge, chatUser: null, name: login, via: "console" } as const;
      const place = { here: null, pull: null, channel: null, repos: [...repos] };
      const reply = await dispatch(deps, { typed, actor, ...place });
      // what is for all who follow was done; what only the asker needs says why not
      const done = reply.audience === "thread";
      // what keeps GitHub from making references and mentions of it is of no use here
      const text = reply.text.replace(/^:[a-z_]+: /gm, "");
      return { ok: done, text: toMarkdown(text).replaceAll("\u200b", "") };
    },
    mayRead: (person) => isOneOfUs(deps, person),
    linkAsker: (token) => linkAsker(deps, token),
    async link(token, person) {
      const text = await linkByPage(deps, token, person);
      return text === null ? null : toMarkdown(text.replace(/^:[a-z_]+: /, ""));
    },
    steps: (task, before) =>
      linesBefore(join(resolve(deps.config.env.DATA_DIR), "artifacts", task, "trajectory.ndjson"), before),
  };
}

/** Named in the settings, or with at least the triage right on one of the repositories where they proved who they are. */
async function isOneOfUs(deps: Context, { login, forge }: { login: Login; forge: string }): Promise<boolean> {
  const { people, repos } = deps.config.file;
  if (Object.values(people).some((one) => one.toLowerCase() === login.toLowerCase())) return true;
  for (const { source, write } of repos) {
    if (deps.forge.name(write) !== forge) continue;
    if (await isCommitter(deps, source, login)) return true;
    const permission = await deps.forge.permission(write, login).catch((error: unknown) => {
      if (error instanceof RefusedError) return "none" as const;
      throw error;
    });
    if (permits(permission, "triage")) return true;
  }
  return false;
}
