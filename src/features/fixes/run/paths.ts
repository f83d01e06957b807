/** Whether a path is meant by one of some globs, or of some plain names, which mean all below them. */
export const matchesTarget = (globs: readonly string[], path: string): boolean =>
  path !== "" &&
  globs.some((glob) => {
    const plain = glob.replace(/\/+$/, "");
    if (!/[*?[{]/.test(plain)) return path === plain || path.startsWith(`${plain}/`);
    return new Bun.Glob(glob).match(path);
  });
