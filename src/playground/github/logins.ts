import { type Clock, MINUTE } from "../../kernel/clock.ts";
import { uuid } from "./tickets.ts";

/** A sign-in that waits for a person's yes. */
interface Grant {
  deviceCode: string;
  userCode: string;
  until: number;
  login: string | null;
}

const LIFETIME = 15 * MINUTE;

/** What came of asking for a token. */
export type Exchange =
  | { token: string }
  | { error: "authorization_pending" | "expired_token" | "bad_verification_code" };

/** Sign-ins of programs on behalf of people: the device flow, and codes for the web flow. */
export class Logins {
  readonly #grants = new Map<string, Grant>();
  readonly #tokens = new Map<string, string>();

  constructor(
    private readonly clock: Clock,
    private readonly random: () => number,
  ) {}

  /** Starts a sign-in; somebody then confirms the user code. */
  start(): { deviceCode: string; userCode: string; seconds: number } {
    const letters = uuid(this.random).replaceAll("-", "").toUpperCase();
    const grant: Grant = {
      deviceCode: uuid(this.random).replaceAll("-", ""),
      userCode: `${letters.slice(0, 4)}-${letters.slice(4, 8)}`,
      until: this.clock.now().getTime() + LIFETIME,
      login: null,
    };
    this.#grants.set(grant.deviceCode, grant);
    return { deviceCode: grant.deviceCode, userCode: grant.userCode, seconds: LIFETIME / 1000 };
  }

  /** Says yes as somebody; false when no sign-in has that user code. */
  confirm(userCode: string, login: string): boolean {
    const wanted = userCode.trim().toUpperCase();
    const grant = [...this.#grants.values()].find((open) => open.userCode === wanted && open.login === null);
    if (!grant) return false;
    grant.login = login;
    return true;
  }

  /** Turns a confirmed sign-in into a token, once. */
  exchange(deviceCode: string): Exchange {
    const grant = this.#grants.get(deviceCode);
    if (!grant) return { error: "bad_verification_code" };
    if (grant.until <= this.clock.now().getTime()) return { error: "expired_token" };
    if (grant.login === null) return { error: "authorization_pending" };
    this.#grants.delete(deviceCode);
    const token = `gho_${uuid(this.random).replaceAll("-", "")}`;
    this.#tokens.set(token, grant.login);
    return { token };
  }

  /** Whom a token was made for; null when it was not made here. */
  owner(token: string): string | null {
    return this.#tokens.get(token) ?? null;
  }
}
