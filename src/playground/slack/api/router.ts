import type { ApiCall } from "../model.ts";
import { readArgs } from "./args.ts";
import * as chat from "./chat.ts";
import type { ApiContext, Args, Method } from "./context.ts";
import * as conversations from "./conversations.ts";
import { ApiError } from "./error.ts";
import { cutResponse, type Faults, faultError } from "./faults.ts";
import * as people from "./people.ts";
import * as reactions from "./reactions.ts";
import * as views from "./views.ts";

const MAX_LOG = 2000;

const METHODS: Record<string, Method> = {
  "api.test": (_context, args) => ({ args }),
  "auth.test": people.authTest,
  "team.info": people.teamInfo,
  "users.info": people.usersInfo,
  "users.list": people.usersList,
  "users.lookupByEmail": people.lookupByEmail,
  "chat.postMessage": chat.postMessage,
  "chat.update": chat.update,
  "chat.delete": chat.remove,
  "chat.postEphemeral": chat.postEphemeral,
  "chat.getPermalink": chat.getPermalink,
  "conversations.list": conversations.list,
  "conversations.info": conversations.info,
  "conversations.history": conversations.history,
  "conversations.replies": conversations.replies,
  "conversations.join": conversations.join,
  "conversations.open": conversations.open,
  "conversations.members": conversations.members,
  "reactions.add": reactions.add,
  "reactions.remove": reactions.remove,
  "reactions.get": reactions.get,
  "views.open": views.open,
  "views.push": views.push,
  "views.update": views.update,
  "apps.connections.open": ({ world, sockets }) => ({
    url: `${world.origin.replace(/^http/, "ws")}/link?ticket=${sockets.ticket()}&app_id=${world.app.id}`,
  }),
};

export interface ApiOptions {
  botToken: string;
  appToken: string | undefined;
  context: ApiContext;
  faults: Faults;
  calls: ApiCall[];
}

/** Answers one call of the Web API as Slack would: 200 with `ok`, or 429 with Retry-After. */
export async function answerCall(options: ApiOptions, method: string, request: Request): Promise<Response> {
  let args: Args = {};
  const fault = options.faults.take(method);
  try {
    args = await readArgs(request);
    authorize(options, method, request, args);
    const planned = fault ? faultError(fault) : null;
    if (planned) throw planned;
    const run = METHODS[method];
    if (!run) throw new ApiError("unknown_method", { req_method: method });
    const answer = run(options.context, args);
    note(options, method, args, 200);
    if (fault?.holdAfterCommit) return await new Promise<Response>(() => {});
    if (fault) return cutResponse();
    const headers = { "x-oauth-scopes": [...options.context.world.scopes].join(",") };
    return Response.json({ ok: true, ...answer }, { headers });
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    note(options, method, args, error.status, error.code);
    if (error.status >= 500) return new Response(error.code, { status: error.status });
    return Response.json(
      { ok: false, error: error.code, ...error.more },
      { status: error.status, headers: error.headers },
    );
  }
}

/** Throws not_authed, invalid_auth or not_allowed_token_type. */
function authorize({ botToken, appToken }: ApiOptions, method: string, request: Request, args: Args): void {
  if (method === "api.test") return;
  const header = request.headers.get("authorization")?.replace(/^Bearer\s+/i, "");
  const token = header || (typeof args.token === "string" ? args.token : "");
  if (!token) throw new ApiError("not_authed");
  if (token !== botToken && token !== appToken) throw new ApiError("invalid_auth");
  const wanted = method === "apps.connections.open" ? appToken : botToken;
  if (token !== wanted) throw new ApiError("not_allowed_token_type");
}

function note(
  { calls, context }: ApiOptions,
  method: string,
  args: Args,
  status: number,
  error?: string,
): void {
  const { token: _secret, ...shown } = args;
  const at = context.world.ids.clock.now();
  calls.push({ at, method, args: shown, ok: !error, status, ...(error ? { error } : {}) });
  if (calls.length > MAX_LOG) calls.shift();
}
