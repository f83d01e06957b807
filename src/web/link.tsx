/** @jsxImportSource hono/jsx */
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Child } from "hono/jsx";
import { sameSecret } from "../kernel/secret.ts";
import { foreign } from "./act.ts";
import type { ConsoleDeps } from "./deps.ts";
import { guarded } from "./headers.ts";
import { Plain } from "./layout.tsx";
import { Prose } from "./parts/prose.tsx";
import { type Person, personOf } from "./people.ts";

const PATH = "/link/:token{[\\w-]{32}}";
const MOST_BYTES = 8 * 1024;

/**
 * The page that `link` names where the forge has no codes to enter. Who opens it signs in and says that the Slack user
 * whose page it is is them; until they press the button nothing is linked, whoever sent them here.
 */
export function linkRoutes(deps: ConsoleDeps): Hono {
  const app = new Hono();
  app.get(PATH, guarded, async (c) => {
    const asker = await deps.actions.linkAsker(c.req.param("token"));
    if (asker === null) return plain(c, "This link has ended", 404, <Ended />);
    const person = await personOf(c, deps);
    const forge = deps.actions.identity?.forge ?? "";
    const here = c.req.path;
    const body =
      person === null ? (
        <SignInFirst {...{ asker, forge, here }} />
      ) : (
        <Confirm {...{ asker, person, here }} />
      );
    return plain(c, "Link Slack", 200, body);
  });
  app.post(PATH, guarded, bodyLimit({ maxSize: MOST_BYTES }), async (c) => {
    const person = await personOf(c, deps);
    const { csrf } = await c.req.parseBody();
    if (person === null || typeof csrf !== "string" || !sameSecret(csrf, person.csrf) || foreign(c))
      return plain(c, "Nothing was linked", 403, <Again here={c.req.path} />);
    const text = await deps.actions.link(c.req.param("token"), person);
    if (text === null) return plain(c, "This link has ended", 404, <Ended />);
    return plain(c, "Link Slack", 200, <Prose text={text} />);
  });
  return app;
}

async function plain(c: Context, title: string, status: 200 | 403 | 404, body: Child): Promise<Response> {
  const html = await (<Plain title={title}>{body}</Plain>).toString();
  return c.html(`<!doctype html>${html}`, status);
}

const SignInFirst = ({ asker, forge, here }: { asker: string; forge: string; here: string }) => (
  <>
    <p>
      <b>{asker}</b> asked in Slack to be linked to a login. If that was you, sign in: I learn your login and
      nothing else. If it was not, close this page.
    </p>
    <p>
      <a class="button main" href={`/signin?next=${encodeURIComponent(here)}`}>
        Sign in with {forge}
      </a>
    </p>
  </>
);

const Confirm = ({ asker, person, here }: { asker: string; person: Person; here: string }) => (
  <form method="post" action={here} class="login">
    <p>
      You are <b>{person.login}</b> on {person.forge}. Whatever <b>{asker}</b> does in Slack will count as
      done by {person.login}. Go on only if you are {asker} there.
    </p>
    <input type="hidden" name="csrf" value={person.csrf} />
    <button type="submit">I am {asker}: link us</button>
  </form>
);

const Again = ({ here }: { here: string }) => (
  <p>
    That form was not from a page that you have open as you are signed in now. <a href={here}>Try again</a>.
  </p>
);

const Ended = () => (
  <p>
    It was used, or is older than a quarter of an hour. Say <code>/flaky link</code> in Slack for a new one.
  </p>
);
