import type { Context } from "hono";
import type { JSX } from "hono/jsx/jsx-runtime";
import type { Env } from "../http.ts";

type Html = JSX.Element;

/** Answers with a page. */
export const show = async (
  c: Context<Env>,
  html: Html | Promise<Html>,
  status: 200 | 400 | 401 | 403 | 404 | 405 | 406 | 409 | 410 | 422 = 200,
): Promise<Response> => c.html(`<!doctype html>${(await html).toString()}`, status);
