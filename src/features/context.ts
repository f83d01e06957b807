import type { Db } from "../../db/client.ts";
import type { Config } from "../config/index.ts";
import type { Clock } from "../kernel/clock.ts";
import type { Log } from "../kernel/log.ts";
import type { RenderPrompt } from "../kernel/prompt.ts";
import type { Queue } from "../platform/queue.ts";
import type { Chat } from "../ports/chat.ts";
import type { Ci } from "../ports/ci.ts";
import type { Forge } from "../ports/forge.ts";
import type { Git } from "../ports/git.ts";
import type { Identity } from "../ports/identity.ts";
import type { Model } from "../ports/model.ts";
import type { Nodes } from "../ports/nodes.ts";

/** What every stage works with; put together once in `app.ts`. */
export interface Context {
  db: Db;
  queue: Queue;
  clock: Clock;
  log: Log;
  config: Config;
  ci: Ci;
  forge: Forge;
  chat: Chat;
  model: Model;
  /** Null where nobody can prove who they are. */
  identity: Identity | null;
  git: Git;
  /** Machines outside that take tasks; null without a secret to sign with. */
  nodes: Nodes | null;
  prompts: RenderPrompt;
}
