import { fault } from "./fault.ts";

export interface PageArgs {
  first?: number | null;
  after?: string | null;
}

const MOST = 100;

/** A page of a connection; its cursors are positions. Errors as GitHub has them without `first`, or with too many. */
export function pageOf<T>(name: string, items: readonly T[], { first, after }: PageArgs) {
  if (first == null) {
    const message = `You must provide a \`first\` or \`last\` value to properly paginate the \`${name}\` connection.`;
    throw fault("MISSING_PAGINATION_BOUNDARIES", message);
  }
  if (first < 0 || first > MOST) {
    const message = `Requesting ${first} records on the \`${name}\` connection exceeds the \`first\` limit of ${MOST} records.`;
    throw fault("EXCESSIVE_PAGINATION", message);
  }
  const start =
    after == null ? 0 : Number(Buffer.from(after, "base64").toString("utf8").replace("cursor:", ""));
  if (!Number.isSafeInteger(start)) throw fault("INVALID_CURSOR_ARGUMENTS", `\`${after}\` is no cursor.`);
  const end = Math.min(items.length, start + first);
  return {
    nodes: items.slice(start, end),
    pageInfo: {
      endCursor: end > start ? Buffer.from(`cursor:${end}`).toString("base64") : null,
      hasNextPage: end < items.length,
    },
  };
}
