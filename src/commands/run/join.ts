import { requireRightOf } from "../../features/approvals/rights.ts";
import { wordsOf } from "../../features/findings/kinds.ts";
import { type Finding, nameOf, type State } from "../../features/findings/model.ts";
import { parseFindingRef, resolveFinding } from "../../features/findings/resolve.ts";
import { changeState } from "../../features/findings/service.ts";
import { dropWaiting } from "../../features/fixes/overrules.ts";
import { fingerprintsOf, handOver } from "../../features/flakes/store.ts";
import { closeIssue } from "../../features/issues/close.ts";
import { NotFoundError, UserError } from "../../kernel/errors.ts";
import { disarm } from "../../kernel/text/escape.ts";
import { plural } from "../../kernel/text/figures.ts";
import { type Command, toAll } from "../model.ts";
import { notThere, targetOf } from "../target.ts";

/** A finding whose fix is under way keeps what it has. */
const MAY_GO: readonly State[] = ["new", "open", "failed"];

export const joinCommand: Command = {
  name: "join",
  usage: "join N M",
  help: "one flake, two findings: all of M goes to N, and M's issue is closed",
  who: "triage",
  finding: true,
  async run(deps, call) {
    const { finding: into, rest } = await targetOf(deps, call);
    const word = rest.split(" ")[0] ?? "";
    const ref = parseFindingRef(word);
    if (ref === null) throw new UserError("Join which two? `join N M`: all of M goes to N.");
    const from = await resolveFinding(deps.db, ref, call.repos);
    if (from === null) throw new NotFoundError(await notThere(deps, word));
    check(into, from);
    const login = await requireRightOf(deps, into.repo, call.actor, "triage");
    const left = await deps.db.transaction(async (tx) => {
      const why = `joined with ${nameOf(into)}`;
      const change = { finding: from.id, from: MAY_GO, to: "dismissed", actor: call.actor, why } as const;
      if ((await changeState(deps, tx, { ...change, detail: { into: into.id } })) === null)
        throw new UserError(`${nameOf(from)} has changed meanwhile; look at it again.`);
      await handOver(tx, from.id, into.id);
      // somebody looked at what that finding's fix would be, not this one's
      const drop = { finding: from.id, actor: call.actor, at: deps.clock.now(), why };
      const dropped = await dropWaiting(tx, drop);
      const words = `Joined with ${into.issueNumber === null ? nameOf(into) : `#${into.issueNumber}`} by ${disarm(login)}: ${wordsOf(into).one}.`;
      await closeIssue(deps, tx, from.id, {
        key: `join:F${from.id}:F${into.id}`,
        words,
        reason: "not_planned",
      });
      const fingerprints = await fingerprintsOf(tx, into.id);
      await deps.queue.send(tx, "flakes.assess", { repo: into.repo, fingerprints });
      return dropped;
    });
    const words = left === 0 ? "" : ` ${leftBehind(left, from, into)}`;
    return toAll(`:link: ${nameOf(from)} is joined with ${nameOf(into)}: ${wordsOf(into).one}.${words}`);
  },
};

const leftBehind = (count: number, from: Finding, into: Finding): string =>
  `${plural(count, "overrule")} said of ${nameOf(from)} ${count === 1 ? "does" : "do"} not come along; say it of ${nameOf(into)} where it is wanted.`;

function check(into: Finding, from: Finding): void {
  if (into.id === from.id) throw new UserError(`${nameOf(into)} and ${nameOf(from)} are one already.`);
  if (into.repo !== from.repo)
    throw new UserError("They are of two repositories: only findings of one can be joined.");
  if (into.kind !== from.kind)
    throw new UserError(`${nameOf(from)} is of another kind than ${nameOf(into)}.`);
  if (!MAY_GO.includes(from.state))
    throw new UserError(
      `${nameOf(from)} is ${from.state}: only what is new, open or failed goes to another.`,
    );
  if (into.state === "dismissed") throw new UserError(`${nameOf(into)} is dismissed; \`reopen\` it first.`);
}
