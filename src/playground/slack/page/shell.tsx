/** @jsxImportSource hono/jsx */
import { raw } from "hono/html";
import type { World } from "../world.ts";
import type { Frame } from "./frame.tsx";

const STYLES = ["base", "sidebar", "panes", "message", "blocks", "tools", "composer", "modal", "phone"];

const Composer = ({ kind, placeholder }: { kind: "main" | "thread"; placeholder: string }) => (
  <form class="composer" data-composer={kind}>
    <ul class="suggest" hidden></ul>
    <textarea rows={1} placeholder={placeholder} aria-label={placeholder} autocomplete="off"></textarea>
    <div class="composer-foot">
      <span class="hint">
        <kbd>Enter</kbd> sends · <kbd>Shift Enter</kbd> new line
      </span>
      <button type="submit" class="send" aria-label="Send">
        ➤
      </button>
    </div>
  </form>
);

/** The whole page around its regions, filled so that it can be read before the script runs. */
export function Shell({ world, frame }: { world: World; frame: Frame }) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${world.team.name} · chat`}</title>
        {STYLES.map((name) => (
          <link rel="stylesheet" href={`/assets/${name}.css`} />
        ))}
        <link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />
        <script src="/assets/page.js" type="module"></script>
      </head>
      <body data-pane="main" data-command={world.command} data-app={world.app.realName}>
        <div id="banner" data-region="banner">
          {raw(frame.banner)}
        </div>
        <aside id="list">
          <header class="workspace">
            <b>{world.team.name}</b>
            <small>local workspace</small>
          </header>
          <div class="scroll" data-region="sidebar">
            {raw(frame.sidebar)}
          </div>
        </aside>
        <main id="main">
          <header class="pane-head">
            <button type="button" class="back" data-do="list" aria-label="Back to the channels">
              ‹
            </button>
            <div class="pane-title" data-region="title">
              {raw(frame.title)}
            </div>
          </header>
          <div class="scroll" data-region="timeline">
            {raw(frame.timeline)}
          </div>
          <Composer kind="main" placeholder={frame.placeholder} />
        </main>
        <section id="thread" aria-label="Thread" hidden={frame.thread === ""}>
          <header class="pane-head">
            <button type="button" class="back" data-do="close-thread" aria-label="Back to the channel">
              ‹
            </button>
            <div class="pane-title">
              <h1>Thread</h1>
            </div>
            <button type="button" class="close" data-do="close-thread" aria-label="Close thread">
              ×
            </button>
          </header>
          <div class="scroll" data-region="thread">
            {raw(frame.thread)}
          </div>
          <Composer kind="thread" placeholder="Reply…" />
        </section>
        <div id="overlay" data-region="modal" hidden={frame.modal === ""}>
          {raw(frame.modal)}
        </div>
        <dialog id="ask"></dialog>
        <p id="toast" role="status" hidden></p>
      </body>
    </html>
  );
}
