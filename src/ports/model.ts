import type { z } from "zod";

export interface ModelTool {
  name: string;
  description: string;
  /** Arguments as a zod object; turned into a JSON schema for the model and used to check what it sends. */
  parameters: z.ZodType;
}

export interface ModelToolCall {
  id: string;
  name: string;
  /** The arguments as the model wrote them, which may not be JSON at all. */
  arguments: string;
}

export type ModelMessage =
  | { role: "system" | "user"; content: string }
  | { role: "assistant"; content: string | null; toolCalls: ModelToolCall[] }
  | { role: "tool"; toolCallId: string; content: string };

export interface ModelUsage {
  inputTokens: number;
  outputTokens: number;
  /** Estimated from the model's list price; 0 where the price is not known. */
  usd: number;
}

export interface ModelReply {
  text: string | null;
  toolCalls: ModelToolCall[];
  usage: ModelUsage;
  model: string;
}

/** A language model. Throws TransientError when it may be asked again, RefusedError when not. */
export interface Model {
  ask(request: {
    /** What for, as in `prompts/NAME.md`; used for accounting. */
    purpose: string;
    messages: ModelMessage[];
    tools?: ModelTool[];
    /** Asks for one JSON object of this form; the caller still has to check it. */
    schema?: { name: string; schema: z.ZodType };
    signal?: AbortSignal;
  }): Promise<ModelReply>;
}
