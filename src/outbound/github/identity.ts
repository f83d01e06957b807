import {
  createDeviceCode,
  exchangeDeviceCode,
  exchangeWebFlowCode,
  getWebFlowAuthorizationUrl,
} from "@octokit/oauth-methods";
import { Octokit } from "@octokit/rest";
import { z } from "zod";
import type { Clock } from "../../kernel/clock.ts";
import { RefusedError, TransientError } from "../../kernel/errors.ts";
import { Login } from "../../kernel/ids.ts";
import type { DeviceSignIn, Identity, SignInOutcome, WebSignIn } from "../../ports/identity.ts";

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
}

/**
 * GitHub's device flow. No scope is asked for, and the token that comes of it is used once, to ask whose it is, and then
 * forgotten.
 */
export function createIdentity(identity: IdentityOptions): Identity {
  return { forge: "GitHub", device: deviceSignIn(identity), web: webSignIn(identity) };
}

function deviceSignIn(identity: IdentityOptions): DeviceSignIn {
  const { apiUrl, clock } = identity;
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
      return { kind: "login", login: await ownerOf(apiUrl, token) };
    },
  };
}

const oauthApp = ({ webUrl, clientId }: IdentityOptions) =>
  ({ clientType: "oauth-app", clientId, request: new Octokit({ baseUrl: webUrl }).request }) as const;

async function ownerOf(apiUrl: string, token: string): Promise<Login> {
  const github = new Octokit({ baseUrl: apiUrl, auth: token });
  const { data } = await github.rest.users.getAuthenticated().catch(unreachable);
  return User.parse(data).login;
}

/** GitHub's web flow, in the same way without a scope. */
function webSignIn(identity: IdentityOptions): WebSignIn | null {
  const { apiUrl, clientSecret } = identity;
  if (clientSecret === undefined) return null;
  const options = oauthApp(identity);
  return {
    url: (state, redirectUrl) => getWebFlowAuthorizationUrl({ ...options, state, redirectUrl }).url,
    async login(code, redirectUrl) {
      const token = await exchangeWebFlowCode({ ...options, clientSecret, code, redirectUrl }).then(
        ({ authentication }) => authentication.token,
        (error: unknown) => (Answer.safeParse(error).success ? null : unreachable(error)),
      );
      return token === null ? null : ownerOf(apiUrl, token);
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
