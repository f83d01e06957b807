import type { Someone } from "../../src/playground/actions.ts";
import type { Playground } from "../../src/playground/index.ts";
import { githubPeople } from "../../src/playground/people.ts";
import { targetName } from "../../src/playground/target/index.ts";
import { lateFile } from "./target.ts";

/** Where a run happens: on main, or in the pull request of that branch. */
export type Where = { pull: string; author?: string } | { branch: "main" };

/** What happens in the light target's CI. Actions really run; what is committed decides how they end. */
export class LightCi {
  private notes = 0;
  private readonly opened = new Set<string>();

  constructor(
    private readonly playground: Playground,
    private readonly settled: () => Promise<void>,
    private readonly someone: (login: string) => Someone,
  ) {}

  /** A run in which the tests of these desks fail, in its first attempt or in those given. */
  async fail(desks: string | string[], where: Where, attempts = [1]): Promise<void> {
    const names = typeof desks === "string" ? [desks] : desks;
    const branch = "pull" in where ? where.pull : where.branch;
    await this.commits(where, lateFile(branch, Object.fromEntries(names.map((name) => [name, attempts]))));
  }

  /** A run that passes: the last red one of that place is run again, or a new commit on main. */
  async pass(where: Where): Promise<void> {
    const branch = "pull" in where ? where.pull : where.branch;
    const red = this.playground.github
      .runs(targetName)
      .find((run) => run.head_branch === branch && run.conclusion === "failure");
    if (red !== undefined) {
      this.playground.github.rerun(targetName, Number(red.id), { failedOnly: true });
      return this.settled();
    }
    await this.commits(where, lateFile(branch, {}));
  }

  /** A job that falls before its tests, for want of the network. */
  async outage(where: Where): Promise<void> {
    await this.commits(where, { ".ci/mirror": "prices.invalid\n" });
  }

  /** Failed and then passed in pull requests of two people: enough for a finding with an issue. */
  async flake(
    desks: string | string[],
    named = typeof desks === "string" ? desks : desks.join("-"),
  ): Promise<void> {
    for (const author of ["bob", "carol"]) {
      const pull = `${named}-${author}`;
      await this.fail(desks, { pull, author });
      await this.pass({ pull });
    }
  }

  /** Where somebody's branches are: who may not write has a fork. */
  private homeOf(author: string): string {
    const may = githubPeople().find((person) => person.login === author)?.permission ?? "none";
    return ["write", "maintain", "admin"].includes(may)
      ? targetName
      : `${author}/${targetName.split("/")[1]}`;
  }

  private async commits(where: Where, files: Record<string, string>): Promise<void> {
    this.notes += 1;
    const note = { [`notes/${this.notes}.md`]: `Note ${this.notes}\n` };
    const author = "author" in where && where.author ? where.author : "bob";
    const branch = "pull" in where ? { branch: where.pull } : {};
    const message = "pull" in where ? `Change ${where.pull}` : `Note ${this.notes}`;
    if ("pull" in where && this.opened.has(where.pull)) {
      const home = this.homeOf(author);
      await this.playground.github.commit(home, {
        branch: where.pull,
        files: { ...note, ...files },
        message,
        author,
      });
      return this.settled();
    }
    if ("pull" in where) this.opened.add(where.pull);
    await this.someone(author).contributes({
      ...branch,
      author,
      message,
      kind: "harmless",
      files: { ...note, ...files },
    });
    await this.settled();
  }
}
