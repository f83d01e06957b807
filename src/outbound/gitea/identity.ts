import { z } from "zod";
import { type Clock, SECOND } from "../../kernel/clock.ts";
import { errorText, TransientError } from "../../kernel/errors.ts";
import { Login } from "../../kernel/ids.ts";
import { fromJson } from "../../kernel/json.ts";
import { redact } from "../../kernel/text/redact.ts";
import type { Identity, WebSignIn } from "../../ports/identity.ts";
import type { Fetch } from "../http/download.ts";
import { createFetch } from "../http/fetch.ts";
import { createClient } from "./client.ts";

export interface GiteaIdentityOptions {
  /** Where people open it. */
  url: string;
  clientId: string;
  clientSecret: string;
  clock: Clock;
  fetch?: Fetch;
}

const Token = z.object({ access_token: z.string().min(1) });
const Refused = z.object({ error: z.string() });
/** Longest time for one request, ms. */
const PATIENCE_MS = 15 * SECOND;

/**
 * An OAuth2 application of Gitea, which has no device flow. Only reading who somebody is is asked for; the token that
 * comes of it is used once and forgotten.
 */
export function createGiteaIdentity(options: GiteaIdentityOptions): Identity {
  const { clientId, clock } = options;
  const url = options.url.replace(/\/+$/, "");
  const fetch = options.fetch ?? ((address, init) => globalThis.fetch(address, init));
  const ask = createFetch({ clock, fetch, timeoutMs: PATIENCE_MS, seen: () => {} });
  const web: WebSignIn = {
    url(state, back) {
      const wanted = {
        client_id: clientId,
        redirect_uri: back,
        response_type: "code",
        scope: "read:user",
        state,
      };
      return `${url}/login/oauth/authorize?${new URLSearchParams(wanted)}`;
    },
    async login(code, back) {
      const body = {
        ...{ client_id: clientId, client_secret: options.clientSecret },
        ...{ grant_type: "authorization_code", code, redirect_uri: back },
      };
      const response = await ask(`${url}/login/oauth/access_token`, {
        method: "POST",
        headers: { "content-type": "application/json", accept: "application/json" },
        body: JSON.stringify(body),
      }).catch((error: unknown) => unreachable(errorText(error)));
      const said = fromJson(await response.text());
      const token = Token.safeParse(said).data?.access_token;
      if (token === undefined)
        return Refused.safeParse(said).success ? null : unreachable(`${response.status}`);
      const client = createClient({ url, token, clock, fetch, timeoutMs: PATIENCE_MS });
      return (await client.read("GET /user", z.object({ login: Login }), "/user")).login;
    },
  };
  return { forge: "Gitea", device: null, web };
}

function unreachable(why: string): never {
  throw new TransientError(redact(`Gitea's sign-in did not answer: ${why}`));
}
