/** A file's beginning without what may stand before its first mark. */
export const textOf = (head: string): string => head.replace(/^\uFEFF/, "").trimStart();

/** Whether a file begins as reports do; only then is what reads them loaded. */
export const mayBeReport = (head: string): boolean =>
  /^<(?:\?xml|!--|!DOCTYPE|(?:[\w.-]+:)?(?:testsuites?|TestRun)[\s/>])/.test(textOf(head));

/** The encoding that XML declares, where it is none of Unicode's: those are told by their bytes. */
export function declaredEncoding(head: string): string | undefined {
  const name = /^<\?xml[^>]{0,100}\sencoding\s*=\s*["']([\w.:-]{1,40})["']/.exec(textOf(head))?.[1];
  return name === undefined || /^utf|^ucs|^iso-10646/i.test(name) ? undefined : name;
}
