/** Lateness of a desk's carrier, ms; the tests of the target wait 25 of them. */
const LATE_MS = 60;

/** The CI of these desks. Files are named: their order in a folder is the file system's. */
export const workflowOf = (names: readonly string[]): string => `name: Test

on:
  push:
    branches: [main]
  pull_request:

jobs:
  unit:
    name: unit
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - name: Fetch the price list
        run: sh .ci/fetch.sh
      - name: Unit tests
        run: bun test ${names.map((name) => `./test/${name}.test.ts`).join(" ")}
`;

/** A shell starts in no time, and this is run hundreds of times. */
const FETCH = `if [ -e .ci/mirror ]; then
  echo "error: request to http://prices.invalid/ failed, reason: getaddrinfo ENOTFOUND prices.invalid" >&2
  exit 1
fi
`;

/**
 * What \`bun test\` says of a desk's file outside of CI, which follows from one line of it. A proof has twenty runs and
 * more, and most of the time of each is bun's start.
 */
const TOLD = `file=$1
desk=$(basename "$file" .test.ts)
name="pickup desk > notes the hour of the $desk carrier"
echo "bun test, as told by the file"
echo
echo "$file:"
if grep -q "await Bun.sleep(25)" "$file"; then
  echo "error: expect(received).toBe(expected)"
  echo
  echo 'Expected: "08:00"'
  echo "Received: undefined"
  echo
  echo "      at <anonymous> ($PWD/$file:10:32)"
  echo "(fail) $name [31.00ms]"
  exit 1
fi
echo "(pass) $name [31.00ms]"
`;

/** A proof's runs are told by the file; the whole file really runs, once. */
export const quickToolchain = { test: "sh .ci/told.sh {file}", suite: "bun test {file}" };

const PICKUP = `import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface Carrier {
  book(orderId: string): Promise<string>;
}

/** Asks the carrier in the background; \`hourOf\` has the answer when it came. */
export class PickupDesk {
  private readonly hours = new Map<string, string>();

  constructor(private readonly carrier: Carrier) {}

  request(orderId: string): void {
    void this.carrier.book(orderId).then((hour) => this.hours.set(orderId, hour));
  }

  hourOf(orderId: string): string | undefined {
    return this.hours.get(orderId);
  }
}

const LATE = join(import.meta.dir, "../.ci/late");

/** In CI late in the attempts that a file of .ci/late names, outside of it always. */
function isLate(name: string): boolean {
  const attempt = Number(process.env.GITHUB_RUN_ATTEMPT ?? 0);
  if (attempt === 0) return true;
  return readdirSync(LATE).some((file) => {
    const late: number[] = JSON.parse(readFileSync(join(LATE, file), "utf8"))[name] ?? [];
    return late.includes(attempt);
  });
}

export const carrierOf = (name: string): Carrier => ({
  async book() {
    if (isLate(name)) await Bun.sleep(${LATE_MS});
    return "08:00";
  },
});
`;

const UNTIL = `/** Waits until \`condition\` holds; throws when it still does not after \`limitMs\`. */
export async function until(condition: () => boolean, limitMs = 4_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!condition()) {
    if (performance.now() > end) throw new Error(\`condition not met within \${limitMs} ms\`);
    await Bun.sleep(1);
  }
}
`;

const testOf = (name: string): string => `import { describe, expect, test } from "bun:test";
import { carrierOf, PickupDesk } from "../src/pickup.ts";
import { until } from "./support/until.ts";

describe("pickup desk", () => {
  test("${leaf(name)}", async () => {
    const desk = new PickupDesk(carrierOf("${name}"));
    desk.request("A-7");
    await Bun.sleep(25);
    expect(desk.hourOf("A-7")).toBe("08:00");
  });

  test("asks the ${name} carrier for each order", async () => {
    const desk = new PickupDesk({ book: async (id) => (id === "A-8" ? "09:00" : "10:00") });
    desk.request("A-8");
    await until(() => desk.hourOf("A-8") !== undefined);
    expect(desk.hourOf("A-8")).toBe("09:00");
  });
});
`;

const leaf = (name: string): string => `notes the hour of the ${name} carrier`;

const PARCEL = `/** The street on a parcel's label, in capitals. */
export const streetOf = (parcel: any): string => parcel.label.street.toUpperCase();
`;

/** Name of a desk's test, as `bun test` prints it. */
export const testNameOf = (name: string): string => `pickup desk > ${leaf(name)}`;

/** File that decides, for one branch, in which attempts which desks fail: `{"north":[1]}`. */
export const lateFile = (branch: string, late: Record<string, number[]>): Record<string, string> => ({
  [`.ci/late/${branch.replaceAll("/", "-")}.json`]: `${JSON.stringify(late)}\n`,
});

/**
 * A small repository with one test for each name, whose outcome in CI is decided by what is committed: equal on every
 * machine and in every run. Outside of CI they fail until they are fixed.
 */
export const lightTarget = (names: readonly string[], prow = false): Record<string, string> => ({
  [prow ? ".prow/test.yml" : ".github/workflows/test.yml"]: workflowOf(names),
  ".ci/fetch.sh": FETCH,
  ".ci/told.sh": TOLD,
  "package.json": `${JSON.stringify({ name: "orchard", type: "module", private: true })}\n`,
  "README.md": "# Orchard\n",
  "src/pickup.ts": PICKUP,
  "test/support/until.ts": UNTIL,
  ...lateFile("main", {}),
  ...(prow ? { "src/parcel.ts": PARCEL } : {}),
  ...Object.fromEntries(names.map((name) => [`test/${name}.test.ts`, testOf(name)])),
});
