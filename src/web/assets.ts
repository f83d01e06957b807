import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Context } from "hono";

interface Asset {
  path: string;
  type: string;
  body: string;
}

function load(name: string, type: string, files: readonly string[]): Asset {
  const body = files.map((file) => readFileSync(join(import.meta.dir, "assets", file), "utf8")).join("\n");
  const hash = createHash("sha256").update(body).digest("hex").slice(0, 12);
  return { path: `/assets/${name.replace(".", `.${hash}.`)}`, type, body };
}

/** The style sheet and the script, read once; their names change with their content. */
export const STYLE = load("console.css", "text/css; charset=utf-8", [
  "base.css",
  "layout.css",
  "tables.css",
  "finding.css",
  "charts.css",
  "acts.css",
  "prs.css",
]);
export const SCRIPT = load("console.js", "text/javascript; charset=utf-8", ["console.js", "prs.js"]);

const byPath = new Map([STYLE, SCRIPT].map((asset) => [asset.path, asset]));

/** Answers `/assets/*`; a name of an older version is 404. */
export function serveAsset(c: Context): Response {
  const asset = byPath.get(c.req.path);
  if (asset === undefined) return c.text("Not found", 404);
  return c.body(asset.body, 200, {
    "Content-Type": asset.type,
    "Cache-Control": "public, max-age=31536000, immutable",
  });
}
