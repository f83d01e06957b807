import { z } from "zod";
import { type Config, forgeOf, repoConfig } from "../config/index.ts";

const Named = z.looseObject({ repository: z.looseObject({ full_name: z.string() }) });

/**
 * False for a webhook that speaks of a repository on another forge than the one whose secret it was signed with: whoever
 * knows the one secret must not speak for the people of the other.
 */
export function fromOwnForge(config: Config, source: string, payload: unknown): boolean {
  const { data } = Named.safeParse(payload);
  const settings = data === undefined ? undefined : repoConfig(config, data.repository.full_name);
  return settings === undefined || forgeOf(config, settings) === source;
}
