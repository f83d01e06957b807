import type { Fingerprint } from "../../kernel/ids.ts";
import type { FailureKind } from "./model.ts";

/** What names one way of failing of one test. `signature` is already normalised. */
export interface FingerprintParts {
  readonly repo: string;
  readonly test: string;
  readonly signature: string;
  readonly framework: string;
  /** Set only where the platform belongs to the failure; see `platformBucket`. */
  readonly platform?: string | undefined;
}

/** Fingerprint v1: sha-256 over the parts, joined so that no two lists of parts collide. */
export function fingerprintOf(parts: FingerprintParts): Fingerprint {
  const text = ["v1", parts.repo, parts.test, parts.signature, parts.framework, parts.platform ?? ""]
    .map((part) => `${part.length}:${part}`)
    .join("|");
  // a digest has the form of the brand; reading logs is started often, and zod would be half of it
  return new Bun.CryptoHasher("sha256").update(text).digest("hex") as Fingerprint;
}

/**
 * The operating system's family, for kinds of failure that differ by system. A crash does (each system
 * has its own signals and layouts); an assertion is the same failure wherever it is seen: undefined.
 */
export function platformBucket(platform: string | undefined, kind: FailureKind): string | undefined {
  if (platform === undefined || kind !== "crash") return undefined;
  if (/win/i.test(platform) && !/darwin/i.test(platform)) return "windows";
  if (/mac|darwin|osx/i.test(platform)) return "macos";
  return "linux";
}
