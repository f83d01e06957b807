import { Octokit } from "@octokit/rest";
import type { GitHubPlayground } from "./github/index.ts";
import { githubPeople } from "./people.ts";
import { type Change, targetName } from "./target/index.ts";

const [owner = "", repo = ""] = targetName.split("/");

/** What people do on the playground's GitHub, over its REST interface with their own tokens. */
export class Someone {
  private readonly octokit: Octokit;

  constructor(
    private readonly github: GitHubPlayground,
    readonly login: string,
  ) {
    const person = githubPeople().find((one) => one.login === login);
    if (person === undefined) throw new Error(`nobody is called ${login}`);
    const quiet = () => {};
    const log = { debug: quiet, info: quiet, warn: quiet, error: quiet };
    this.octokit = new Octokit({ baseUrl: github.apiUrl, auth: person.token, log });
  }

  /** Commits a change: on main, or on a branch with a pull request; whoever may not write does so from a fork. */
  async contributes(change: Change): Promise<void> {
    const { branch, files, message, author } = change;
    if (branch === undefined) {
      await this.github.commit(targetName, { branch: "main", files, message, author });
      return;
    }
    const home = this.mayWrite ? targetName : await this.fork();
    await this.github.commit(home, { branch, files, message, author });
    const [title = "", ...body] = message.split("\n");
    const head = this.mayWrite ? branch : `${this.login}:${branch}`;
    await this.octokit.rest.pulls.create({
      owner,
      repo,
      title,
      body: body.join("\n").trim(),
      head,
      base: "main",
    });
  }

  private get mayWrite(): boolean {
    const permission = githubPeople().find((one) => one.login === this.login)?.permission;
    return permission === "write" || permission === "maintain" || permission === "admin";
  }

  private async fork(): Promise<string> {
    const name = `${this.login}/${repo}`;
    const there = await this.octokit.rest.repos.get({ owner: this.login, repo }).catch(() => null);
    if (there === null) await this.github.createRepository(name, {}, { forkOf: targetName });
    return name;
  }

  /** @returns the comment's id. */
  async comments(number: number, body: string): Promise<number> {
    const { data } = await this.octokit.rest.issues.createComment({
      owner,
      repo,
      issue_number: number,
      body,
    });
    return data.id;
  }

  async editsComment(id: number, body: string): Promise<void> {
    await this.octokit.rest.issues.updateComment({ owner, repo, comment_id: id, body });
  }

  async deletesComment(id: number): Promise<void> {
    await this.octokit.rest.issues.deleteComment({ owner, repo, comment_id: id });
  }

  /** Texts of an issue's comments. */
  async commentsOf(number: number): Promise<string[]> {
    const { data } = await this.octokit.rest.issues.listComments({
      owner,
      repo,
      issue_number: number,
      per_page: 100,
    });
    return data.map((comment) => comment.body ?? "");
  }

  /** Titles of all issues, open and closed. */
  async issueTitles(): Promise<string[]> {
    const { data } = await this.octokit.rest.issues.listForRepo({ owner, repo, state: "all", per_page: 100 });
    return data.filter((issue) => issue.pull_request === undefined).map((issue) => issue.title);
  }

  /** @returns the number of a new issue. */
  async opensIssue(title: string, body: string): Promise<number> {
    return (await this.octokit.rest.issues.create({ owner, repo, title, body })).data.number;
  }

  /** Names of the labels that an issue carries. */
  async labelsOf(issue: number): Promise<string[]> {
    const { data } = await this.octokit.rest.issues.listLabelsOnIssue({ owner, repo, issue_number: issue });
    return data.map(({ name }) => name);
  }

  /** Text of an issue. */
  async bodyOf(issue: number): Promise<string> {
    return (await this.octokit.rest.issues.get({ owner, repo, issue_number: issue })).data.body ?? "";
  }

  /** Number of the open pull request from a branch. */
  async pullFrom(branch: string): Promise<number> {
    const { data } = await this.octokit.rest.pulls.list({ owner, repo, per_page: 100 });
    const pull = data.find((one) => one.head.ref === branch);
    if (pull === undefined) throw new Error(`no pull request comes from ${branch}`);
    return pull.number;
  }

  /** Confirms, in the browser, the code that a program shows. */
  async confirms(code: string): Promise<void> {
    const { origin } = this.github;
    const answer = await fetch(`${origin}/login/device`, {
      method: "POST",
      redirect: "manual",
      headers: { cookie: `playground_login=${this.login}`, origin },
      body: new URLSearchParams({ user_code: code }),
    });
    if (answer.headers.get("location")?.includes("done") !== true) throw new Error(`${code} was not taken`);
  }

  /** Says yes on the page that an application's sign-in leads to. @returns where the browser goes then. */
  async authorizes(address: string): Promise<string> {
    const { searchParams, origin, pathname } = new URL(address);
    const answer = await fetch(`${origin}${pathname}`, {
      method: "POST",
      redirect: "manual",
      headers: { cookie: `playground_login=${this.login}`, origin },
      body: new URLSearchParams(searchParams),
    });
    const to = answer.headers.get("location");
    if (to === null) throw new Error(`${address} was answered with ${answer.status}`);
    return to;
  }

  async labels(number: number, label: string): Promise<void> {
    await this.octokit.rest.issues.addLabels({ owner, repo, issue_number: number, labels: [label] });
  }

  async takesOff(number: number, label: string): Promise<void> {
    await this.octokit.rest.issues.removeLabel({ owner, repo, issue_number: number, name: label });
  }

  async assigns(number: number, login: string): Promise<void> {
    await this.octokit.rest.issues.addAssignees({ owner, repo, issue_number: number, assignees: [login] });
  }

  /** Closes an issue with a reason, or opens it again. */
  async sets(number: number, state: "completed" | "not_planned" | "open"): Promise<void> {
    const change =
      state === "open" ? ({ state } as const) : ({ state: "closed", state_reason: state } as const);
    await this.octokit.rest.issues.update({ owner, repo, issue_number: number, ...change });
  }

  /** A review that asks for a change at the first line that the pull request adds. */
  async asksForChange(pull: number, body: string): Promise<void> {
    const { data: files } = await this.octokit.rest.pulls.listFiles({ owner, repo, pull_number: pull });
    const [file] = files;
    if (file === undefined) throw new Error("the pull request changes nothing");
    const place = { path: file.filename, line: firstAddedLine(file.patch ?? ""), body };
    await this.octokit.rest.pulls.createReview({
      owner,
      repo,
      pull_number: pull,
      event: "REQUEST_CHANGES",
      comments: [place],
    });
  }

  async approves(pull: number): Promise<void> {
    await this.octokit.rest.pulls.createReview({
      owner,
      repo,
      pull_number: pull,
      event: "APPROVE",
      body: "Good, thank you.",
    });
  }

  /** @returns the merge commit. */
  async merges(pull: number): Promise<string> {
    const { data } = await this.octokit.rest.pulls.merge({
      owner,
      repo,
      pull_number: pull,
      merge_method: "squash",
    });
    return data.sha;
  }

  /** Another CI says that its check of a commit failed. */
  async fails(sha: string, check: string): Promise<void> {
    await this.octokit.rest.repos.createCommitStatus({ owner, repo, sha, context: check, state: "failure" });
  }

  /** The same check passes after all. */
  async passes(sha: string, check: string): Promise<void> {
    await this.octokit.rest.repos.createCommitStatus({ owner, repo, sha, context: check, state: "success" });
  }

  /** Runs at a commit that failed are run again. @returns how many. */
  async rerunsFailed(sha: string): Promise<number> {
    const { data } = await this.octokit.rest.actions.listWorkflowRunsForRepo({ owner, repo, head_sha: sha });
    const failed = data.workflow_runs.filter((run) => run.conclusion === "failure");
    for (const run of failed) this.github.rerun(targetName, Number(run.id), { failedOnly: true });
    return failed.length;
  }

  /** The pull request from a branch of the repository. */
  async pullOf(branch: string): Promise<{ number: number; url: string; sha: string }> {
    const { data } = await this.octokit.rest.pulls.list({ owner, repo, state: "all" });
    const found = data.find((pull) => pull.head.ref === branch);
    if (found === undefined) throw new Error(`there is no pull request from ${branch}`);
    return { number: found.number, url: found.html_url, sha: found.head.sha };
  }

  /** The commit that a pull request was merged as; empty while it is not. */
  async mergeOf(pull: number): Promise<string> {
    const { data } = await this.octokit.rest.pulls.get({ owner, repo, pull_number: pull });
    return data.merged ? (data.merge_commit_sha ?? "") : "";
  }

  async headOf(pull: number): Promise<string> {
    const { data } = await this.octokit.rest.pulls.get({ owner, repo, pull_number: pull });
    return data.head.sha;
  }
}

/** Line number, in the new file, of the first line that a patch adds. */
function firstAddedLine(patch: string): number {
  let line = 0;
  for (const text of patch.split("\n")) {
    const hunk = /^@@ -\d+(?:,\d+)? \+(\d+)/.exec(text);
    if (hunk !== null) line = Number(hunk[1]) - 1;
    else if (!text.startsWith("-")) line += 1;
    if (text.startsWith("+")) return line;
  }
  return 1;
}
