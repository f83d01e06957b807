import { hasLevel } from "../auth.ts";
import type { Account } from "../model.ts";
import type { World } from "../world.ts";
import { nodeId, type Schemas } from "./schemas.ts";

/** A user as they stand inside other answers; a login without an account is taken for an organisation. */
export const userShape = (world: World, login: string): Schemas["simple-user"] => {
  const account = world.account(login);
  const id = account?.id ?? 900_000;
  const url = `${world.api}/users/${login}`;
  return {
    login: account?.login ?? login,
    id,
    node_id: nodeId("User", id),
    avatar_url: `${world.origin}/-/avatar/${login}.svg`,
    gravatar_id: "",
    url,
    html_url: `${world.origin}/${login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: account ? "User" : "Organization",
    site_admin: false,
  };
};

/** The same for a field that may be empty. */
export const userOrNull = (world: World, login: string | null): Schemas["nullable-simple-user"] =>
  login === null ? null : userShape(world, login);

/** A user's own page of facts. */
export const publicUserShape = (world: World, account: Account): Schemas["public-user"] => ({
  ...userShape(world, account.login),
  name: account.name,
  company: null,
  blog: "",
  location: null,
  email: account.email,
  hireable: null,
  bio: null,
  public_repos: world.repos.size,
  public_gists: 0,
  followers: 0,
  following: 0,
  created_at: "2020-01-01T00:00:00Z",
  updated_at: "2020-01-01T00:00:00Z",
});

/** What a right is called in the two fields of the permission endpoint. */
export const permissionShape = (
  world: World,
  account: Account,
): Schemas["repository-collaborator-permission"] => {
  const plain = {
    admin: "admin",
    maintain: "write",
    write: "write",
    triage: "read",
    read: "read",
    none: "none",
  };
  return {
    permission: plain[account.permission],
    role_name: account.permission,
    user: {
      ...userShape(world, account.login),
      permissions: rightsShape(account),
      role_name: account.permission,
    },
  };
};

/** Somebody's rights as the flags a repository carries. */
export const rightsShape = (account: Account | null) => ({
  admin: hasLevel(account, "admin"),
  maintain: hasLevel(account, "maintain"),
  push: hasLevel(account, "write"),
  triage: hasLevel(account, "triage"),
  pull: hasLevel(account, "read"),
});

/** How an author stands to the repository. */
export const associationOf = (world: World, login: string): "MEMBER" | "NONE" =>
  hasLevel(world.account(login) ?? null, "write") ? "MEMBER" : "NONE";
