import { expect, test } from "bun:test";
import { systemClock } from "../../../src/kernel/clock.ts";
import { TransientError } from "../../../src/kernel/errors.ts";
import { createIdentity } from "../../../src/outbound/github/identity.ts";

test("a GitHub that takes a request and never answers is a passing fault of signing in", async () => {
  const silent = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => new Promise<Response>(() => {}) });
  try {
    const at = { apiUrl: `${silent.url}api/v3`, webUrl: silent.url.origin };
    const app = { clientId: "c", clientSecret: "s", clock: systemClock, timeoutMs: 100 };
    const { device, web } = createIdentity({ ...at, ...app });
    await expect(device?.begin()).rejects.toThrow(TransientError);
    await expect(device?.outcome("code")).rejects.toThrow(TransientError);
    await expect(web?.login("code", "https://flaky.example.com")).rejects.toThrow(TransientError);
  } finally {
    await silent.stop(true);
  }
});
