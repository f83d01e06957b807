import type { ExcerptWriter } from "../excerpt.ts";
import { fingerprintOf, platformBucket } from "../fingerprint.ts";
import type { Excerpt, Extraction, ExtractOptions, Failure, InfraSign, SeenTest } from "../model.ts";
import { normalise, signatureOf, withoutRoots } from "../normalise.ts";
import type { Draft, Drafts } from "./draft.ts";
import { kindOf } from "./message.ts";

/** Turns what was collected into the answer: order of the log, dropped drafts gone, fingerprints made. */
export function finish(
  drafts: Drafts,
  infra: readonly InfraSign[],
  lines: number,
  excerpts: ReadonlyMap<Draft, ExcerptWriter>,
  options: ExtractOptions,
): Extraction {
  const kept = drafts.all.filter((draft) => !draft.dropped).sort((a, b) => a.line - b.line);
  const texts = new Map<number, Excerpt>();
  kept.forEach((draft, index) => {
    const writer = excerpts.get(draft);
    if (writer !== undefined) texts.set(index, writer.result());
  });
  const failures = kept.map((draft) => toFailure(draft, options));
  return { failures, infra: [...infra], lines, tests: seenTests(kept, drafts), excerpts: texts };
}

/** The finished form of one draft. */
export function toFailure(draft: Draft, options: ExtractOptions): Failure {
  const kind = draft.kind ?? kindOf(draft.message);
  const signature = draft.signature === undefined ? signatureOf(draft.message) : normalise(draft.signature);
  const platform = platformBucket(options.platform, kind);
  const fingerprint = fingerprintOf({
    repo: options.repo,
    test: nameForFingerprint(draft),
    signature,
    framework: draft.framework,
    platform,
  });
  return {
    test: draft.test,
    ...(draft.suite === undefined ? {} : { suite: draft.suite }),
    ...(draft.package === undefined ? {} : { package: draft.package }),
    ...(draft.file === undefined ? {} : { file: draft.file }),
    framework: draft.framework,
    kind,
    message: draft.message,
    signature,
    fingerprint,
    line: draft.line,
    ...(draft.retriedOk ? { retried_ok: true as const } : {}), // widened to boolean without it
    ...(draft.cascadeOf === undefined ? {} : { cascade_of: draft.cascadeOf }),
  };
}

/** The test's name with its suite. Package and file are left out: logs do not always tell them. */
function nameForFingerprint(draft: Draft): string {
  return withoutRoots(draft.suite === undefined ? draft.test : `${draft.suite} > ${draft.test}`);
}

function seenTests(kept: readonly Draft[], drafts: Drafts): SeenTest[] {
  const failed = new Set(kept.filter((draft) => !draft.retriedOk).map((draft) => draft.test));
  const tests: SeenTest[] = [...drafts.passed.keys()]
    .filter((name) => !failed.has(name))
    .map((name) => ({ name, passed: true }));
  for (const name of failed) tests.push({ name, passed: false });
  return tests;
}
