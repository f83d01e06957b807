/** A file's beginning without what may stand before its first mark. */
export const textOf = (head: string): string => head.replace(/^\uFEFF/, "").trimStart();

/** Whether a file begins as reports do; only then is what reads them loaded. */
export const mayBeReport = (head: string): boolean =>
  /^<(?:\?xml|!--|!DOCTYPE|testsuites?[\s>]|TestRun[\s>])/.test(textOf(head));
