/** @jsxImportSource hono/jsx */
import type { Context } from "hono";
import { Plain } from "./layout.tsx";

interface Fault {
  status: 400 | 403 | 404 | 500;
  title: string;
  text: string;
  /** Where one goes on. */
  next: string;
  label: string;
}

/** Answers with a page that says what is the matter and leads on. */
export async function faultPage(c: Context, { status, title, text, next, label }: Fault): Promise<Response> {
  const node = (
    <Plain title={title}>
      <p role="alert">{text}</p>
      <p>
        <a class="button" href={next}>
          {label}
        </a>
      </p>
    </Plain>
  );
  return c.html(`<!doctype html>${await node.toString()}`, status);
}

/** A page could not be made: what is wrong stands in the log, not here. */
export const broken = (c: Context, path: string): Promise<Response> =>
  faultPage(c, {
    status: 500,
    title: "Something went wrong here",
    text: "This page could not be made. The log has why; nothing was changed.",
    next: path,
    label: "Try again",
  });

/** Nothing is under this address. */
export const noSuchPage = (c: Context): Promise<Response> =>
  faultPage(c, {
    status: 404,
    title: "No such page",
    text: "Nothing is kept under this address.",
    next: "/",
    label: "All findings",
  });
