import { z } from "zod";
import { type Clock, SECOND } from "../../kernel/clock.ts";
import { errorText, RefusedError, TransientError } from "../../kernel/errors.ts";
import { fromJson } from "../../kernel/json.ts";
import { sign } from "../../kernel/signature.ts";
import type { Nodes } from "../../ports/nodes.ts";
import { understood } from "../http/understood.ts";

export interface NodesOptions {
  /** Shared with the nodes; signs each request. */
  secret: string;
  clock: Clock;
  fetch: (url: string, init: RequestInit) => Promise<Response>;
}

const HEALTH_MS = 5 * SECOND;
const ORDER_MS = 15 * SECOND;
/** A node with a thousand tasks says less, bytes. */
const MOST_ANSWER = 1024 * 1024;

const Words = z.string().max(300);
const Health = z.object({
  version: z.string().max(60),
  sandbox: z.string().max(60),
  capacity: z.int().min(1).max(1000),
  tasks: z
    .array(
      z.object({ task: Words, attempt: z.int(), phase: Words.nullable(), detail: z.string().nullable() }),
    )
    .max(1000),
});

/** Speaks to nodes over HTTP. A redirect is never followed: the order holds a credential. */
export function createNodes(options: NodesOptions): Nodes {
  const ask = async (url: string, method: string, path: string, body: string, ms: number) => {
    const target = new URL(path, url.endsWith("/") ? url : `${url}/`);
    const time = String(Math.floor(options.clock.now().getTime() / SECOND));
    const signature = sign(options.secret, { time, method, path: `/${path}`, body });
    const headers = {
      "x-node-time": time,
      "x-node-signature": signature,
      ...(body === "" ? {} : { "content-type": "application/json" }),
    };
    try {
      const signal = AbortSignal.timeout(ms);
      const response = await options.fetch(target.href, {
        method,
        headers,
        redirect: "error",
        signal,
        ...(body === "" ? {} : { body }),
      });
      return { status: response.status, text: await textOf(response) };
    } catch (error) {
      throw new TransientError(`${method} ${target.origin}/${path}: ${errorText(error)}`);
    }
  };
  return {
    async health(url) {
      const { status, text } = await ask(url, "GET", "health", "", HEALTH_MS);
      if (status === 401) throw new TransientError("the node knows another NODE_SECRET, or its clock is off");
      if (status !== 200) throw new TransientError(`the node answers with ${status}`);
      return understood(Health, `health of ${url}`, fromJson(text));
    },
    async process(url, order) {
      const { status } = await ask(url, "POST", "process-issue", JSON.stringify(order), ORDER_MS);
      if (status === 429) return "full";
      if (status >= 500) throw new TransientError(`the node answers with ${status}`);
      if (status < 200 || status > 299) throw new RefusedError(`the node answers with ${status}`, status);
      return "taken";
    },
    async cancel(url, task, attempt) {
      await ask(url, "POST", "cancel", JSON.stringify({ task_id: task, attempt }), HEALTH_MS);
    },
  };
}

/** An answer's text; a node is not trusted to come to an end. */
async function textOf(response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let read = 0;
  for await (const chunk of response.body ?? []) {
    read += chunk.length;
    if (read > MOST_ANSWER) throw new Error(`the answer is larger than ${MOST_ANSWER} bytes`);
    text += decoder.decode(chunk, { stream: true });
  }
  return text;
}
