import { TransientError } from "../../kernel/errors.ts";

/** Slack wants an answer within 3 s; what takes longer answers in two steps. */
export const PATIENCE_MS = 2000;
export const AT_IT = ":hourglass_flowing_sand: I am at it, the answer comes in a moment.";
/** Said where the work is tried again by itself. */
export const TRIED_AGAIN =
  ":hourglass_flowing_sand: GitHub or Slack does not answer just now. I go on trying and answer here; nothing need be typed again.";

const MINE = ":warning: That did not work, the fault is mine. Please try again in a minute.";
const THEIRS =
  ":warning: That did not work: Slack, or where the code is, does not answer just now. Please try again in a minute.";

/** What somebody is told whose command, click or dialog ended in a fault that is none of theirs. */
export function faultWords(error: unknown): string {
  // Bolt wraps what a listener threw
  const thrown = error instanceof Error && "original" in error ? error.original : error;
  return thrown instanceof TransientError ? THEIRS : MINE;
}

/**
 * Does work whose request was acknowledged already, so that its body cannot say any more what went wrong: then the
 * person is told in another way, and the fault goes on.
 */
export async function tellingFaults(
  say: (text: string) => Promise<unknown>,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    // the first fault is the one to know of
    await say(faultWords(error)).catch(() => {});
    throw error;
  }
}
