import { z } from "zod";
import type { JsonSchema } from "./json-schema.ts";
import type { ChatRequest, Message } from "./request.ts";
import { testName } from "./test-name.ts";

/** One use of a tool that already happened; `result` is what the tool answered. */
export interface Step {
  name: string;
  args: Record<string, unknown>;
  result: string;
}

/** What a request says, sorted. */
export interface Conversation {
  /** From the first line of the system message, `purpose: NAME`; null when there is none. */
  purpose: string | null;
  /** The text that carries the case: what the user wrote, or everything where that names no test. */
  material: string;
  /** The last thing a person wrote. */
  question: string;
  /** The test it is about; null when none is named. */
  test: string | null;
  /** It is about an error of a running service. */
  ofError: boolean;
  steps: Step[];
  /** The tools on offer, with the form of their arguments. */
  tools: ReadonlyMap<string, JsonSchema>;
  /** Asks for one JSON object of this form. */
  schema: JsonSchema | null;
}

const Args = z.record(z.string(), z.unknown());

function parseArgs(text: string): Record<string, unknown> {
  try {
    return Args.parse(JSON.parse(text));
  } catch {
    return {};
  }
}

function stepsOf(messages: Message[]): Step[] {
  const results = new Map<string, string>();
  for (const message of messages) {
    if (message.role === "tool") results.set(message.tool_call_id, message.content);
  }
  return messages
    .flatMap((message) => (message.role === "assistant" ? (message.tool_calls ?? []) : []))
    .map((call) => ({
      name: call.function.name,
      args: parseArgs(call.function.arguments),
      result: results.get(call.id) ?? "",
    }));
}

function textOf(messages: Message[], roles: readonly Message["role"][]): string {
  return messages
    .filter((message) => roles.includes(message.role))
    .map((message) => message.content ?? "")
    .join("\n\n");
}

/** Reads a request. Nothing is remembered between requests, so everything is in here. */
export function readConversation(request: ChatRequest): Conversation {
  const { messages } = request;
  const system = textOf(messages, ["system", "developer"]);
  const user = textOf(messages, ["user"]);
  const all = `${user}\n\n${system}`;
  const test = testName(user) ?? testName(system);
  const format = request.response_format;
  const tools = request.tool_choice === "none" ? [] : (request.tools ?? []);
  return {
    purpose: /^\s*purpose:\s*([\w-]+)/.exec(system)?.[1] ?? null,
    material: testName(user) === null ? all : user,
    question: messages.findLast((message) => message.role === "user")?.content ?? system,
    test,
    ofError: /^Error: \S/m.test(user) && user.includes("running service logged"),
    steps: stepsOf(messages),
    tools: new Map(tools.map((tool) => [tool.function.name, tool.function.parameters ?? {}])),
    schema: format?.type === "json_schema" ? (format.json_schema.schema ?? {}) : null,
  };
}
