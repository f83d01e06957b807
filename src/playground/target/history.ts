import { join } from "node:path";
import { readTree } from "./tree.ts";

/** One change after the first commit, as data: whoever plays it commits and opens what it says. */
export interface Change {
  /** Branch of a pull request; without one the commit goes to main. */
  branch?: string;
  /** The commit message; a pull request takes its first line as title and the rest as body. */
  message: string;
  /** Login. */
  author: string;
  kind: "harmless" | "regression" | "outage";
  /** Whole new text by path; no two changes touch the same file. */
  files: Readonly<Record<string, string>>;
}

const files = (name: string): Record<string, string> => readTree(join(import.meta.dir, "changes", name));

const commit = (name: string, author: string, message: string): Change => ({
  message,
  author,
  kind: "harmless",
  files: files(name),
});

const pull = (
  branch: string,
  author: string,
  message: string,
  kind: Change["kind"] = "harmless",
): Change => ({
  branch,
  message,
  author,
  kind,
  files: files(branch),
});

/** What happened after the first commit, in order: commits on main, then pull requests by several people. */
export const history: readonly Change[] = [
  commit("carrier-hours", "bob", "Say which hours the carrier keeps\n\nPeople asked twice this week."),
  commit("editorconfig", "carol", "Keep line ends and indents alike in every editor"),
  commit("box-labels", "alice", "Write box labels\n\nThe printer takes 24 characters a line."),
  pull("glossary", "carol", "Explain the words we use\n\nNew people asked what a crate is."),
  pull("gift-notes", "dave", "Gift notes\n\nA short text that goes into the box."),
  pull("contacts", "erin", "Say whom to ask\n\nOne list instead of three."),
  pull("crates", "bob", "Count crates\n\nThe van's driver wants to know how many there are."),
  pull(
    "round-down",
    "erin",
    "Round prices down\n\nA customer noticed that we round up. Round in their favour instead.",
    "regression",
  ),
  pull(
    "price-registry",
    "dave",
    "Take prices from the registry\n\nThe job fetches today's price list before the tests.",
    "outage",
  ),
];
