import { type Command, toAsker, type Who } from "../model.ts";

const TITLES: Record<Who, string> = {
  anyone: "Anyone",
  triage: "With the triage right",
  committers: "Committers",
  maintainers: "Maintainers",
};

/** `help`: every command, by whom it is for. */
export const helpCommand = (all: () => readonly Command[]): Command => ({
  name: "help",
  usage: "help [command]",
  help: "this list, or one command",
  who: "anyone",
  finding: false,
  tells: true,
  run: async (_, call) => toAsker(helpText(all(), call.args[0])),
});

/** The text of `help`; pure, so that it can be the answer's body for anybody who asks. */
export function helpText(commands: readonly Command[], about: string | undefined): string {
  const one = commands.find((command) => command.name === about?.toLowerCase());
  if (one !== undefined) return `\`${one.usage}\` — ${one.help} (${TITLES[one.who].toLowerCase()})`;
  const lines = (Object.keys(TITLES) as Who[]) /* its own keys */
    .flatMap((who) => [
      `*${TITLES[who]}*`,
      ...commands
        .filter((command) => command.who === who)
        .map((command) => `• \`${command.usage}\` — ${command.help}`),
    ]);
  return [
    ...lines,
    "",
    "N is the issue's number (`12`, `#12` or its address), that of my pull request, or `F12`. In a card's thread mention me and leave it out.",
  ].join("\n");
}
