import type { Db } from "../../../db/client.ts";
import { wordsOf } from "../../features/findings/kinds.ts";
import { nameOf, STATES, State } from "../../features/findings/model.ts";
import { countByState, listFindings } from "../../features/findings/store.ts";
import { UserError } from "../../kernel/errors.ts";
import { clamp } from "../../kernel/text/clamp.ts";
import { slackCode } from "../../kernel/text/escape.ts";
import { percent } from "../../kernel/text/figures.ts";
import { type Command, toAsker } from "../model.ts";

const MOST = 15;

export const listCommand: Command = {
  name: "list",
  usage: "list [state]",
  help: "findings, those last seen first",
  who: "anyone",
  finding: false,
  tells: true,
  async run(deps, call) {
    const word = call.args[0]?.toLowerCase();
    const state = State.safeParse(word);
    if (word !== undefined && !state.success) {
      throw new UserError(`There is no state ${slackCode(word)}: it is one of ${STATES.join(", ")}.`);
    }
    const found = await listFindings(deps.db, {
      limit: MOST,
      ...(state.success ? { state: state.data } : {}),
    });
    if (found.length === 0)
      return toAsker(word === undefined ? "Nothing was found yet." : `None is ${word}.`);
    const total = found.length < MOST ? found.length : await totalOf(deps.db, state.data);
    const lines = found.map((one) => {
      const sure = one.kind === "flaky_test" ? `${one.class} ${percent(one.confidence)}` : wordsOf(one).name;
      return `• *${nameOf(one)}* ${slackCode(clamp(one.test, 120))} — ${one.heldAt === null ? one.state : "held"}, ${sure}`;
    });
    const more = total > found.length ? [`… and ${total - found.length} more, in the console.`] : [];
    return toAsker([...lines, ...more].join("\n"));
  },
};

async function totalOf(db: Db, state: State | undefined): Promise<number> {
  const counts = await countByState(db);
  return state === undefined ? [...counts.values()].reduce((sum, n) => sum + n, 0) : (counts.get(state) ?? 0);
}
