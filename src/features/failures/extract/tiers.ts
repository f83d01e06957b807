import { noFTL } from "bun:jsc";

const spared = new Set<object>();

/**
 * Keeps the last stage of compilation from some functions: it takes longer than all the time they run, even for a
 * log of some hundred megabytes.
 */
export function spare(...functions: readonly ((...given: never[]) => unknown)[]): void {
  // its type has no parameter
  for (const one of functions) Reflect.apply(noFTL, undefined, [one]);
}

/** The same for all methods of an object's class and of those it extends. */
export function spareMethods(object: object): void {
  for (
    let of: object | null = Object.getPrototypeOf(object);
    of !== null && of !== Object.prototype && !spared.has(of);
    of = Object.getPrototypeOf(of)
  ) {
    spared.add(of);
    for (const { value, get } of Object.values(Object.getOwnPropertyDescriptors(of))) {
      if (typeof value === "function") spare(value);
      if (get !== undefined) spare(get);
    }
  }
}
