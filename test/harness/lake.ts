import { Octokit } from "@octokit/rest";
import type { Playground } from "../../src/playground/index.ts";
import { BOT, githubPeople } from "../../src/playground/people.ts";

/**
 * A repository whose CI is elsewhere and tells by commit statuses, as apache/doris has it: one pull request, #58845,
 * can be merged but for a failed performance run, while a regression suite is still under way.
 */
export const LAKE = { owner: "acme", repo: "lake", name: "acme/lake", pull: 58_845 };

const CI = "http://ci.lake.test:8111/buildConfiguration";
type State = "success" | "failure" | "pending" | "error";
const STATUSES: readonly [context: string, state: State, description: string][] = [
  ["COMPILE (DORIS_COMPILE)", "success", "the build finished"],
  ["FE UT (Doris FE UT)", "success", "the build finished"],
  ["performance (Doris Performance)", "failure", "the build failed in TeamCity"],
  ["P0 Regression (Doris Regression)", "pending", "the build is in the queue"],
];

export class Lake {
  head = "";

  private constructor(readonly playground: Playground) {}

  /** Makes the repository and its pull request, by dave from his fork. */
  static async fill(playground: Playground): Promise<Lake> {
    const lake = new Lake(playground);
    const { github } = playground;
    await github.createRepository(LAKE.name, { "README.md": "# Lake\n" }, { firstNumber: LAKE.pull });
    await github.createRepository("dave/lake", {}, { forkOf: LAKE.name });
    await lake.opens("join", "Spill hash joins to disk");
    for (const [context, state, description] of STATUSES) await lake.status(context, state, description);
    return lake;
  }

  /** Dave changes a file and opens a pull request. */
  async opens(branch: string, title: string, file = `${branch}.md`): Promise<number> {
    const { github } = this.playground;
    const files = { [file]: `${title}\n` };
    this.head = await github.commit("dave/lake", { branch, files, message: title, author: "dave" });
    const wanted = { owner: LAKE.owner, repo: LAKE.repo, title, head: `dave:${branch}`, base: "main" };
    return (await this.as("dave").rest.pulls.create(wanted)).data.number;
  }

  /** Somebody's change lands on main. */
  async mainMoves(file: string): Promise<void> {
    const files = { [file]: "Main went on\n" };
    await this.playground.github.commit(LAKE.name, {
      branch: "main",
      files,
      message: "Go on",
      author: "alice",
    });
  }

  /** The CI tells of a pipeline, by default at the head that was pushed last. */
  async status(context: string, state: State, description: string, sha = this.head): Promise<void> {
    const { owner, repo } = LAKE;
    const target_url = `${CI}/${encodeURIComponent(context)}?mode=builds`;
    const status = { owner, repo, sha, context, state, description, target_url };
    await this.as("alice").rest.repos.createCommitStatus(status);
  }

  /** What the bot commented on a pull request, each comment as a whole. */
  async commands(pull = LAKE.pull): Promise<string[]> {
    const { owner, repo } = LAKE;
    const { data } = await this.as("alice").rest.issues.listComments({ owner, repo, issue_number: pull });
    return data.filter(({ user }) => user?.login === BOT.login).map(({ body }) => body ?? "");
  }

  /** Requests of a kind that reached GitHub so far. */
  asked(method: string, path: RegExp): number {
    return this.playground.github.requests().filter((one) => one.method === method && path.test(one.path))
      .length;
  }

  private as(login: string): Octokit {
    const token = githubPeople().find((person) => person.login === login)?.token ?? "";
    const quiet = () => {};
    const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
    return new Octokit({ baseUrl: this.playground.github.apiUrl, auth: token, log });
  }
}
