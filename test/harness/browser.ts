import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/** Path of the browser that tests use; null where there is none. */
export const browserPath = (): string | null =>
  NAMES.map((name) => Bun.which(name)).find((path) => path !== null) ?? null;

/** Said where browser tests are skipped. */
export const LACKS_BROWSER = "skipped: no browser here. Install it: apt-get install chromium";

/** Starts a headless browser. @throws where there is none. */
export async function startBrowser(): Promise<Browser> {
  const executablePath = browserPath();
  if (executablePath === null) throw new Error(LACKS_BROWSER);
  // containers have no user namespaces for its sandbox, and little shared memory; what it opens are our own pages
  const args = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"];
  return chromium.launch({ executablePath, args });
}

/** Somebody's window on a site: what it asked for, and what went wrong in it. */
export class Window {
  /** Hosts that anything was asked of. */
  readonly hosts = new Set<string>();
  /** Uncaught errors, refusals of the content policy, and dialogs that a page opened. */
  readonly faults: string[] = [];

  private constructor(
    readonly page: Page,
    readonly context: BrowserContext,
  ) {
    context.on("request", (request) => this.hosts.add(new URL(request.url()).host));
    page.on("pageerror", (error) => this.faults.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error" && !/status of 4\d\d/.test(message.text()))
        this.faults.push(message.text());
    });
    page.on("dialog", (dialog) => {
      this.faults.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
  }

  static async open(
    browser: Browser,
    base: string,
    look: { dark?: boolean; phone?: boolean } = {},
  ): Promise<Window> {
    const context = await browser.newContext({
      baseURL: base,
      colorScheme: look.dark === true ? "dark" : "light",
      viewport: look.phone === true ? { width: 390, height: 844 } : { width: 1280, height: 900 },
    });
    context.setDefaultTimeout(20_000);
    return new Window(await context.newPage(), context);
  }

  /** Opens a path and waits until it is there, not until its stream of events ends. */
  async go(path: string): Promise<void> {
    await this.page.goto(path, { waitUntil: "load" });
  }

  /** Whether the window lies behind others, or is looked at again; a headless browser has none that does. */
  async hide(is: boolean): Promise<void> {
    await this.page.evaluate(
      `Object.defineProperty(document, "hidden", { value: ${is}, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"))`,
    );
  }

  /** How far the page is wider than the window, in pixels. */
  overflow(): Promise<number> {
    return this.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth");
  }
}
