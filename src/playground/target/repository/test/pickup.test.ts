import { describe, expect, test } from "bun:test";
import { PickupDesk, villageCarrier } from "../src/pickup.ts";
import { until } from "./support/until.ts";

describe("pickup desk", () => {
  test("has no hour before it asked", () => {
    expect(new PickupDesk(villageCarrier).hourOf("A-7")).toBeUndefined();
  });

  test("notes the hour the carrier confirms", async () => {
    const desk = new PickupDesk(villageCarrier);
    desk.request("A-7");
    await Bun.sleep(25);
    expect(desk.hourOf("A-7")).toBe("08:00");
  });

  test("asks for each order on its own", async () => {
    const desk = new PickupDesk({ book: async (id) => (id === "A-8" ? "09:00" : "10:00") });
    desk.request("A-8");
    desk.request("A-9");
    await until(() => desk.hourOf("A-9") !== undefined);
    expect(desk.hourOf("A-8")).toBe("09:00");
  });
});
