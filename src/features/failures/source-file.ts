/** A test's file as a path in the repository; null when the log gave none, or one from outside. */
export function sourceFile(file: string | null): string | null {
  if (file === null || file.startsWith("/") || file.includes("..")) return null;
  return file.replace(/^\.\//, "");
}
