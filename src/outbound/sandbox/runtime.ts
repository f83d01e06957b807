import { existsSync, realpathSync } from "node:fs";
import { delimiter, dirname, isAbsolute } from "node:path";

/** What the sandbox shows of the system in any case. */
const SYSTEM = ["/usr", "/bin", "/sbin", "/lib", "/lib64"];

const isSystem = (dir: string): boolean => SYSTEM.some((root) => dir === root || dir.startsWith(`${root}/`));

/**
 * The search path for programs in the sandbox, and the folders outside the system's own that have to be readable for
 * it: those on the path, and the one that the running program truly lies in. `hidden` folders (HOME) are never shown
 * whole, whatever the path says.
 */
export function runtimeFrom(options: { path: string; execPath: string; hidden: string[] }): {
  path: string;
  readable: string[];
} {
  const folders = options.path
    .split(delimiter)
    .filter((dir) => isAbsolute(dir) && dir !== "/" && !options.hidden.includes(dir) && existsSync(dir));
  const real = dirname(realpathSync(options.execPath));
  const readable = [...new Set([...folders, ...folders.map((dir) => realpathSync(dir)), real])];
  return { path: folders.join(delimiter), readable: readable.filter((dir) => !isSystem(dir)) };
}
