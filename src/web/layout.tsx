/** @jsxImportSource hono/jsx */
import type { Child, FC } from "hono/jsx";
import { SCRIPT, STYLE } from "./assets.ts";
import type { Said } from "./deps.ts";
import { Prose } from "./parts/prose.tsx";
import type { Viewer } from "./viewer.ts";

const NAV = [
  ["/", "Findings"],
  ["/pulls", "Pull requests"],
  ["/tasks", "Tasks"],
  ["/workers", "Workers"],
  ["/stats", "Figures"],
  ["/audit", "Audit"],
] as const;

const ICON =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='4' fill='%232f5bd7'/%3E%3Cpath d='M3 10l2.5-4 2.5 5 2-3.5 1 1.5h2' stroke='white' stroke-width='1.5' fill='none' stroke-linejoin='round' stroke-linecap='round'/%3E%3C/svg%3E";

export interface Frame {
  title: string;
  /** Path of the entry of the navigation that this page belongs to; null on pages outside it. */
  section: string | null;
  viewer: Viewer;
  /** The answer to what was just set off. */
  said: Said | null;
  /** Why nothing is written outside; null while the service goes. */
  paused: string | null;
  /** How things stood when the page was made. */
  mark: string;
}

const Document: FC<{ title: string; children: Child }> = ({ title, children }) => (
  <html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>{`${title} · flaky-test-cleaner`}</title>
      <link rel="icon" href={ICON} />
      <link rel="stylesheet" href={STYLE.path} />
      <script src={SCRIPT.path} defer></script>
    </head>
    <body>{children}</body>
  </html>
);

/** A page of the console. */
export const Page: FC<{ frame: Frame; children: Child }> = ({ frame, children }) => (
  <Document title={frame.title}>
    <a class="skip" href="#main">
      Skip to the content
    </a>
    <header class="top">
      <a class="brand" href="/">
        <span class="mark" aria-hidden="true"></span>flaky-test-cleaner
      </a>
      <nav aria-label="Console">
        {NAV.map(([href, name]) => (
          <a class="tab" href={href} aria-current={frame.section === href ? "page" : undefined}>
            {name}
          </a>
        ))}
      </nav>
      <span class="live" id="live" role="status"></span>
      <Who viewer={frame.viewer} />
    </header>
    {frame.said === null ? null : (
      <div class={`said ${frame.said.ok ? "ok" : "no"}`} role={frame.said.ok ? "status" : "alert"}>
        <Prose text={frame.said.text} />
      </div>
    )}
    <main id="main" tabindex={-1} data-mark={frame.mark}>
      {frame.paused === null ? null : (
        <p class="banner" role="status">
          <strong>Paused.</strong> {frame.paused}
        </p>
      )}
      {children}
    </main>
  </Document>
);

const Who: FC<{ viewer: Viewer }> = ({ viewer: { person, reader, signIn, path } }) => (
  <div class="who">
    {person === null ? null : <b>{person.login}</b>}
    {person === null && signIn !== null ? (
      <a href={`/signin?next=${encodeURIComponent(path)}`}>Sign in</a>
    ) : null}
    {person !== null || reader === "session" ? (
      <form method="post" action="/logout">
        <button type="submit" class="quiet">
          Sign out
        </button>
      </form>
    ) : null}
  </div>
);

/** A page outside the console: signing in, or a word on why there is nothing to see. */
export const Plain: FC<{ title: string; children: Child }> = ({ title, children }) => (
  <Document title={title}>
    <main class="plain">
      <p class="brand">
        <span class="mark" aria-hidden="true"></span>flaky-test-cleaner
      </p>
      <h1>{title}</h1>
      {children}
    </main>
  </Document>
);
