import type { Clock } from "../../kernel/clock.ts";
import { Someone } from "../actions.ts";
import { playHistory } from "../history.ts";
import { CHANNEL, type Playground } from "../index.ts";
import { chatIdOf } from "../people.ts";
import { flakyTests, targetName } from "../target/index.ts";
import type { Product, SeenFinding } from "./product.ts";

export interface Stage {
  world: Playground;
  product: Product;
  clock: Clock;
  err: (line: string) => void;
  signal: AbortSignal;
}

export interface Told {
  states: string[];
  held: boolean;
  issue: number;
  pull: number;
}

const REMARK = "Please say in a comment why this is needed, so that nobody takes it out again.";

/**
 * The story of one flaky test, from the CI log to the fix that held. Each step does what a person would do and waits
 * until the product has answered; where somebody at the page was quicker, the step has nothing to do.
 */
export async function tellStory(stage: Stage): Promise<Told> {
  const teller = new Teller(stage);
  await teller.chapter("Commits and pull requests come in; CI runs the tests.", () =>
    playHistory(stage.world),
  );
  await teller.chapter("Alice asks for a scan: /flaky scan", () => teller.slash("alice", "scan"));
  const finding = await teller.chapter("A flaky test is found, its issue filed, its card posted.", () =>
    teller.found(),
  );
  await teller.chapter("People talk about it, from both sides.", () => teller.talk());
  await teller.chapter("Bob, a committer, clicks “Approve fix”.", () => teller.approve());
  const pull = await teller.chapter(
    "An agent reproduces, fixes and proves; the pull request is opened.",
    () => teller.fixed(),
  );
  await teller.chapter("Alice asks for a change in review; Bob has it addressed.", () => teller.review(pull));
  const commit = await teller.chapter("Alice approves and merges.", () => teller.merge(pull));
  await teller.chapter("It is deployed.", () => teller.deploy(commit));
  await teller.chapter("Runs that contain the fix pass, one after the other.", () => teller.hold());
  const held = (await stage.product.finding(finding.number)).held_at !== null;
  stage.world.slack.setBanner("The fix held. Click, talk, try /flaky help: everything goes on.");
  return { states: await stage.product.states(finding.number), held, issue: finding.issue ?? 0, pull };
}

/** A wait longer than this is said, ms. */
const PATIENCE_MS = 5000;

class Teller {
  private number = 0;

  constructor(private readonly stage: Stage) {}

  async chapter<T>(title: string, work: () => Promise<T>): Promise<T> {
    const { err, clock, world } = this.stage;
    const from = clock.now().getTime();
    err(`→ ${title}`);
    world.slack.setBanner(title);
    const result = await work();
    err(`  done in ${((clock.now().getTime() - from) / 1000).toFixed(1)} s`);
    return result;
  }

  async slash(login: string, words: string): Promise<void> {
    const answer = await this.stage.world.slack.command(chatIdOf(login), CHANNEL.id, words);
    if (answer.status !== 200) throw new Error(`/flaky ${words} was answered with ${answer.status}`);
  }

  /** Waits for the first finding with an issue, a card and an analysis. */
  async found(): Promise<SeenFinding> {
    const finding = await this.until("a finding is open", async () => {
      const all = await this.stage.product.findings();
      return (
        all.find(
          (one) => one.state === "open" && flakyTests.some((flaky) => flaky.test.endsWith(one.test)),
        ) ?? null
      );
    });
    this.number = finding.number;
    await this.until("the card is in the channel", async () => this.card());
    const issue = finding.issue ?? 0;
    await this.until(
      "the analysis is on the issue",
      async () => (await this.commentsOf(issue)).some((body) => body.includes("Cause")) || null,
    );
    return this.stage.product.finding(finding.number);
  }

  async talk(): Promise<void> {
    const { slack, github } = this.stage.world;
    const { issue } = await this.stage.product.finding(this.number);
    const said = "I have seen this one twice this week, always on a slow runner.";
    slack.say(chatIdOf("bob"), CHANNEL.id, said, { threadTs: this.card()?.ts ?? "" });
    await this.until(
      "Bob's words are on the issue",
      async () => (await this.commentsOf(issue ?? 0)).some((body) => body.includes(said)) || null,
    );
    const written =
      "It passes whenever I run it alone. I am for fixing the cause in the test, not for waiting longer.";
    await new Someone(github, "carol").comments(issue ?? 0, written);
    await this.until(
      "Carol's words are in the thread",
      async () => this.thread().some((text) => text.includes("I am for fixing the cause")) || null,
    );
  }

  async approve(): Promise<void> {
    if ((await this.stage.product.finding(this.number)).state === "open") {
      await this.stage.world.slack.click(chatIdOf("bob"), this.card()?.ts ?? "", "finding.approve");
    }
    await this.passed("approved");
  }

  async fixed(): Promise<number> {
    await this.passed("fixing");
    await this.passed("pending_review");
    return (await this.stage.product.finding(this.number)).pull ?? 0;
  }

  async review(pull: number): Promise<void> {
    const alice = new Someone(this.stage.world.github, "alice");
    const before = await alice.headOf(pull);
    await alice.asksForChange(pull, REMARK);
    await this.until(
      "the remark is in the thread",
      async () => this.thread().some((text) => text.includes("nobody takes it out")) || null,
    );
    await this.until(
      "the card offers to address it",
      async () => JSON.stringify(this.card()?.blocks ?? []).includes("finding.address") || null,
    );
    await this.stage.world.slack.click(chatIdOf("bob"), this.card()?.ts ?? "", "finding.address");
    await this.until("a commit answers the remark", async () =>
      (await alice.headOf(pull)) === before ? null : true,
    );
  }

  async merge(pull: number): Promise<string> {
    const alice = new Someone(this.stage.world.github, "alice");
    await this.stage.world.github.idle();
    await alice.approves(pull);
    const commit = await alice.merges(pull);
    await this.passed("merged");
    return commit;
  }

  async deploy(commit: string): Promise<void> {
    await this.stage.product.deployed(commit);
    await this.passed("deployed");
  }

  /** Main goes on, red runs of other flaky tests are run again, until enough runs with the fix have passed. */
  async hold(): Promise<void> {
    const { github } = this.stage.world;
    for (let round = 1; round <= 12; round += 1) {
      if ((await this.stage.product.finding(this.number)).held_at !== null) break;
      const note = `Harvest note ${round}\n\nThe orchard goes on.\n`;
      await github.commit(targetName, {
        branch: "main",
        files: { [`notes/${round}.md`]: note },
        message: `docs: note ${round}`,
        author: "dave",
      });
      await github.idle();
      for (const run of github.runs(targetName).slice(0, 1)) {
        if (run.conclusion === "failure") github.rerun(targetName, Number(run.id), { failedOnly: true });
      }
      await github.idle();
    }
    await this.until("the fix has held", async () =>
      (await this.stage.product.finding(this.number)).held_at === null ? null : true,
    );
    const { issue } = await this.stage.product.finding(this.number);
    await this.until(
      "the issue is closed with the figures",
      async () => (await this.commentsOf(issue ?? 0)).some((body) => body.includes("The fix held")) || null,
    );
  }

  /** Waits until the finding has come to a state, or beyond it. */
  private async passed(state: string): Promise<void> {
    await this.until(`the finding is ${state}`, async () => {
      const now = (await this.stage.product.finding(this.number)).state;
      if (now === "failed") throw new Error("the fix failed");
      return ORDER.indexOf(now) >= ORDER.indexOf(state) ? true : null;
    });
  }

  private card() {
    const { slack } = this.stage.world;
    const mark = `"F${this.number}"`;
    return (
      slack.messages(CHANNEL.id).find((message) => JSON.stringify(message.blocks ?? []).includes(mark)) ??
      null
    );
  }

  private thread(): string[] {
    return this.stage.world.slack.thread(CHANNEL.id, this.card()?.ts ?? "").map((message) => message.text);
  }

  private commentsOf(issue: number): Promise<string[]> {
    return new Someone(this.stage.world.github, "alice").commentsOf(issue);
  }

  private async until<T>(what: string, look: () => Promise<T | null>): Promise<T> {
    const { clock, signal, err } = this.stage;
    const from = clock.now().getTime();
    let told = false;
    for (;;) {
      this.stage.product.mustLive();
      const seen = await look();
      if (seen !== null) return seen;
      if (signal.aborted) throw new Error(`waited in vain until ${what}`);
      if (!told && clock.now().getTime() - from > PATIENCE_MS) {
        err(`  … waiting until ${what}`);
        told = true;
      }
      await clock.sleep(150);
    }
  }
}

const ORDER = ["new", "open", "approved", "fixing", "pending_review", "merged", "deployed"];
