import {
  createDeviceCode,
  exchangeDeviceCode,
  exchangeWebFlowCode,
  getWebFlowAuthorizationUrl,
} from "@octokit/oauth-methods";
import { Octokit } from "@octokit/rest";
import { z } from "zod";
import { type Clock, SECOND } from "../../kernel/clock.ts";
import { RefusedError, TransientError } from "../../kernel/errors.ts";
import { Login } from "../../kernel/ids.ts";
import type { DeviceSignIn, Identity, SignInOutcome, WebSignIn } from "../../ports/identity.ts";
import { createFetch } from "../http/fetch.ts";

const Answer = z.object({ response: z.object({ data: z.object({ error: z.string() }) }) });
const User = z.object({ login: Login });

export interface IdentityOptions {
  apiUrl: string;
  /** Where the device flow lives. */
  webUrl: string;
  clientId: string;
  /** With it people may also sign in by a redirect. */
  clientSecret?: string | undefined;
  clock: Clock;
  /** Longest time for one request, ms. */
  timeoutMs?: number;
}

/**
 * GitHub's device flow. No scope is asked for, and the token that comes of it is used once, to ask whose it is, and then
 * forgotten.
 */
export function createIdentity(identity: IdentityOptions): Identity {
  return { forge: "GitHub", device: deviceSignIn(identity), web: webSignIn(identity) };
}

function deviceSignIn(identity: IdentityOptions): DeviceSignIn {
  const { clock } = identity;
  const options = oauthApp(identity);
  return {
    async begin() {
      const { data } = await createDeviceCode(options).catch(unreachable);
      return {
        secret: data.device_code,
        code: data.user_code,
        url: data.verification_uri,
        expiresAt: new Date(clock.now().getTime() + data.expires_in * 1000),
        intervalMs: data.interval * 1000,
      };
    },
    async outcome(secret) {
      const token = await exchangeDeviceCode({ ...options, code: secret }).then(
        ({ authentication }) => authentication.token,
        (error: unknown) => outcomeOf(error),
      );
      if (typeof token !== "string") return token;
      return { kind: "login", login: await ownerOf(identity, token) };
    },
  };
}

const oauthApp = (identity: IdentityOptions) =>
  ({
    clientType: "oauth-app",
    clientId: identity.clientId,
    request: new Octokit({ baseUrl: identity.webUrl, ...asked(identity) }).request,
  }) as const;

const nothing = () => {};
/** Faults are thrown as well; the client would write them to the console. */
const QUIET = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** Somebody waits for the answer, and so do the links of others. */
function asked({ clock, timeoutMs = 15 * SECOND }: IdentityOptions) {
  const patient = createFetch({ clock, timeoutMs, fetch: (url, init) => fetch(url, init), seen: nothing });
  return { log: QUIET, request: { fetch: patient } };
}

async function ownerOf(identity: IdentityOptions, token: string): Promise<Login> {
  const github = new Octokit({ baseUrl: identity.apiUrl, auth: token, ...asked(identity) });
  const { data } = await github.rest.users.getAuthenticated().catch(unreachable);
  return User.parse(data).login;
}

/** GitHub's web flow, in the same way without a scope. */
function webSignIn(identity: IdentityOptions): WebSignIn | null {
  const { clientSecret } = identity;
  if (clientSecret === undefined) return null;
  const options = oauthApp(identity);
  return {
    url: (state, redirectUrl) => getWebFlowAuthorizationUrl({ ...options, state, redirectUrl }).url,
    async login(code, redirectUrl) {
      const token = await exchangeWebFlowCode({ ...options, clientSecret, code, redirectUrl }).then(
        ({ authentication }) => authentication.token,
        (error: unknown) => (Answer.safeParse(error).success ? null : unreachable(error)),
      );
      return token === null ? null : ownerOf(identity, token);
    },
  };
}

/** GitHub answers a question that comes too early as an error. */
function outcomeOf(error: unknown): SignInOutcome {
  const answer = Answer.safeParse(error);
  switch (answer.success ? answer.data.response.data.error : null) {
    case "authorization_pending":
      return { kind: "pending", slower: false };
    case "slow_down":
      return { kind: "pending", slower: true };
    case "expired_token":
      return { kind: "ended", why: "expired" };
    case "access_denied":
      return { kind: "ended", why: "denied" };
    case null:
      return unreachable(error);
    default:
      throw new RefusedError(`GitHub refused the sign-in: ${String(error)}`);
  }
}

function unreachable(error: unknown): never {
  throw new TransientError(`GitHub's sign-in did not answer: ${String(error)}`);
}
