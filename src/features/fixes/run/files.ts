import { lstat, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UserError } from "../../../kernel/errors.ts";

const MAX_READ_BYTES = 1024 * 1024;
const MAX_WRITE_BYTES = 256 * 1024;
const MAX_MATCHES = 100;
const MAX_ENTRIES = 400;

/**
 * Turns a path of the fixer's into one on the host. Refuses what leaves the folder, git's own files, and any link on
 * the way; throws UserError with a sentence that the fixer may read.
 */
export async function insidePath(root: string, path: string): Promise<string> {
  const parts = path.split("/").filter((part) => part !== "" && part !== ".");
  if (path.startsWith("/") || path.includes("\0") || path.includes("\\") || parts.includes("..")) {
    throw new UserError(`the path ${quote(path)} is not inside the repository`);
  }
  if (parts.some((part) => part.toLowerCase() === ".git"))
    throw new UserError("git's own files are not open");
  let place = root;
  for (const part of parts) {
    place = join(place, part);
    const stat = await lstat(place).catch(() => null);
    if (stat?.isSymbolicLink()) throw new UserError(`${quote(path)} goes through a symbolic link`);
    if (stat !== null && !stat.isDirectory() && !stat.isFile())
      throw new UserError(`${quote(path)} is no file`);
  }
  return place;
}

const quote = (path: string): string => JSON.stringify(path.slice(0, 200));

/** A folder's entries, folders with a slash at the end. */
export async function listFiles(root: string, path: string): Promise<string> {
  const entries = await readdir(await insidePath(root, path), { withFileTypes: true }).catch(() => {
    throw new UserError(`there is no folder ${quote(path)}`);
  });
  const names = entries
    .filter((entry) => entry.name !== ".git")
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name))
    .sort();
  const rest = names.length - MAX_ENTRIES;
  return [...names.slice(0, MAX_ENTRIES), ...(rest > 0 ? [`… ${rest} more`] : [])].join("\n");
}

/** A text file's whole content. */
export async function readText(root: string, path: string): Promise<string> {
  const place = await insidePath(root, path);
  const stat = await lstat(place).catch(() => null);
  if (stat === null || !stat.isFile()) throw new UserError(`there is no file ${quote(path)}`);
  if (stat.size > MAX_READ_BYTES)
    throw new UserError(`${quote(path)} is larger than ${MAX_READ_BYTES} bytes`);
  const bytes = await readFile(place);
  if (bytes.includes(0)) throw new UserError(`${quote(path)} is not text`);
  return bytes.toString("utf8");
}

/** Lines `start` to `end` of a file, counted from 1, each with its number. */
export async function readLines(root: string, path: string, start = 1, end = start + 399): Promise<string> {
  const lines = (await readText(root, path)).split("\n");
  const last = Math.min(end, start + 799, lines.length);
  const shown = lines.slice(start - 1, last).map((line, index) => `${start + index}\t${line.slice(0, 1000)}`);
  return [...shown, ...(last < lines.length ? [`… ${lines.length - last} more lines`] : [])].join("\n");
}

/** Replaces the one place where `before` stands. */
export async function editFile(root: string, path: string, before: string, after: string): Promise<void> {
  const text = await readText(root, path);
  const at = text.indexOf(before);
  if (before === "" || at === -1)
    throw new UserError(`the old text is not in ${quote(path)}; read the file again`);
  if (text.indexOf(before, at + 1) !== -1) {
    throw new UserError(
      `the old text stands in ${quote(path)} more than once; give more of its surroundings`,
    );
  }
  await write(root, path, text.slice(0, at) + after + text.slice(at + before.length));
}

/** Writes a file that is not there yet. */
export async function createFile(root: string, path: string, content: string): Promise<void> {
  const place = await insidePath(root, path);
  if ((await lstat(place).catch(() => null)) !== null)
    throw new UserError(`${quote(path)} exists; use edit_file`);
  await mkdir(dirname(place), { recursive: true });
  await write(root, path, content);
}

async function write(root: string, path: string, content: string): Promise<void> {
  if (Buffer.byteLength(content) > MAX_WRITE_BYTES) throw new UserError(`more than ${MAX_WRITE_BYTES} bytes`);
  await writeFile(await insidePath(root, path), content);
}

/** Lines that contain `text` below a path, as `path:line: text`. Plain text: a crafted expression could run forever. */
export async function searchFiles(root: string, text: string, path: string): Promise<string> {
  const found: string[] = [];
  const visit = async (place: string): Promise<void> => {
    const entries = await readdir(await insidePath(root, place), { withFileTypes: true }).catch(() => null);
    if (entries === null) return await searchFile(root, text, place, found);
    for (const entry of entries) {
      if (found.length >= MAX_MATCHES) return;
      if ([".git", "node_modules", "vendor"].includes(entry.name)) continue;
      const inner = place === "" ? entry.name : `${place}/${entry.name}`;
      if (entry.isDirectory()) await visit(inner);
      else if (entry.isFile()) await searchFile(root, text, inner, found);
    }
  };
  await visit(path.replace(/^\.?\/+|\/+$|^\.$/g, ""));
  if (found.length === 0) return "no match";
  return (
    found.slice(0, MAX_MATCHES).join("\n") + (found.length >= MAX_MATCHES ? "\n… more were left out" : "")
  );
}

async function searchFile(root: string, text: string, path: string, found: string[]): Promise<void> {
  const content = await readText(root, path).catch(() => "");
  if (!content.includes(text)) return;
  for (const [index, line] of content.split("\n").entries()) {
    if (line.includes(text)) found.push(`${path}:${index + 1}: ${line.trim().slice(0, 300)}`);
  }
}
