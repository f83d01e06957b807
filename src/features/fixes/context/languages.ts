/** What is known of a language without parsing it. Expressions run on whole files: each is linear on one line. */
export interface Language {
  name: string;
  isTest: (path: string) => boolean;
  /** Definitions, with the groups `name` and, for methods, `owner` and what it calls itself, `self`. */
  definitions: readonly RegExp[];
  /** Files of one folder see each other without an import. */
  sharesFolder: boolean;
  /** Other endings that a file may have which an import leaves out. */
  endings: readonly string[];
}

const TEST_FOLDER = /(?:^|\/)(?:tests?|__tests__|spec|specs)\//;

const GO: Language = {
  name: "go",
  isTest: (path) => path.endsWith("_test.go"),
  definitions: [
    /^func \((?:(?<self>\w+) )?\*?(?<owner>\w+)(?:\[[^\]\n]{0,80}\])?\) (?<name>\w+)/gm,
    /^func (?<name>\w+)/gm,
    /^type (?<name>\w+)/gm,
    /^(?:var|const) (?<name>\w+)/gm,
    /^\t(?<name>[A-Z]\w+) {0,80}(?:[\w.*[\]]{1,80} )?=/gm,
  ],
  sharesFolder: true,
  endings: [".go"],
};

const SCRIPT: Language = {
  name: "script",
  isTest: (path) => /[._-](?:test|spec)s?\.[cm]?[jt]sx?$/.test(path) || TEST_FOLDER.test(path),
  definitions: [
    /^[ \t]{0,40}(?:export )?(?:default )?(?:async )?function\*? ?(?<name>[\w$]+)/gm,
    /^[ \t]{0,40}(?:export )?(?:default )?(?:abstract )?(?:class|interface|enum|type) (?<name>[\w$]+)/gm,
    /^(?:export )?(?:const|let|var) (?<name>[\w$]+)/gm,
    /^[ \t]{1,40}(?:(?:public|private|protected|static|async|get|set|override) ){0,4}(?<name>[\w$#]+)\([^\n]{0,300}\{$/gm,
  ],
  sharesFolder: false,
  endings: [".ts", ".tsx", ".mts", ".cts", ".js", ".jsx", ".mjs", ".cjs", ".vue", ".svelte"],
};

const PYTHON: Language = {
  name: "python",
  isTest: (path) => /(?:^|\/)(?:test_[^/]*|[^/]*_tests?|conftest)\.py$/.test(path) || TEST_FOLDER.test(path),
  definitions: [
    /^[ \t]{0,40}(?:async )?def (?<name>\w+)/gm,
    /^[ \t]{0,40}class (?<name>\w+)/gm,
    /^(?<name>\w+) ?=[^=]/gm,
  ],
  sharesFolder: false,
  endings: [".py"],
};

const JVM: Language = {
  name: "jvm",
  isTest: (path) =>
    /(?:Tests?|IT|Spec|Suite|TestCase)\.(?:java|kt|scala|groovy|cs)$/.test(path) ||
    /\/src\/test\//.test(path),
  definitions: [
    /^[ \t]{0,40}(?:[a-z]{1,20} ){0,5}(?:class|interface|enum|record|object|trait|struct) (?<name>\w+)/gm,
    /^[ \t]{1,40}(?:[a-z]{1,20} ){0,5}(?:fun|def) (?<name>\w+)/gm,
    /^[ \t]{1,40}(?:(?:public|private|protected|internal|static|final|synchronized|abstract|override|async|virtual) ){0,5}[\w<>[\],.?]{1,120} (?<name>\w+)\([^\n;]{0,300}$/gm,
  ],
  sharesFolder: true,
  endings: [".java", ".kt", ".scala", ".groovy", ".cs"],
};

const RUST: Language = {
  name: "rust",
  isTest: (path) => TEST_FOLDER.test(path) || /(?:^|[/_])tests?\.rs$/.test(path),
  definitions: [
    /^[ \t]{0,40}(?:pub(?:\([\w:]{1,40}\))? )?(?:const )?(?:async )?(?:unsafe )?fn (?<name>\w+)/gm,
    /^[ \t]{0,40}(?:pub(?:\([\w:]{1,40}\))? )?(?:struct|enum|trait|type|const|static) (?<name>\w+)/gm,
    /^[ \t]{0,40}macro_rules! (?<name>\w+)/gm,
  ],
  sharesFolder: false,
  endings: [".rs"],
};

const RUBY: Language = {
  name: "ruby",
  isTest: (path) => /(?:_spec|_test|\/test_[^/]*)\.(?:rb|exs)$/.test(path) || TEST_FOLDER.test(path),
  definitions: [
    /^[ \t]{0,40}defp? (?:self\.)?(?<name>\w+[?!]?)/gm,
    /^[ \t]{0,40}(?:class|module|defmodule) (?:\w+(?:::|\.)){0,8}(?<name>\w+)/gm,
  ],
  sharesFolder: false,
  endings: [".rb", ".ex", ".exs"],
};

const PHP: Language = {
  name: "php",
  isTest: (path) => /Test\.php$/.test(path) || TEST_FOLDER.test(path.toLowerCase()),
  definitions: [
    /^[ \t]{0,40}(?:(?:public|private|protected|static|final|abstract) ){0,4}function &?(?<name>\w+)/gm,
    /^(?:(?:final|abstract|readonly) ){0,2}(?:class|interface|trait|enum) (?<name>\w+)/gm,
  ],
  sharesFolder: true,
  endings: [".php"],
};

const NATIVE: Language = {
  name: "native",
  isTest: (path) =>
    /(?:[._-](?:unit)?tests?|Tests?)\.(?:c|cc|cpp|cxx|m|mm|swift)$/.test(path) || TEST_FOLDER.test(path),
  definitions: [
    /^(?:TYPED_|TEST_)?TEST(?:_[FP])?\((?<owner>\w+), ?(?<name>\w+)\)/gm,
    /^[ \t]{0,40}(?:class|struct|enum|extension|protocol) (?<name>\w+)/gm,
    /^[ \t]{0,40}(?:[a-z@]{1,20} ){0,4}func (?<name>\w+)/gm,
    /^[A-Za-z_][\w:<>*& ]{0,120}[ *&:](?<name>~?\w+)\([^\n;]{0,300}$/gm,
  ],
  sharesFolder: false,
  endings: [".h", ".hpp", ".hh", ".c", ".cc", ".cpp", ".cxx", ".m", ".mm", ".swift"],
};

const BY_ENDING = new Map(
  [GO, SCRIPT, PYTHON, JVM, RUST, RUBY, PHP, NATIVE].flatMap((language) =>
    language.endings.map((ending) => [ending, language] as const),
  ),
);

/** The language of a file by its ending; undefined for what is no code. */
export function languageOf(path: string): Language | undefined {
  const dot = path.lastIndexOf(".");
  return dot < 0 ? undefined : BY_ENDING.get(path.slice(dot));
}

/** Endings of all files that count as code, without the dot. */
export const CODE_ENDINGS: readonly string[] = [...BY_ENDING.keys()].map((ending) => ending.slice(1));

/** Whether a file is code that tests, by where it lies and what it is called. */
export const isTestFile = (path: string): boolean =>
  (languageOf(path)?.isTest(path) ?? false) || TEST_FOLDER.test(path);

/** The folder of a path; empty for the root. */
export const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf("/")));

/** A path's last part, without its ending. */
export const stemOf = (path: string): string => (path.split("/").pop() ?? "").replace(/\.\w+$/, "");
