/** How one run of all tests of a file or package is put into another order. */
export interface Ordered {
  /** A script around the test's line, which is its `"$@"`. */
  wrap: string;
  env: Record<string, string>;
  /** The runner's own word for it. Without that in the output nothing says that the order was another one. */
  says?: RegExp;
  /** What a person adds to have the same order again. */
  repeat: string;
}

/** What a variable holds already stays. */
export const adding = (variable: string, flag: string): string =>
  `export ${variable}="\${${variable}:+$${variable} }${flag}"; exec "$@"`;

/** A file of ours for the runner to load: it goes to the run's own temporary folder, whose name is then `$dir`. */
const withFile = (name: string, variable: string, more: string): string =>
  `dir="\${TMPDIR:-/tmp}/order"; mkdir -p "$dir"; printf %s "$${variable}" >"$dir/${name}"
${more}
unset ${variable}; exec "$@"`;

const PYTEST = `import os
import random


def pytest_collection_modifyitems(items):
    random.Random(int(os.environ["TEST_ORDER_SEED"])).shuffle(items)
`;

/** Python's runner has no such flag of its own, and the plugins for it are seldom there. */
export const pytestOrder = (seed: number): Ordered => ({
  wrap: withFile(
    "test_order_of_run.py",
    "TEST_ORDER",
    `export PYTHONPATH="$dir\${PYTHONPATH:+:$PYTHONPATH}" PYTEST_PLUGINS="test_order_of_run\${PYTEST_PLUGINS:+,$PYTEST_PLUGINS}"`,
  ),
  env: { TEST_ORDER: PYTEST, TEST_ORDER_SEED: String(seed) },
  repeat: `random.Random(${seed}).shuffle(items) in pytest_collection_modifyitems`,
});

const NODE = `const flags = {
  jest: ["--randomize", "--seed=" + process.env.TEST_ORDER_SEED],
  vitest: ["--sequence.shuffle", "--sequence.seed=" + process.env.TEST_ORDER_SEED],
}[require("node:path").basename(process.argv[1] || "").replace(/\\.[cm]?js$/, "")];
if (flags && require("node:worker_threads").isMainThread) {
  const end = process.argv.indexOf("--");
  process.argv.splice(end < 0 ? process.argv.length : end, 0, ...flags);
}
`;

/** Jest (from 29.5) and Vitest take it as flags alone, and a line may call them through a script. */
export const nodeOrder = (runner: "jest" | "vitest", seed: number): Ordered => ({
  wrap: withFile(
    "order.cjs",
    "TEST_ORDER",
    `export NODE_OPTIONS="\${NODE_OPTIONS:+$NODE_OPTIONS }--require=$dir/order.cjs"`,
  ),
  env: { TEST_ORDER: NODE, TEST_ORDER_SEED: String(seed) },
  says: new RegExp(`\\bseed:?\\s+"?${seed}\\b`, "i"),
  repeat: runner === "jest" ? `--randomize --seed=${seed}` : `--sequence.shuffle --sequence.seed=${seed}`,
});

const PHP = `<?php
if (preg_match('/^(?:phpunit|pest)/', basename($_SERVER['argv'][0] ?? ''))) {
    $flags = ['--order-by=random', '--random-order-seed=' . getenv('TEST_ORDER_SEED')];
    array_splice($_SERVER['argv'], 1, 0, $flags);
    $GLOBALS['argv'] = $_SERVER['argv'];
    $GLOBALS['argc'] = $_SERVER['argc'] = count($_SERVER['argv']);
}
`;

export const phpunitOrder = (seed: number): Ordered => ({
  wrap: withFile(
    "order.php",
    "TEST_ORDER",
    `printf 'auto_prepend_file=%s\\n' "$dir/order.php" >"$dir/order.ini"; export PHP_INI_SCAN_DIR="\${PHP_INI_SCAN_DIR:-}:$dir"`,
  ),
  env: { TEST_ORDER: PHP, TEST_ORDER_SEED: String(seed) },
  says: new RegExp(`Random seed:\\s+${seed}\\b`, "i"),
  repeat: `--order-by=random --random-order-seed=${seed}`,
});

/** `mix` reads no variable for it: one of that name goes before it on the path. */
const MIX = `#!/bin/sh
PATH="\${PATH#*:}"
if [ "$1" = test ]; then shift; exec mix test --seed "$TEST_ORDER_SEED" "$@"; fi
exec mix "$@"
`;

export const exunitOrder = (seed: number): Ordered => ({
  wrap: withFile("mix", "TEST_ORDER", `chmod +x "$dir/mix"; export PATH="$dir:$PATH"`),
  env: { TEST_ORDER: MIX, TEST_ORDER_SEED: String(seed) },
  says: new RegExp(`\\bseed:?\\s+${seed}\\b`, "i"),
  repeat: `--seed ${seed}`,
});

export const rspecOrder = (seed: number): Ordered => ({
  wrap: adding("SPEC_OPTS", `--order rand:${seed}`),
  env: {},
  says: new RegExp(`Randomized with seed ${seed}\\b`),
  repeat: `--order rand:${seed}`,
});

export const minitestOrder = (seed: number): Ordered => ({
  wrap: 'exec "$@"',
  env: { SEED: String(seed) },
  says: new RegExp(`--seed ${seed}\\b`),
  repeat: `SEED=${seed}`,
});

export const googletestOrder = (seed: number): Ordered => ({
  wrap: 'exec "$@"',
  env: { GTEST_SHUFFLE: "1", GTEST_RANDOM_SEED: String(seed) },
  says: new RegExp(`with a seed of ${seed}\\b`),
  repeat: `--gtest_shuffle --gtest_random_seed=${seed}`,
});

/** Surefire orders the classes; JUnit 5 their methods, by what every Java machine reads. */
export const surefireOrder = (seed: number): Ordered => {
  const methods = [
    "-Djunit.jupiter.testmethod.order.default=org.junit.jupiter.api.MethodOrderer$Random",
    `-Djunit.jupiter.execution.order.random.seed=${seed}`,
  ].join(" ");
  const classes = `-Dsurefire.runOrder=random -Dsurefire.runOrder.random.seed=${seed}`;
  return {
    wrap: `export MAVEN_OPTS="\${MAVEN_OPTS:+$MAVEN_OPTS }$ORDER_CLASSES" JAVA_TOOL_OPTIONS="\${JAVA_TOOL_OPTIONS:+$JAVA_TOOL_OPTIONS }$ORDER_METHODS"; exec "$@"`,
    env: { ORDER_CLASSES: classes, ORDER_METHODS: methods },
    says: new RegExp(`surefire\\.runOrder\\.random\\.seed=${seed}\\b`),
    repeat: `${classes} ${methods}`,
  };
};
