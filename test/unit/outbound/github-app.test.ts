import { expect, test } from "bun:test";
import { generateKeyPairSync } from "node:crypto";
import { IssueNumber, Login, RepoName } from "../../../src/kernel/ids.ts";
import { silentLog } from "../../../src/kernel/log.ts";
import { createGitHub } from "../../../src/outbound/github/index.ts";
import { issueJson } from "./github-support.ts";
import { fault, serve, stoppedClock } from "./support.ts";

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
  publicKeyEncoding: { type: "spki", format: "pem" },
});

const ONE = IssueNumber.parse(1);
const SHOP = {
  default_branch: "main",
  clone_url: "https://github.example/acme/shop.git",
  html_url: "https://github.example/acme/shop",
};

test("an App acts as the installation on each owner, looked up once", async () => {
  using server = serve(({ path }) => {
    const owner = /^\/repos\/(\w+)\/.*\/?installation$/.exec(path)?.[1];
    if (owner !== undefined) return Response.json({ id: owner === "acme" ? 11 : 22 });
    const installation = /^\/app\/installations\/(\d+)\/access_tokens$/.exec(path)?.[1];
    if (installation !== undefined) {
      const expires_at = new Date(Date.now() + 3_600_000).toISOString();
      return Response.json({ token: `ghs_${installation}`, expires_at, permissions: {} }, { status: 201 });
    }
    if (path === "/repos/acme/shop") return Response.json(SHOP);
    return Response.json(path === "/app" ? { slug: "flaky" } : issueJson());
  });
  const app = { id: "99", privateKey };
  const { forge } = createGitHub({ apiUrl: server.url, app, clock: stoppedClock(), log: silentLog });
  for (const repo of ["acme/shop", "acme/till", "other/shop"]) await forge.issue(RepoName.parse(repo), ONE);
  expect(await forge.whoAmI(RepoName.parse("acme/shop"))).toBe(Login.parse("flaky[bot]"));
  const address = await forge.gitUrl(RepoName.parse("acme/shop"), "code");
  expect(address).toBe("https://x-access-token:ghs_11@github.example/acme/shop.git");
  const sent = server.seen.map(
    ({ path, headers }) => `${path} ${headers.get("authorization")?.replace(/bearer .*/, "as the App")}`,
  );
  expect(sent).toEqual([
    "/repos/acme/shop/installation as the App",
    "/app/installations/11/access_tokens as the App",
    "/repos/acme/shop/issues/1 token ghs_11",
    "/repos/acme/till/issues/1 token ghs_11",
    "/repos/other/shop/installation as the App",
    "/app/installations/22/access_tokens as the App",
    "/repos/other/shop/issues/1 token ghs_22",
    "/app as the App",
    "/repos/acme/shop token ghs_11",
  ]);
});

test("an App that is not installed is refused, and found once it is", async () => {
  using server = serve(({ path }, count) => {
    if (count === 1) return Response.json({ message: "Not Found" }, { status: 404 });
    if (path.endsWith("/installation")) return Response.json({ id: 11 });
    return path.endsWith("/access_tokens")
      ? Response.json({ token: "ghs_11", expires_at: "2099-01-01T00:00:00Z" }, { status: 201 })
      : Response.json(issueJson());
  });
  const app = { id: "99", privateKey };
  const { forge } = createGitHub({ apiUrl: server.url, app, clock: stoppedClock(), log: silentLog });
  const repo = RepoName.parse("acme/shop");
  const error = await fault(forge.issue(repo, ONE));
  expect(error).toMatchObject({ status: 404 });
  expect(error.message).toBe("GET /repos/acme/shop/installation: 404 Not Found");
  expect(await forge.issue(repo, ONE)).toMatchObject({ number: 7 });
});
