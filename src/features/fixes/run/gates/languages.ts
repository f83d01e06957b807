/** What the line rules know of a language. Each expression is tried on one line without its comment. */
export interface Language {
  name: string;
  extensions: readonly string[];
  /** Files that hold tests. */
  testFile: RegExp;
  comment: RegExp;
  /** A line that declares a test; group 1 is its name where it can be read. */
  testDeclaration: RegExp;
  skip: RegExp;
  assertion: RegExp;
  alwaysTrue: RegExp;
  /** A comparison that says less than equality. */
  weak: RegExp;
  sleep: RegExp;
  /** Waits until something holds, within a bound. */
  wait: RegExp;
  retry: RegExp;
  swallow: RegExp;
  lock: RegExp;
}

const JS: Language = {
  name: "javascript",
  extensions: ["ts", "tsx", "mts", "cts", "js", "jsx", "mjs", "cjs"],
  testFile: /(?:^|\/)(?:__tests__|tests?|spec|e2e)\/|[._-](?:test|spec)\.[cm]?[jt]sx?$/,
  comment: /^\s*(?:\/\/|\/\*|\*(?=[\s/]|$)).*$|\s\/\/(?!\S*["'`]).*$/,
  testDeclaration: /^\s*(?:it|test|specify|describe)(?:\.\w+)*\s*(?:\([^)]*\)\s*)?\(\s*(["'`].*?["'`])/,
  skip: /\b(?:it|test|describe|suite|context|specify|t)\s*\.\s*(?:skip|todo|fixme|failing|fails|skipIf|runIf|if|todoIf|only)\b|\b(?:xit|xtest|xdescribe|fit|fdescribe|pending)\s*\(|\b(?:this|ctx|t|context)\.skip\s*\(|\bskip:\s*(?:true|["'`])|\btodo:\s*true/,
  assertion:
    /\bexpect(?:\.\w+)?\s*\(|\bassert(?:\.\w+)*\s*\(|\.should\b|\bt\.(?:is|deepEqual|true|false|throws|equal)\s*\(/,
  alwaysTrue:
    /\bexpect\(\s*(true|1)\s*\)\.(?:toBe|toEqual)\(\s*\1\s*\)|\bexpect\(\s*(?:true|1)\s*\)\.toBeTruthy\(|\bassert(?:\.ok)?\(\s*(?:true|1)\s*[,)]/,
  weak: /\.(?:toBeDefined|toBeTruthy|toBeGreaterThanOrEqual|toBeLessThanOrEqual|toBeGreaterThan|toBeLessThan|toContain|toMatchObject|toBeCloseTo)\(|expect\.any(?:thing)?\(/,
  sleep:
    /\bsetTimeout\s*\(\s*(?:\w+|\(\s*\)\s*=>\s*\w+\(\s*\))\s*,|\b(?:sleep|delay|wait|pause|setTimeout)\s*\(\s*[\d_*\s]+\)|\bBun\.sleep(?:Sync)?\s*\(|\bwaitForTimeout\s*\(|\bcy\.wait\s*\(\s*\d/,
  wait: /\b(?:waitFor(?!Timeout)\w*|eventually|pollUntil|until|poll|vi\.waitUntil|findBy\w+)\s*\(|\bexpect\.poll\s*\(/i,
  retry: /\bretr(?:y|ies)\b|\bretryTimes\s*\(|\brerun|\battempts?\b\s*[:<]|\brepeats\s*:/i,
  swallow:
    /\bcatch\s*(?:\([^)]*\))?\s*\{\s*\}|\.catch\(\s*\(\s*\w*\s*\)\s*=>\s*(?:\{\s*\}|undefined|null|void 0)\s*\)/,
  lock: /\b(?:mutex|semaphore|lock|atomics|withLock|acquire|release)\b/i,
};

const GO: Language = {
  name: "go",
  extensions: ["go"],
  testFile: /_test\.go$|(?:^|\/)(?:testutil|testutils|testdata|mock|mocks|mockcluster|tests?)\//,
  comment: /^\s*(?:\/\/(?!go:build|\s*\+build)|\/\*|\*(?=[\s/]|$)).*$|\s\/\/.*$/,
  testDeclaration:
    /^\s*func\s+(?:\([^)]*\)\s*)?((?:Test|Benchmark|Fuzz|Example)\w*)\s*\(|^\s*t\.Run\(\s*("[^"]*")/,
  skip: /\b\w+(?:\.T\(\))?\.Skip(?:f|Now)?\s*\(|^\s*\/\/go:build\b|^\s*\/\/\s*\+build\b|\btesting\.Short\(\)/,
  assertion:
    /\b(?:re|require|assert|suite|s|r|c|must|is|a|req)\.(?:\w+\(\)\.)?(?:No?t?[A-Z]\w*|[A-Z]\w*)\s*\(|\bt\.(?:Error|Fatal|Fail)\w*\s*\(|\btestutil\.\w*Check\w*\(/,
  alwaysTrue:
    /\.True\(\s*(?:\w+,\s*)?true\s*[,)]|\.False\(\s*(?:\w+,\s*)?false\s*[,)]|\.Equal\(\s*(?:t,\s*)?(\w+),\s*\1\s*\)/,
  weak: /\.(?:NotNil|NotEmpty|GreaterOrEqual|LessOrEqual|Greater|Less|Contains|InDelta|InEpsilon|WithinDuration|Subset)\s*\(/,
  sleep: /\btime\.Sleep\s*\(|<-\s*time\.After\s*\(/,
  wait: /\bEventually\w*\s*\(|\bWait(?:Until|For)\w*\s*\(|\bwait\.Poll\w*\(|\.Wait\(\)|<-\s*\w+/,
  retry: /\bretr(?:y|ies)\b|\bRetry\w*\s*\(|\bmaxAttempts?\b/i,
  swallow: /^\s*_\s*(?:,\s*_\s*)?=\s*\w[\w.]*\(.*\)\s*$|\brecover\(\)/,
  lock: /\bsync\.|\batomic\.|\b\w*(?:mu|Mu|mutex|Mutex|lock|Lock)\b|\.R?(?:Unl|L)ock\(\)/,
};

const PYTHON: Language = {
  name: "python",
  extensions: ["py", "pyi"],
  testFile: /(?:^|\/)(?:tests?|testing)\/|(?:^|\/)(?:test_[^/]*|[^/]*_test|conftest)\.py$/,
  comment: /^\s*#.*$|\s#.*$/,
  testDeclaration: /^\s*(?:async\s+)?def\s+(test\w*)\s*\(|^\s*class\s+(Test\w*)\b/,
  skip: /\bpytest\.(?:mark\.(?:skip|skipif|xfail)\b|skip\s*\(|xfail\s*\(|importorskip\s*\()|\bunittest\.(?:skip\w*|expectedFailure)|\bself\.skipTest\s*\(|\bcollect_ignore\b|\b__test__\s*=\s*False/,
  assertion: /^\s*assert\b|\bself\.(?:assert\w+|fail)\s*\(|\bpytest\.(?:raises|fail|warns)\s*\(/,
  alwaysTrue: /^\s*assert\s+(?:True|1)\s*(?:,.*)?$|\bassertTrue\(\s*True\b|\bassert\s+\(.+,\s*["'].*\)\s*$/,
  weak: /\bassert(?:IsNotNone|In|GreaterEqual|LessEqual|Greater|Less|AlmostEqual)\s*\(|^\s*assert\s+.*(?:is not None|>=|<=| in )|\bpytest\.approx\(/,
  sleep: /\b(?:time|asyncio|gevent|trio|anyio)\.sleep\s*\(|(?<![.\w])sleep\s*\(/,
  wait: /\bwait_(?:for|until)\w*\s*\(|\bpoll\w*\s*\(|\.wait\(|\.join\(/,
  retry: /\bretr(?:y|ies|ying)\b|\bmark\.flaky\b|@flaky\b|\breruns?\b|\btenacity\b|\bmax_attempts?\b/i,
  swallow: /\bexcept\b[^:]*:\s*pass\b|\bcontextlib\.suppress\s*\(|^\s*pass\s*$/,
  lock: /\b(?:threading|asyncio|multiprocessing)\.(?:R?Lock|Semaphore|Event|Condition|Barrier)\b|\b\w*lock\w*\b/i,
};

const ALL: readonly Language[] = [JS, GO, PYTHON];

/** The language of a path by its ending; null where no rules exist. */
export function languageOf(path: string): Language | null {
  const extension = path.slice(path.lastIndexOf(".") + 1).toLowerCase();
  return ALL.find((language) => language.extensions.includes(extension)) ?? null;
}

/** True for test code and what only tests use. */
export function isTestPath(path: string): boolean {
  if (languageOf(path)?.testFile.test(path)) return true;
  return /(?:^|\/)(?:tests?|__tests__|testdata|fixtures|__fixtures__|__snapshots__)\//.test(path);
}

/** A line without its comment and surrounding space; empty for a line that is only a comment. */
export const codeOf = (language: Language, text: string): string => text.replace(language.comment, "").trim();
