import { publicUrl } from "../../config/index.ts";
import { parseFindingRef } from "../../features/findings/resolve.ts";
import { cardView } from "../../features/insights/card-view.ts";
import { cardMessage } from "../../features/threads/card.ts";
import { type Command, toAsker } from "../model.ts";
import { targetOf } from "../target.ts";

export const showCommand: Command = {
  name: "show",
  usage: "show N",
  help: "one finding as its card has it",
  who: "anyone",
  finding: true,
  tells: true,
  async run(deps, call) {
    const ref = parseFindingRef(call.args[0] ?? "");
    // by its own number, the card's view alone tells all
    const view =
      (ref?.kind === "finding" ? await cardView(deps.db, ref.id) : null) ??
      (await cardView(deps.db, (await targetOf(deps, call)).finding.id));
    if (view === null) return toAsker("It is gone.");
    const { finding } = view;
    const { blocks = [] } = cardMessage(view, { console: publicUrl(deps.config.env) });
    const lines = blocks.flatMap((block) => {
      if (block.type === "section") {
        return [
          block.text?.text ?? "",
          ...(block.fields ?? []).map((field) => field.text.replace("\n", ": ")),
        ];
      }
      return [];
    });
    const thread = finding.threadUrl === null ? [] : [`<${finding.threadUrl}|its thread>`];
    return toAsker([...lines, ...thread].filter((line) => line !== "").join("\n"));
  },
};
