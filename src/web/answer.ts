import type { Child } from "hono/jsx";

/** What a page hands to its frame; a response of its own, such as a redirect, goes out as it is. */
export type Answer = { title: string; section: string | null; body: Child; status?: 404 | 409 } | Response;
