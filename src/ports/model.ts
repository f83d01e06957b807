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

/** A way to the model for programs that must not hold its key. */
export interface ModelDoor {
  /** Opens it for one task; above so many requests or dollars it answers 429. */
  open(limits: { mostRequests: number; mostUsd: number; signal: AbortSignal }): Promise<OpenDoor>;
}

export interface OpenDoor {
  /** The folder that has to be readable in the sandbox, and the socket in it, which speaks HTTP. */
  folder: string;
  socket: string;
  used(): { requests: number; tokens: number; usd: number };
  close(): Promise<void>;
}
