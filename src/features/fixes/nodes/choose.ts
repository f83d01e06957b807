import type { Config } from "../../../config/index.ts";
import type { NodeHealth } from "../../../ports/nodes.ts";

export type NodeSettings = Config["file"]["nodes"][number];

/** Nodes of the settings that have all of the labels; none without a secret to sign with. */
export const nodesFor = (config: Config, labels: readonly string[]): NodeSettings[] =>
  config.env.NODE_SECRET === undefined
    ? []
    : config.file.nodes.filter((node) => labels.every((label) => node.labels.includes(label)));

export interface Candidate {
  node: NodeSettings;
  health: NodeHealth;
  /** Attempts that the service believes to run there. */
  given: number;
}

/** The addresses with room, the least loaded first; of two alike the one that stands first in the settings. */
export function byLoad(candidates: readonly Candidate[]): string[] {
  return candidates
    .map(({ node, health, given }) => ({
      url: node.url,
      load: Math.max(given, health.tasks.length) / Math.min(node.capacity, health.capacity),
    }))
    .filter(({ load }) => load < 1)
    .sort((a, b) => a.load - b.load)
    .map(({ url }) => url);
}
