import type { Context } from "hono";
import { fromJson } from "../../kernel/json.ts";
import { bearerOf, sameSecret } from "../../kernel/secret.ts";
import { storable } from "../../kernel/text/storable.ts";

/** True when the request carries one of the tokens as its bearer. */
export function bears(c: Context, ...tokens: (string | undefined)[]): boolean {
  const given = bearerOf(c.req.header("authorization"));
  return tokens.some((token) => sameSecret(given, token));
}

/** The answer to a request without the right secret. */
export const unauthorized = (c: Context, what: string) =>
  c.json({ error: `${what} is missing or wrong; a secret that is not configured opens nothing` }, 401);

/** The JSON of a request's body as it can be kept, or null where it is none. */
export async function jsonBody(c: Context): Promise<unknown> {
  return storable(fromJson(await c.req.text()));
}

/** The answer to a body of the wrong form: what is wrong with which field. */
export const badBody = (c: Context, issues: readonly { path: PropertyKey[]; message: string }[]) =>
  c.json(
    {
      error: "the body is not as it should be",
      faults: issues.map((issue) => `${issue.path.join(".") || "body"}: ${issue.message}`),
    },
    400,
  );
