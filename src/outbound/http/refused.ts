import { RefusedError } from "../../kernel/errors.ts";

/** True when a service refused with one of these statuses. */
export const refusedWith = (error: unknown, ...statuses: number[]): error is RefusedError =>
  error instanceof RefusedError && error.status !== null && statuses.includes(error.status);
