import { textDigest } from "../../kernel/text/digest.ts";
import { relayedToGitHub, relayedToSlack } from "./messages.ts";
import type { Relayed } from "./store.ts";

/**
 * What is to stand on the other side for a message, part by part; nothing where it was deleted or stays on its side.
 * `forge` is the name of where the finding's issue is.
 */
export function partsOf(row: Relayed, forge: string): string[] {
  if (row.state !== "said" || !row.mirror) return [];
  const { author, name, url, text } = row;
  if (row.from === "github") return relayedToSlack({ author, url, body: text, forge });
  const who = name === "" ? { name: author, login: null } : { name, login: author };
  return [relayedToGitHub({ ...who, text, permalink: url })];
}

/** A short stand-in for a part's text, to tell whether its copy says it already. */
export const digestOf = (part: string): string => textDigest(part);
