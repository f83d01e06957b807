import { RefusedError } from "../../kernel/errors.ts";
import { git } from "./command.ts";

/** An address without its credentials, and the settings that carry them beside it: out of argv and out of every file. */
export interface Remote {
  url: string;
  settings: readonly [string, string][];
}

/** The address of a repository's `origin`; null where it has none. */
export const originOf = (repoDir: string): Promise<string | null> =>
  git({ args: ["remote", "get-url", "origin"], cwd: repoDir }).then(
    (out) => out.trim(),
    () => null,
  );

/** Takes an http(s) or file address or an absolute path apart; anything else is refused. */
export function parseRemote(address: string): Remote {
  if (address.startsWith("/")) return { url: address, settings: [] };
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || !["http:", "https:", "file:"].includes(url.protocol)) {
    throw new RefusedError("a repository's address has to be http, https, file or an absolute path");
  }
  if (url.username === "" && url.password === "") return { url: url.href, settings: [] };
  const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  url.username = "";
  url.password = "";
  const header = `Authorization: Basic ${Buffer.from(login).toString("base64")}`;
  return { url: url.href, settings: [[`http.${url.origin}/.extraHeader`, header]] };
}
