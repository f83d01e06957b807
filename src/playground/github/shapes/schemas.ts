import type { components } from "@octokit/openapi-types";

/** GitHub's published shapes of its answers. */
export type Schemas = components["schemas"];

/** An opaque id of the GraphQL interface: the kind and number, in base 64. */
export const nodeId = (kind: string, id: number): string =>
  Buffer.from(`${kind}:${id}`, "utf8").toString("base64");

/** Reads a `nodeId` back; null when it is none of that kind. */
export const fromNodeId = (kind: string, value: string): number | null => {
  const [found, id] = Buffer.from(value, "base64").toString("utf8").split(":");
  return found === kind && id !== undefined ? Number(id) : null;
};
