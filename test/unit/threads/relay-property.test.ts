import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type Database, openDatabase } from "../../../db/client.ts";
import { freshDatabase } from "../../harness/database.ts";
import { ModelRelay } from "../../harness/relay-model.ts";
import { ServiceRelay } from "../../harness/relay-service.ts";
import type { Sides } from "../../harness/relay-sides.ts";
import { type Relay, talk } from "../../harness/relay-talk.ts";

/** More of them: `bun bench/relay.ts`. */
const MODELLED = 2000;
const STORED = 20;

async function all(
  count: number,
  steps: number,
  relayOf: (sides: Sides) => Relay | Promise<Relay>,
): Promise<void> {
  for (let seed = 1; seed <= count; seed += 1) {
    const faults = await talk(seed, relayOf, steps).catch((error: unknown) => String(error));
    expect(faults === "" ? "" : `seed ${seed}: ${faults}`).toBe("");
  }
}

describe("both sides show the same conversation, and nothing twice", () => {
  test(`in ${MODELLED} talks, by the decisions alone`, () =>
    all(MODELLED, 40, (sides) => new ModelRelay(sides)));

  describe("on the database", () => {
    let database: Database;
    beforeAll(async () => {
      const fresh = await freshDatabase("pglite");
      if ("url" in fresh) throw new Error("not the embedded database");
      database = await openDatabase({ url: null, dataDir: "memory://", ...fresh });
    }, 60_000);
    afterAll(() => database.close(), 60_000);

    test(
      `in ${STORED} talks`,
      () => all(STORED, 20, (sides) => ServiceRelay.on(database.db, sides)),
      120_000,
    );
  });
});
