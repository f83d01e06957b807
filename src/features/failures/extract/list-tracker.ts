import type { Line } from "./line.ts";
import { Tracker } from "./rule.ts";

/** Lines of a list that may pass without an item before it counts as over. */
const MAX_QUIET = 400;

/** A tracker for frameworks that print their failures as a numbered list under a heading. */
export abstract class ListTracker extends Tracker {
  private quiet = -1;

  /** The heading was met: every line is looked at until the list ends. */
  openList(): void {
    this.close();
    this.quiet = 0;
    this.waiting = true;
  }

  closeList(): void {
    this.close();
    this.quiet = -1;
    this.waiting = false;
  }

  override line(line: Line): void {
    super.line(line);
    if (this.quiet < 0) return;
    this.quiet += 1;
    if (this.item(line)) this.quiet = 0;
    else if (this.quiet > MAX_QUIET) this.closeList();
  }

  /** Looks at one line of the list; true where it began an item. May call `closeList`. */
  protected abstract item(line: Line): boolean;
}
