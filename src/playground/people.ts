import type { Person } from "./github/index.ts";
import type { ChatPerson } from "./slack/index.ts";

/** Somebody with an account on both sides. */
interface Character {
  login: string;
  name: string;
  permission: Person["permission"];
  chatId: string;
  title: string;
  color: string;
}

const CHARACTERS: readonly Character[] = [
  {
    login: "alice",
    name: "Alice Moreau",
    permission: "maintain",
    chatId: "U0ALICE",
    title: "maintainer: may pause me, scan, and approve below the bar",
    color: "#7a3e9d",
  },
  {
    login: "bob",
    name: "Bob Tanaka",
    permission: "write",
    chatId: "U0BOB",
    title: "committer: may approve fixes and address reviews",
    color: "#1264a3",
  },
  {
    login: "carol",
    name: "Carol Okafor",
    permission: "triage",
    chatId: "U0CAROL",
    title: "triager: may dismiss and mute, not approve",
    color: "#2b8a3e",
  },
  {
    login: "dave",
    name: "Dave Lindqvist",
    permission: "read",
    chatId: "U0DAVE",
    title: "contributor: may read and talk",
    color: "#b35c00",
  },
  {
    login: "erin",
    name: "Erin Castillo",
    permission: "read",
    chatId: "U0ERIN",
    title: "new here: not linked to a GitHub login",
    color: "#a61e4d",
  },
];

/** Everybody's account on the playground's GitHub; tokens are for this machine alone. */
export const githubPeople = (): Person[] =>
  CHARACTERS.map(({ login, name, permission }) => ({
    login,
    name,
    permission,
    token: `playground-${login}`,
  }));

/** Everybody in the playground's Slack. */
export const slackPeople = (): ChatPerson[] =>
  CHARACTERS.map(({ login, name, chatId, title, color }) => ({
    id: chatId,
    name: login,
    realName: name,
    title,
    color,
  }));

/** The product's own account: writes issues and pull requests, may ask what others may do. */
export const BOT: Person = {
  login: "flaky-bot",
  name: "Flaky Bot",
  permission: "write",
  token: "playground-flaky-bot",
};

/** Slack ids and the logins they act as; Erin is left out, so that an unlinked person can be tried. */
export const LINKED: Record<string, string> = Object.fromEntries(
  CHARACTERS.filter(({ login }) => login !== "erin").map(({ chatId, login }) => [chatId, login]),
);

/** Slack id of a login. */
export function chatIdOf(login: string): string {
  const found = CHARACTERS.find((one) => one.login === login);
  if (found === undefined) throw new Error(`nobody is called ${login}`);
  return found.chatId;
}
