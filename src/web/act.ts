import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { z } from "zod";
import { errorText } from "../kernel/errors.ts";
import { RepoName } from "../kernel/ids.ts";
import { sameSecret } from "../kernel/secret.ts";
import { localPath } from "./auth.ts";
import type { ConsoleDeps, Said } from "./deps.ts";
import { faultPage } from "./faults.tsx";
import { guarded } from "./headers.ts";
import { type Person, personOf } from "./people.ts";
import { saidCookie } from "./said.ts";

const MOST_BYTES = 16 * 1024;

/** Commands that have a button; those of conversation and of reading stay where one types. */
export const BUTTONS = [
  "approve",
  "revoke",
  "fix",
  "dismiss",
  "mute",
  "reopen",
  "relay",
  "start",
  "cancel",
  "merge",
  "close",
  "address",
  "rebase",
  "rerun",
  "pause",
  "resume",
  "scan",
] as const;
export type Button = (typeof BUTTONS)[number];

const Form = z.object({
  csrf: z.string(),
  do: z.enum(BUTTONS),
  /** What it is about: `F12`, `o/r#12`, a task's id; empty for the service as a whole. */
  on: z.string().max(200).regex(/^\S*$/).default(""),
  note: z.string().max(2000).default(""),
  anyway: z.literal("1").optional(),
  repo: RepoName.optional(),
  back: z.string().max(500).default("/"),
});

/** `POST /act`: a button's command, run as the person who signed in; its answer shows on the page they came from. */
export function actRoutes(deps: ConsoleDeps): Hono {
  const app = new Hono();
  app.post("/act", guarded, bodyLimit({ maxSize: MOST_BYTES }), async (c) => {
    const form = Form.safeParse(await c.req.parseBody());
    const back = localPath(form.success ? form.data.back : "/");
    const person = await personOf(c, deps);
    if (person === null) return c.redirect(`/signin?next=${encodeURIComponent(back)}`, 303);
    const refused = { title: "Nothing was done", next: back, label: "Back to the page" };
    if (!form.success)
      return faultPage(c, { ...refused, status: 400, text: "This is no form of the console." });
    if (!sameSecret(form.data.csrf, person.csrf) || foreign(c)) {
      const text =
        "This form is not from a page that you have open as you are signed in now. Go back and try again.";
      return faultPage(c, { ...refused, status: 403, text });
    }
    const { repo, note, anyway } = form.data;
    const flag = anyway === undefined ? "" : " --anyway";
    const typed = `${form.data.do} ${form.data.on}${flag} ${note.replace(/\s+/g, " ")}`.trim();
    const said = await run(deps, person, typed, repo);
    c.header("Set-Cookie", saidCookie(deps, said), { append: true });
    return c.redirect(back, 303);
  });
  return app;
}

/** Whether a browser says that the form stood on another site. */
export const foreign = (c: Context): boolean => {
  const site = c.req.header("sec-fetch-site");
  return site !== undefined && site !== "same-origin";
};

async function run(
  deps: ConsoleDeps,
  person: Person,
  typed: string,
  repo: RepoName | undefined,
): Promise<Said> {
  try {
    return await deps.actions.run(person, typed, repo === undefined ? [] : [repo]);
  } catch (error) {
    deps.log.error({ error: errorText(error) }, "a button's command failed");
    return { ok: false, text: "That went wrong here, not by you; nothing was done. The log has why." };
  }
}
