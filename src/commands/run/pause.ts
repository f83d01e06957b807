import { requireLogin } from "../../features/approvals/people.ts";
import { requireRightOf } from "../../features/approvals/rights.ts";
import type { Context } from "../../features/context.ts";
import { planWaiting } from "../../features/fixes/plan.ts";
import { publishWaiting } from "../../features/pulls/waiting.ts";
import { UserError } from "../../kernel/errors.ts";
import type { Login } from "../../kernel/ids.ts";
import { escapeSlack } from "../../kernel/text/escape.ts";
import { record } from "../../platform/audit.ts";
import { dropStale } from "../../platform/outbox/store.ts";
import { readPause, writePause } from "../../platform/pause.ts";
import { type Call, type Command, toAll } from "../model.ts";

export const pauseCommand: Command = {
  name: "pause",
  usage: "pause [reason]",
  help: "no issues, comments or pushes, no new tasks, no unasked posts; answers go on",
  who: "maintainers",
  finding: false,
  async run(deps, call) {
    const login = await maintainer(deps, call);
    const at = deps.clock.now();
    const reason = call.text === "" ? null : call.text;
    await deps.db.transaction(async (tx) => {
      await writePause(tx, deps.clock, { by: login, reason, at: at.toISOString() });
      await record(tx, { at, actor: call.actor, action: "pause", finding: null, detail: { reason } });
    });
    return toAll(
      `:zzz: Paused by *${escapeSlack(login)}*${reason === null ? "" : `: ${escapeSlack(reason)}`}. \`resume\` lets me go on.`,
    );
  },
};

export const resumeCommand: Command = {
  name: "resume",
  usage: "resume",
  help: "go on after a pause; what waited is done now",
  who: "maintainers",
  finding: false,
  async run(deps, call) {
    await maintainer(deps, call);
    if (deps.config.env.READ_ONLY)
      throw new UserError("READ_ONLY is set from outside: that can be changed only where I am started.");
    if ((await readPause(deps.db)) === null) throw new UserError("I am not paused.");
    await deps.db.transaction(async (tx) => {
      await dropStale(tx, deps.clock);
      await writePause(tx, deps.clock, null);
      await record(tx, {
        at: deps.clock.now(),
        actor: call.actor,
        action: "resume",
        finding: null,
        detail: {},
      });
    });
    await planWaiting(deps);
    await publishWaiting(deps);
    return toAll(":arrow_forward: Going on.");
  },
};

/** The maintain right, on every repository the place stands for. */
export async function maintainer(deps: Context, call: Call): Promise<Login> {
  const login = requireLogin(call.actor);
  const repos = call.repos.length > 0 ? call.repos : deps.config.file.repos.map((repo) => repo.source);
  for (const repo of repos) await requireRightOf(deps, repo, call.actor, "maintain");
  return login;
}
