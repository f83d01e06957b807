import { existsSync, realpathSync } from "node:fs";
import { delimiter, dirname, isAbsolute } from "node:path";

/** What the sandbox shows of the system in any case. */
const SYSTEM = ["/usr", "/bin", "/sbin", "/lib", "/lib64"];

const isSystem = (dir: string): boolean => SYSTEM.some((root) => dir === root || dir.startsWith(`${root}/`));

/**
 * Managers of versions keep programs below HOME, of which nothing else is shown: by where their folder on the path ends,
 * the folder they keep them in, and the variable that says where it is once HOME is another one.
 */
const MANAGERS: readonly { onPath: RegExp; kept: string; variable?: string }[] = [
  { onPath: /\/\.pyenv\/(?:shims|bin)$/, kept: ".pyenv", variable: "PYENV_ROOT" },
  { onPath: /\/\.rbenv\/(?:shims|bin)$/, kept: ".rbenv", variable: "RBENV_ROOT" },
  { onPath: /\/\.cargo\/bin$/, kept: ".rustup", variable: "RUSTUP_HOME" },
  { onPath: /\/\.asdf\/(?:shims|bin)$/, kept: ".asdf", variable: "ASDF_DATA_DIR" },
  { onPath: /\/\.volta\/bin$/, kept: ".volta", variable: "VOLTA_HOME" },
  { onPath: /\/\.nvm\/versions\/node\/[^/]+\/bin$/, kept: ".nvm/versions" },
  { onPath: /\/\.sdkman\/candidates\/[^/]+\/[^/]+\/bin$/, kept: ".sdkman/candidates" },
];

interface Runtime {
  path: string;
  readable: string[];
  env: Record<string, string>;
}

/** What the managers of the folders on the path need. */
function managed(folders: readonly string[]): Omit<Runtime, "path"> {
  const readable = new Set<string>();
  const env: Record<string, string> = {};
  for (const { onPath, kept, variable } of MANAGERS) {
    const folder = folders.find((each) => onPath.test(each));
    const home = folder?.slice(0, folder.lastIndexOf("/.", folder.search(onPath) + 1));
    const root = home === undefined ? null : `${home}/${kept}`;
    if (root === null || !existsSync(root)) continue;
    readable.add(root);
    if (variable !== undefined) env[variable] = root;
  }
  return { readable: [...readable], env };
}

/**
 * The search path for programs in the sandbox, and the folders outside the system's own that have to be readable for
 * it: those on the path, and the one that the running program truly lies in. `hidden` folders (HOME) are never shown
 * whole, whatever the path says; of what managers of versions keep there, their own folder is.
 */
export function runtimeFrom(options: { path: string; execPath: string; hidden: string[] }): Runtime {
  const folders = options.path
    .split(delimiter)
    .filter((dir) => isAbsolute(dir) && dir !== "/" && !options.hidden.includes(dir) && existsSync(dir));
  const real = dirname(realpathSync(options.execPath));
  const { readable: kept, env } = managed(folders);
  const readable = [...new Set([...folders, ...folders.map((dir) => realpathSync(dir)), ...kept, real])];
  return { path: folders.join(delimiter), readable: readable.filter((dir) => !isSystem(dir)), env };
}
