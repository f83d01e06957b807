import type { Context } from "hono";
import type { z } from "zod";
import type { Account, Repo } from "./model.ts";

/** What the middleware leaves for the handlers. */
export interface Env {
  Variables: { account: Account | null; repo: Repo };
}

export interface FieldError {
  resource: string;
  field?: string;
  code: string;
  message?: string;
}

/** An answer that is not a success, thrown from anywhere below a route. */
export class HttpError extends Error {
  override name = "HttpError";
  constructor(
    readonly status: 400 | 401 | 403 | 404 | 405 | 406 | 409 | 410 | 422,
    message: string,
    readonly errors: FieldError[] | null = null,
  ) {
    super(message);
  }

  /** The JSON GitHub would answer with. */
  body(): Record<string, unknown> {
    return {
      message: this.message,
      ...(this.errors ? { errors: this.errors } : {}),
      documentation_url: "https://docs.github.com/rest",
      status: String(this.status),
    };
  }
}

export const notFound = (): HttpError => new HttpError(404, "Not Found");

/** A 422 in GitHub's form. */
export const invalid = (...errors: FieldError[]): HttpError =>
  new HttpError(422, "Validation Failed", errors);

/** The request's JSON, checked. Throws 400 when it is no JSON, 422 when it does not fit. */
export const readBody = async <S extends z.ZodType>(
  c: Context<Env>,
  schema: S,
  resource: string,
): Promise<z.output<S>> => {
  const parsed = schema.safeParse(parseJson(await c.req.text()));
  if (parsed.success) return parsed.data;
  throw invalid(
    ...parsed.error.issues.map((issue) => {
      const missing = issue.code === "invalid_type" && issue.message.includes("received undefined");
      const code = missing ? "missing_field" : "invalid";
      return { resource, field: issue.path.join("."), code, message: issue.message };
    }),
  );
};

const parseJson = (text: string): unknown => {
  try {
    return text === "" ? {} : JSON.parse(text);
  } catch {
    throw new HttpError(400, "Problems parsing JSON");
  }
};

/** A JSON answer. */
export const reply = (c: Context<Env>, body: object | null, status: 200 | 201 | 202 = 200): Response =>
  c.json(body, status);

/** A path parameter that the route is known to have. */
export const param = (c: Context<Env>, name: string): string => {
  const value = c.req.param(name);
  if (value === undefined) throw notFound();
  return value;
};

/** A path parameter that is a positive whole number; anything else is 404. */
export const idParam = (c: Context<Env>, name: string): number => {
  const value = Number(param(c, name));
  if (!Number.isSafeInteger(value) || value <= 0) throw notFound();
  return value;
};

/** The page of `items` the request asks for (`page`, `per_page` up to 100); sets the `Link` header. */
export const paged = <T>(c: Context<Env>, items: readonly T[]): T[] => {
  const perPage = Math.min(100, Math.max(1, Number(c.req.query("per_page")) || 30));
  const page = Math.max(1, Number(c.req.query("page")) || 1);
  const last = Math.max(1, Math.ceil(items.length / perPage));
  const link = (to: number, rel: string): string => {
    const url = new URL(c.req.url);
    url.searchParams.set("page", String(to));
    return `<${url.href}>; rel="${rel}"`;
  };
  const links = [
    ...(page > 1 ? [link(page - 1, "prev")] : []),
    ...(page < last ? [link(page + 1, "next"), link(last, "last")] : []),
    ...(page > 1 ? [link(1, "first")] : []),
  ];
  if (links.length > 0) c.header("Link", links.join(", "));
  return items.slice((page - 1) * perPage, page * perPage);
};
