/** Something a person did that cannot be done; `message` is shown to them as it stands. */
export class UserError extends Error {
  override name = "UserError";
}

/** The person may not do this; shown as written, and kept in the audit. */
export class ForbiddenError extends UserError {
  override name = "ForbiddenError";
}

/** What was asked for does not exist; shown as written. */
export class NotFoundError extends UserError {
  override name = "NotFoundError";
}

/** A service outside failed in a way that may pass; whoever called may try again after `retryAfterMs`. */
export class TransientError extends Error {
  override name = "TransientError";
  constructor(
    message: string,
    readonly retryAfterMs: number | null = null,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** A service outside refused for good; trying again changes nothing. */
export class RefusedError extends Error {
  override name = "RefusedError";
  constructor(
    message: string,
    readonly status: number | null = null,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** Settings that are missing or malformed; `faults` has one line for each, all shown at once. */
export class ConfigError extends UserError {
  override name = "ConfigError";
  constructor(readonly faults: readonly string[]) {
    super(
      `The settings have ${faults.length} fault(s):\n${faults.map((fault) => `  - ${fault}`).join("\n")}`,
    );
  }
}

/** Text of an unknown thrown value. */
export const errorText = (error: unknown): string => (error instanceof Error ? error.message : String(error));
