import type { Login } from "../kernel/ids.ts";

/** A sign-in that waits for a person to confirm its code in a browser. */
export interface SignIn {
  /** For us alone: whoever has it may ask for the outcome. */
  secret: string;
  /** What the person types at `url`. */
  code: string;
  url: string;
  expiresAt: Date;
  /** Least time between two questions for the outcome, ms. */
  intervalMs: number;
}

export type SignInOutcome =
  | { kind: "pending"; slower: boolean }
  | { kind: "ended"; why: "expired" | "denied" }
  | { kind: "login"; login: Login };

export interface DeviceSignIn {
  begin(): Promise<SignIn>;
  outcome(secret: string): Promise<SignInOutcome>;
}

export interface WebSignIn {
  /** Where to send the browser; it comes back to `back` with `code` and the same `state`. */
  url(state: string, back: string): string;
  /** Whose code it is; null for one that is not valid. */
  login(code: string, back: string): Promise<Login | null>;
}

/** Proves who somebody is on a forge, in at least one of two ways. Throws TransientError or RefusedError. */
export interface Identity {
  /** The forge, as people call it. */
  forge: string;
  /** By a code that is entered there; null where the forge has no such way. */
  device: DeviceSignIn | null;
  /** By a redirect; null where no client secret is set. */
  web: WebSignIn | null;
}
