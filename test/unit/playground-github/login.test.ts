import { afterAll, beforeAll, expect, test } from "bun:test";
import { z } from "zod";
import { type Stage, startStage } from "./world.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
});
afterAll(() => stage.stop());

const Code = z.object({ device_code: z.string(), user_code: z.string(), verification_uri: z.string() });
const Token = z.object({ access_token: z.string().optional(), error: z.string().optional() });

const ask = async (path: string, fields: Record<string, string>): Promise<unknown> => {
  const response = await fetch(stage.github.origin + path, {
    method: "POST",
    headers: { accept: "application/json" },
    body: new URLSearchParams({ client_id: "app", ...fields }),
  });
  return response.json();
};
const exchange = async (fields: Record<string, string>) =>
  Token.parse(await ask("/login/oauth/access_token", fields));
const confirm = (path: string, fields: Record<string, string>) =>
  fetch(stage.github.origin + path, {
    method: "POST",
    redirect: "manual",
    headers: { cookie: "playground_login=tina", origin: stage.github.origin },
    body: new URLSearchParams(fields),
  });
const whose = async (token: string | undefined) => {
  const headers = { authorization: `Bearer ${token}` };
  return z
    .object({ login: z.string() })
    .parse(await (await fetch(`${stage.github.apiUrl}/user`, { headers })).json());
};

test("the device flow waits for a person, then names them, once", async () => {
  const { device_code, user_code, verification_uri } = Code.parse(await ask("/login/device/code", {}));
  expect((await fetch(verification_uri)).status).toBe(200);
  expect(await exchange({ device_code })).toMatchObject({ error: "authorization_pending" });
  await confirm("/login/device", { user_code: "WRONG" });
  expect(await exchange({ device_code })).toMatchObject({ error: "authorization_pending" });
  await confirm("/login/device", { user_code });
  const { access_token } = await exchange({ device_code });
  expect(await whose(access_token)).toEqual({ login: "tina" });
  expect(await exchange({ device_code })).toMatchObject({ error: "bad_verification_code" });
});

test("the web flow sends the browser back with a code and the state", async () => {
  const answer = await confirm("/login/oauth/authorize", {
    redirect_uri: "http://app.test/back",
    state: "s1",
  });
  const back = new URL(answer.headers.get("location") ?? "");
  expect(back.searchParams.get("state")).toBe("s1");
  const { access_token } = await exchange({ code: back.searchParams.get("code") ?? "", client_secret: "x" });
  expect(await whose(access_token)).toEqual({ login: "tina" });
});
