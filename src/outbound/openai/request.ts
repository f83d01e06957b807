import type {
  ChatCompletionCreateParamsNonStreaming,
  ChatCompletionFunctionTool,
  ChatCompletionMessageFunctionToolCall,
  ChatCompletionMessageParam,
} from "openai/resources/chat/completions";
import { z } from "zod";
import type { Model, ModelMessage, ModelTool } from "../../ports/model.ts";

type Request = Parameters<Model["ask"]>[0];

/** The body of a Chat Completions request. */
export function completionRequest(model: string, request: Request): ChatCompletionCreateParamsNonStreaming {
  const { messages, tools = [], schema } = request;
  return {
    model,
    messages: messages.map(toMessage),
    ...(tools.length === 0 ? {} : { tools: tools.map(toTool) }),
    ...(schema === undefined
      ? {}
      : {
          response_format: {
            type: "json_schema",
            json_schema: { name: schema.name, schema: jsonSchema(schema.schema), strict: false },
          },
        }),
  };
}

function toMessage(message: ModelMessage): ChatCompletionMessageParam {
  if (message.role === "tool")
    return { role: "tool", tool_call_id: message.toolCallId, content: message.content };
  if (message.role !== "assistant") return { role: message.role, content: message.content };
  const calls = message.toolCalls.map(
    ({ id, name, arguments: text }): ChatCompletionMessageFunctionToolCall => ({
      id,
      type: "function",
      function: { name, arguments: text },
    }),
  );
  return {
    role: "assistant",
    content: message.content,
    // an empty list is refused
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
}

const toTool = ({ name, description, parameters }: ModelTool): ChatCompletionFunctionTool => ({
  type: "function",
  function: { name, description, parameters: jsonSchema(parameters) },
});

/** What the model has to write; a field with a default may be left out. */
function jsonSchema(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _dialect, "~standard": _standard, ...rest } = z.toJSONSchema(schema, { io: "input" });
  return rest;
}
