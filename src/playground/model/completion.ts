import type { ChatCompletion } from "openai/resources/chat/completions";
import type { Answer } from "./answer.ts";

/** The only model there is here; its name says what it is. */
export const MODEL = "playground-scripted";

const CHARACTERS_A_TOKEN = 4;

const tokens = (text: string): number => Math.ceil(text.length / CHARACTERS_A_TOKEN);

/** An answer as Chat Completions gives it. Ids follow from the request's text, so equal requests get equal ones. */
export function completion(answer: Answer, requestText: string, at: Date): ChatCompletion {
  const key = Bun.hash(requestText).toString(16).padStart(16, "0");
  const written = "text" in answer ? answer.text : JSON.stringify(answer.call.args);
  const [prompt, reply] = [tokens(requestText), tokens(written)];
  const message: ChatCompletion.Choice["message"] =
    "text" in answer
      ? { role: "assistant", content: answer.text, refusal: null }
      : {
          role: "assistant",
          content: null,
          refusal: null,
          tool_calls: [
            { id: `call_${key}`, type: "function", function: { name: answer.call.name, arguments: written } },
          ],
        };
  return {
    id: `chatcmpl-${key}`,
    object: "chat.completion",
    created: Math.floor(at.getTime() / 1000),
    model: MODEL,
    choices: [{ index: 0, message, logprobs: null, finish_reason: "text" in answer ? "stop" : "tool_calls" }],
    usage: { prompt_tokens: prompt, completion_tokens: reply, total_tokens: prompt + reply },
  };
}
