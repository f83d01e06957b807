import { type Answer, type Call, signed } from "./answer.ts";
import type { Conversation, Step } from "./conversation.ts";
import { fill } from "./json-schema.ts";

/** A script that uses tools: it yields a call, gets its result, and returns its last words. */
export type Script = Generator<Call, string, string>;

const same = (step: Step, call: Call): boolean =>
  step.name === call.name && Bun.deepEquals(step.args, call.args);

/**
 * Runs a script from its start against the steps that already happened and answers with the first call that
 * did not, or with its last words. So the conversation is all the state there is.
 */
export function replay(script: Script, conversation: Conversation): Answer {
  const steps = [...conversation.steps];
  let turn = script.next("");
  while (!turn.done) {
    const schema = conversation.tools.get(turn.value.name);
    if (!schema) return { text: signed(`I would need the tool ${turn.value.name}, which I was not given.`) };
    const call = { name: turn.value.name, args: fill(schema, turn.value.args) };
    const at = steps.findIndex((step) => same(step, call));
    const [step] = at === -1 ? [] : steps.splice(0, at + 1).slice(-1);
    if (!step) return { call };
    turn = script.next(step.result);
  }
  return { text: turn.value };
}
