import type { World } from "./world.ts";

/** The three characters that Slack's text format keeps for itself. */
export const escapeText = (text: string): string =>
  text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

/** The other way round. */
export const unescapeText = (text: string): string =>
  text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");

export const mentions = (text: string, userId: string): boolean =>
  text.includes(`<@${userId}>`) || text.includes(`<@${userId}|`);

/**
 * What Slack makes of what a person typed: special characters escaped, `@handle`, `#channel` and addresses
 * turned into links. `<@U…>` of somebody known is kept, so that a test can write it.
 */
export function typedText(world: World, typed: string): string {
  const handles = new Map(world.people.map((person) => [person.name.toLowerCase(), person.id]));
  handles.set(world.app.name.toLowerCase(), world.app.userId);
  const known = new Set(handles.values());
  return escapeText(typed)
    .replace(/https?:\/\/[^\s|"`]+[^\s|"`.,;:!?)\]'*_~]/g, (url) => `<${url}>`)
    .replace(/&lt;@([A-Z0-9]+)&gt;/g, (all, id: string) => (known.has(id) ? `<@${id}>` : all))
    .replace(/(^|[\s(])@([A-Za-z0-9][\w.-]*)/g, (all, before: string, handle: string) => {
      const exact = handles.get(handle.toLowerCase());
      if (exact) return `${before}<@${exact}>`;
      const bare = handle.replace(/[.-]+$/, "");
      const id = handles.get(bare.toLowerCase());
      return id ? `${before}<@${id}>${handle.slice(bare.length)}` : all;
    })
    .replace(/(^|[\s(])#([\w-]+)/g, (all, before: string, name: string) => {
      const channel = [...world.channels.values()].find((one) => !one.dmWith && one.name === name);
      return channel ? `${before}<#${channel.id}|${channel.name}>` : all;
    });
}

/** A message's text as its author would type it again; `typedText` turns it back. */
export function untypedText(world: World, text: string): string {
  const handles = new Map(world.people.map((person) => [person.id, person.name]));
  handles.set(world.app.userId, world.app.name);
  return unescapeText(
    text
      .replace(/<@([A-Z0-9]+)(?:\|[^>]*)?>/g, (all, id: string) =>
        handles.has(id) ? `@${handles.get(id)}` : all,
      )
      .replace(/<#[A-Z0-9]+\|([^>]*)>/g, "#$1")
      .replace(/<(https?:[^>|]+)(?:\|[^>]*)?>/g, "$1"),
  );
}
