import { flakyTests } from "../../target/index.ts";
import { failureOf, testBody } from "../lines.ts";
import { leafOf } from "../test-name.ts";
import { deadline } from "./deadline.ts";
import type { Pattern } from "./pattern.ts";
import { race } from "./race.ts";
import { sharedState } from "./shared-state.ts";

export type { Edit, Pattern } from "./pattern.ts";

const patterns: readonly Pattern[] = [race, sharedState, deadline];

/** The pattern a test's code shows, in its file or in material that quotes its code or its failure; else null. */
export function recognise(material: string, test: string): Pattern | null {
  const places = [testBody(material, test), failureOf(material, test)].filter((place) => place !== "");
  for (const place of places) {
    const found = patterns.find((pattern) => pattern.shows(place));
    if (found) return found;
  }
  return null;
}

/** As `recognise`; where the material quotes neither code nor failure, by the test's name. */
export function recall(material: string, test: string): Pattern | null {
  const known = flakyTests.find((flaky) => leafOf(flaky.test) === leafOf(test));
  return recognise(material, test) ?? patterns.find(({ kind }) => kind === known?.kind) ?? null;
}

/** The pattern whose remedy a test's file already has; null when it has none. */
export function remedied(file: string, body: string): Pattern | null {
  const own = patterns.find((pattern) => pattern.remedy.test(body));
  return own ?? (sharedState.remedy.test(file) ? sharedState : null);
}
