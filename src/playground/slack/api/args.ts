import { z } from "zod";
import { ApiError } from "./error.ts";

/** Arguments that travel as JSON text inside a form. */
const STRUCTURED = new Set(["blocks", "attachments", "metadata", "view"]);

/** Reads the arguments of a call: JSON or form body and the query, which counts least. Throws ApiError. */
export async function readArgs(request: Request): Promise<Record<string, unknown>> {
  const args: Record<string, unknown> = Object.fromEntries(new URL(request.url).searchParams);
  if (request.method === "GET") return args;
  const type = request.headers.get("content-type") ?? "";
  const body = await request.text();
  if (type.startsWith("application/json")) {
    const parsed = z.record(z.string(), z.unknown()).safeParse(parseJson(body, "invalid_json"));
    if (!parsed.success) throw new ApiError("json_not_object");
    return { ...args, ...parsed.data };
  }
  if (body && !type.startsWith("application/x-www-form-urlencoded")) {
    throw new ApiError("invalid_post_type");
  }
  for (const [key, value] of new URLSearchParams(body)) {
    args[key] = STRUCTURED.has(key) ? parseJson(value, invalidName(key)) : value;
  }
  return args;
}

function parseJson(text: string, error: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(error);
  }
}

const invalidName = (key: string): string =>
  key === "blocks"
    ? "invalid_blocks_format"
    : key === "metadata"
      ? "invalid_metadata_format"
      : "invalid_arguments";

/** A flag as people send it: true, "true", 1, "1". */
export const Flag = z.preprocess(
  (value) => (value === undefined ? undefined : value === true || ["true", "1"].includes(String(value))),
  z.boolean().optional(),
);

/** A number or text as text: timestamps must be text, ids may be anything. */
export const Text = z.union([z.string(), z.number()]).transform(String);

/** A page size; Slack takes 1 to 999 and 100 by default. */
export const Limit = z.coerce.number().int().min(1).max(999).default(100).catch(100);

/** Checks arguments against a schema; what is missing or malformed is `invalid_arguments`. */
export function parseArgs<T extends z.ZodType>(schema: T, args: Record<string, unknown>): z.infer<T> {
  const parsed = schema.safeParse(args);
  if (parsed.success) return parsed.data;
  const messages = parsed.error.issues.map(
    (issue) => `[ERROR] ${issue.message} [json-pointer:/${issue.path.map(String).join("/")}]`,
  );
  throw new ApiError("invalid_arguments", { response_metadata: { messages } });
}

/** Cuts one page out of a list; the cursor names the last item shown, so new ones before it shift nothing. */
export function page<T>(
  all: T[],
  limit: number,
  cursor: string | undefined,
  key: (item: T) => string,
): { items: T[]; next: string } {
  let start = 0;
  if (cursor) {
    const last = Buffer.from(cursor, "base64").toString();
    start = all.findIndex((item) => `next:${key(item)}` === last) + 1;
    if (start === 0) throw new ApiError("invalid_cursor");
  }
  const items = all.slice(start, start + limit);
  const last = items.at(-1);
  const next = last && start + limit < all.length ? Buffer.from(`next:${key(last)}`).toString("base64") : "";
  return { items, next };
}
