/** @jsxImportSource hono/jsx */
import type { Child } from "hono/jsx";
import type { Page, RepoPage } from "./context.ts";

interface Tab {
  name: string;
  href: string;
  count: number | null;
}

const tabs = ({ repo, base }: RepoPage): Tab[] => {
  const open = [...repo.issues.values()].filter((issue) => issue.state === "open");
  return [
    { name: "Code", href: base, count: null },
    { name: "Issues", href: `${base}/issues`, count: open.filter((issue) => !issue.pull).length },
    { name: "Pull requests", href: `${base}/pulls`, count: open.filter((issue) => issue.pull).length },
    { name: "Actions", href: `${base}/actions`, count: null },
  ];
};

const ActingAs = ({ page }: { page: Page }) => (
  <form method="post" action="/-/act" class="acting">
    <label>
      acting as{" "}
      <select name="login" data-submit>
        {page.world.accounts.map((account) => (
          <option value={account.login} selected={account.login === page.viewer.login}>
            {account.login} ({account.permission})
          </option>
        ))}
      </select>
    </label>
    <noscript>
      <button type="submit">Switch</button>
    </noscript>
  </form>
);

/** The frame of every page. What stands in an element with `data-live` is refreshed by itself. */
export const Layout = (props: { page: Page | RepoPage; title: string; tab?: string; children?: Child }) => {
  const { page, title, tab } = props;
  const repoPage = "repo" in page ? page : null;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${title} · Playground GitHub`}</title>
        <link rel="stylesheet" href="/-/base.css" />
        <link rel="stylesheet" href="/-/content.css" />
        <link rel="stylesheet" href="/-/code.css" />
        <link rel="icon" href="/-/avatar/p.svg" />
        <script src="/-/live.js" defer />
      </head>
      <body data-version={String(page.world.version)}>
        <header class="top">
          <a href="/" class="brand">
            Playground <span>GitHub</span>
          </a>
          {repoPage ? (
            <a href={repoPage.base} class="path">
              {repoPage.repo.owner} / <strong>{repoPage.repo.name}</strong>
            </a>
          ) : null}
          <ActingAs page={page} />
        </header>
        {repoPage ? (
          <nav class="tabs" aria-label="Repository" data-live>
            {tabs(repoPage).map(({ name, href, count }) => (
              <a href={href} {...(name === tab ? { "aria-current": "page" as const } : {})}>
                {name}
                {count ? <span class="count">{count}</span> : null}
              </a>
            ))}
          </nav>
        ) : null}
        {page.error ? (
          <p class="flash" role="alert">
            {page.error}
          </p>
        ) : null}
        <main>{props.children}</main>
        <footer>
          A local stand-in for GitHub: the code, the commits and the runs are real, the people are not.
        </footer>
      </body>
    </html>
  );
};
