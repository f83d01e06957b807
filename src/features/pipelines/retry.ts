import type { Clock } from "../../kernel/clock.ts";
import { SECOND } from "../../kernel/clock.ts";
import { TransientError } from "../../kernel/errors.ts";

const BACKOFF_MS = [250, 500, 1000];
/** After so long somebody who waits for the answer has gone: no further try is made. */
const PATIENCE_MS = 12 * SECOND;

/**
 * Asks again, three times at the most and each time after a longer pause, where a service does not answer or has a
 * fault that may pass. A limit of requests is not waited for.
 */
export async function retried<T>(clock: Clock, work: () => Promise<T>): Promise<T> {
  const begun = clock.now().getTime();
  for (const pause of BACKOFF_MS) {
    try {
      return await work();
    } catch (error) {
      const passes = error instanceof TransientError && error.retryAfterMs === null;
      if (!passes || clock.now().getTime() - begun > PATIENCE_MS) throw error;
    }
    await clock.sleep(pause);
  }
  return work();
}
