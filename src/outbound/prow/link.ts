/** A page of Spyglass, and where the same build's artifacts lie in the store. */
export interface ProwLink {
  /** Bucket and folder: `logs-bucket/pr-logs/pull/acme_shop/7/pull-unit/1234`. */
  folder: string;
  job: string;
  /** Id of the build, digits; a later build has a greater one. */
  build: string;
  /** The pull request that it tested; null for a batch, or a branch. */
  pull: number | null;
  /** Several pull requests merged together. */
  batch: boolean;
}

const SEGMENT = /^[\w.@+=,-]{1,200}$/;
const PROVIDER = /^[a-z0-9]{1,20}$/;
const BUILD = /^\d{1,20}$/;

/**
 * Reads the address of a Spyglass page: `SITE/view/PROVIDER/BUCKET/…/JOB/BUILD`.
 * @param site where Deck is, without a slash at the end
 * @returns null for any other address, also one that leads out of its folder.
 */
export function parseLink(site: string, url: string): ProwLink | null {
  const parsed = URL.parse(url);
  const start = `${site}/view/`;
  if (parsed === null || !`${parsed.origin}${parsed.pathname}`.startsWith(start)) return null;
  const path = `${parsed.origin}${parsed.pathname}`.slice(start.length).replace(/\/$/, "");
  const [provider = "", ...folder] = path.split("/");
  const safe = folder.every((segment) => SEGMENT.test(segment) && !/^\.+$/.test(segment));
  const build = folder.at(-1) ?? "";
  const job = folder.at(-2) ?? "";
  if (!PROVIDER.test(provider) || !safe || folder.length < 4 || !BUILD.test(build)) return null;
  const at = folder.indexOf("pr-logs");
  const place = at < 0 ? [] : folder.slice(at + 1, -2);
  const batch = place.at(-1) === "batch";
  const pull = batch ? Number.NaN : Number(place.at(-1));
  return {
    folder: folder.join("/"),
    job,
    build,
    pull: Number.isSafeInteger(pull) && pull > 0 ? pull : null,
    batch,
  };
}

/** Whether the first build was started before the second: ids are numbers that grow with time. */
export const compareBuilds = (a: string, b: string): number =>
  a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
