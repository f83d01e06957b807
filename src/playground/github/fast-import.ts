import type { Identity } from "./git.ts";

export interface NewCommit {
  /** Full name of the ref that it becomes the tip of. */
  ref: string;
  /** The commit it stands on. */
  parent: string;
  /** Contents by path; null deletes the file. */
  files: Record<string, string | null>;
  message: string;
  who: Identity;
  /** When, ISO 8601. */
  date: string;
}

/** What `git fast-import` reads to make a commit and print its name: one process in place of a work tree and eight. */
export function importStream({ ref, parent, files, message, who, date }: NewCommit): string {
  const seconds = Math.floor(new Date(date).getTime() / 1000);
  return [
    `commit ${ref}\nmark :1\ncommitter ${who.name} <${who.email}> ${seconds} +0000\n`,
    data(`${message.trimEnd()}\n`),
    `from ${parent}\n`,
    ...Object.entries(files).map(([path, content]) =>
      content === null ? `D ${quoted(path)}\n` : `M 100644 inline ${quoted(path)}\n${data(content)}`,
    ),
    "get-mark :1\n",
  ].join("");
}

/** Text with its length in bytes before it: nothing in it can be taken for a command. */
const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;

/** A path as a C string; git knows JSON's escapes of quotes, backslashes and line ends. */
const quoted = (path: string): string => JSON.stringify(path);
