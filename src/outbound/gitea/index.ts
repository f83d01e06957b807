import { type Clock, MINUTE } from "../../kernel/clock.ts";
import type { Ci } from "../../ports/ci.ts";
import type { Forge } from "../../ports/forge.ts";
import type { Fetch } from "../http/download.ts";
import { createBoard } from "./board.ts";
import { createCi } from "./ci.ts";
import { createClient } from "./client.ts";
import { createComments, createIssues } from "./issues.ts";
import { createPulls } from "./pulls.ts";
import { createRepository } from "./repository.ts";
import { createReviews } from "./reviews.ts";

export interface GiteaOptions {
  /** Where people open it. */
  url: string;
  token: string;
  clock: Clock;
  fetch?: Fetch;
}

/** Gitea as forge, and its Actions as CI, with one token. */
export function createGitea(options: GiteaOptions): { forge: Forge; ci: Ci } {
  const client = createClient({
    ...options,
    url: options.url.replace(/\/+$/, ""),
    fetch: options.fetch ?? ((url, init) => globalThis.fetch(url, init)),
    // logs come whole
    timeoutMs: MINUTE,
  });
  return {
    ci: createCi(client),
    forge: {
      ...createRepository(client),
      ...createIssues(client),
      ...createComments(client),
      ...createPulls(client),
      ...createReviews(client),
      ...createBoard(client, options.clock),
    },
  };
}
