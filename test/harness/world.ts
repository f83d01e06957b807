import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DAY } from "../../src/kernel/clock.ts";
import { Someone } from "../../src/playground/actions.ts";
import { CHANNEL, type Playground, startPlayground } from "../../src/playground/index.ts";
import type { Message } from "../../src/playground/slack/index.ts";
import { AheadClock } from "./ahead.ts";
import { ChildProduct } from "./child-product.ts";
import { LightCi } from "./ci.ts";
import { type DatabaseKind, databaseOfSuite, freshDatabase } from "./database.ts";
import { allFindings, type SeenFinding, seenFinding } from "./finding.ts";
import { Normaliser } from "./normalise.ts";
import { Person } from "./person.ts";
import { OwnProduct, type Product } from "./product.ts";
import { openWork } from "./quiet.ts";
import { type Standing, standing } from "./said.ts";
import { lightTarget, quickToolchain, testNameOf } from "./target.ts";
import { differences, inventory } from "./transcript.ts";
import { until } from "./until.ts";

export interface WorldOptions {
  database?: DatabaseKind;
  /** Settings that differ from the playground's. */
  settings?: Record<string, unknown>;
  /** Names of the light target's desks; each has one flaky test. Null: the orchard, whose tests are flaky by chance. */
  desks?: readonly string[] | null;
  /** The desks' tests run on Prow instead of Actions. */
  prow?: boolean;
  /** The product meets a Gitea, one that knows replies to remarks or an older one, instead of GitHub. */
  gitea?: { replies: boolean };
  /** The runs of a proof are told by what stands in the file, and all tests run once; default: each is one of `bun test`. */
  quickProof?: boolean;
  /** Messages that Slack gives at once. */
  slackPage?: number;
  /** Whether tasks are run; default true. */
  worker?: boolean;
  env?: Record<string, string>;
  /** The product is a process of its own, which can be killed; then `settled` waits for GitHub and Slack alone. */
  ownProcess?: boolean;
}

const NEVER = "0 0 0 1 1 *";
const PEOPLE = ["alice", "bob", "carol", "dave", "erin"] as const;

/** Default settings of a world: nothing happens by the clock, no issue is held back, and two quiet runs are enough. */
const SETTINGS = {
  schedule: { scan: NEVER, sweep: NEVER },
  limits: { issues_per_scan: 50, issues_per_day: 50 },
  quiet: { runs: 2, days: 0 },
  prove: { runs: 20 },
};

/** A whole world: GitHub, Slack and model on this machine, the product, and people who act. */
export class World {
  readonly ci: LightCi;
  readonly alice: Person;
  readonly bob: Person;
  readonly carol: Person;
  readonly dave: Person;
  readonly erin: Person;
  private readonly normaliser: Normaliser;
  private read: Standing = new Map();

  private constructor(
    readonly playground: Playground,
    readonly product: Product,
    private readonly dir: string,
    private readonly worker: boolean,
    private readonly clock: AheadClock,
  ) {
    const [alice, bob, carol, dave, erin] = PEOPLE.map((login) => new Person(this, login));
    if (!alice || !bob || !carol || !dave || !erin) throw new Error("somebody is missing");
    Object.assign(this, { alice, bob, carol, dave, erin });
    this.alice = alice;
    this.bob = bob;
    this.carol = carol;
    this.dave = dave;
    this.erin = erin;
    this.ci = new LightCi(
      playground,
      () => this.settled(),
      (login) => new Someone(playground.github, login),
    );
    this.normaliser = new Normaliser(
      () => [
        [product.url, "https://console.test"],
        [playground.github.origin, "https://github.test"],
        [playground.slack.origin, "https://slack.test"],
        [dir, "<dir>"],
        [process.execPath, "bun"],
      ],
      () => playground.github.deliveries.flatMap(({ payload }) => payload.match(/\b[0-9a-f]{40}\b/g) ?? []),
    );
  }

  /** Starts a world of its own, on free ports and in a folder of its own. */
  static async start(options: WorldOptions = {}): Promise<World> {
    const { desks = ["north"], worker = true, prow = false } = options;
    const dir = mkdtempSync(join(tmpdir(), "flaky-world-"));
    const place: { url: string } = { url: "" };
    const clock = new AheadClock();
    const playground = await startPlayground({
      clock,
      random: Math.random,
      dir,
      execPath: process.execPath,
      appUrl: () => place.url,
      settings: { ...SETTINGS, ...options.settings },
      slackRetryMs: [50, 200, 500, 1000, 2000],
      ...(options.slackPage === undefined ? {} : { slackPage: options.slackPage }),
      ...(desks === null ? {} : { target: lightTarget(desks, prow), prow }),
      ...(options.quickProof === true ? { toolchain: quickToolchain } : {}),
      ...(options.gitea === undefined ? {} : { gitea: options.gitea }),
    });
    const env = { ...playground.env, ...options.env };
    const database = await freshDatabase(options.database ?? databaseOfSuite());
    const product = options.ownProcess
      ? new ChildProduct({ env, database, worker })
      : new OwnProduct({ env, worker, database, clock });
    place.url = product.url;
    await product.start();
    const world = new World(playground, product, dir, worker, clock);
    await world.settled();
    return world;
  }

  /** Waits until nothing is under way on any side. @throws with what is still open after half a minute. */
  async settled(): Promise<void> {
    const { github, slack } = this.playground;
    const traffic = () =>
      github.deliveries.length + slack.deliveries.length + slack.calls.length + github.requests().length;
    const { db } = this.product;
    const open = async () => (db === null ? "" : openWork(db, { worker: this.worker }));
    const look = async () => {
      await Promise.all([github.idle(), slack.idle()]);
      const before = traffic();
      if ((await open()) !== "") return false;
      await Promise.all([github.idle(), slack.idle()]);
      return traffic() === before;
    };
    const withinMs = 60_000;
    const said = async () =>
      `${await open()}\n${this.product.lines
        .filter((line) => !line.startsWith("info"))
        .slice(-8)
        .join("\n")}`;
    await until("the world is quiet", look, { withinMs, open: said });
  }

  /** What the product said since the last time this was asked, as people see it. */
  async said(): Promise<string> {
    await this.settled();
    const now = await standing(this.playground);
    const text = differences(this.read, now, (raw) => this.normaliser.text(raw));
    this.read = now;
    return text;
  }

  /** Lets what was said so far be, for tests that are about something else. */
  async unheard(): Promise<void> {
    await this.said();
  }

  finding(number: number): Promise<SeenFinding> {
    return seenFinding(this.product.url, this.playground.env.API_TOKEN ?? "", number);
  }

  /** Has a desk's issue and finding stand under the desk's name in what was said. */
  async name(desk: string): Promise<void> {
    const { number, issue } = await this.finding(await this.numberOf(desk));
    this.normaliser.call(desk, { issue, finding: number });
  }

  /** Number of the finding of a desk's test. */
  async numberOf(desk: string): Promise<number> {
    const all = await allFindings(this.product.url, this.playground.env.API_TOKEN ?? "");
    const found = all.find((one) => testNameOf(desk).endsWith(one.test));
    if (found === undefined) throw new Error(`nothing was found about ${desk}`);
    return found.number;
  }

  /** A finding's card in the channel; null when there is none yet. */
  cardIfAny(number: number): Message | null {
    const isCard = (message: Message) => JSON.stringify(message.blocks ?? []).includes(`"F${number} · `);
    return this.playground.slack.messages(CHANNEL.id).find(isCard) ?? null;
  }

  /** A finding's card in the channel. @throws when there is none. */
  card(number: number): Message {
    const found = this.cardIfAny(number);
    if (found === null) throw new Error(`the channel has no card of F${number}`);
    return found;
  }

  /** All that stands now, in one text that does not depend on the order in which it was written. */
  async everything(): Promise<string> {
    return inventory(await standing(this.playground), (raw) => this.normaliser.text(raw));
  }

  /** A CI tells that a commit is out. */
  async deploys(commit: string): Promise<void> {
    const response = await fetch(`${this.product.url}/webhooks/deployment`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-webhook-secret": this.playground.env.DEPLOY_WEBHOOK_SECRET ?? "",
      },
      body: JSON.stringify({ project_id: "orchard", commit, status: "success", environment: "production" }),
    });
    if (response.status !== 202) throw new Error(`the deployment was answered with ${response.status}`);
    await this.settled();
  }

  /** That much later, for a product in this process; nothing is done about it. */
  passes(ms: number): void {
    this.clock.forward(ms);
  }

  /** That much later, for a product in this process, and after a sweep. */
  async later(ms: number): Promise<void> {
    this.clock.forward(ms);
    await this.sweeps();
  }

  /** So much later that it is noon (UTC): hours can pass without a new day. */
  async noon(): Promise<void> {
    const sinceNoon = (this.clock.now().getTime() + DAY / 2) % DAY;
    await this.later(DAY - sinceNoon);
  }

  /** What a slot of the schedule enqueues: everything that may have been missed is looked for. */
  async sweeps(): Promise<void> {
    await this.own.sweep();
    await this.settled();
  }

  /** What a slot of the schedule enqueues: the runs of the last days are looked through. */
  async scans(): Promise<void> {
    await this.own.scan();
    await this.settled();
  }

  private get own(): OwnProduct {
    if (!(this.product instanceof OwnProduct)) throw new Error("a product of its own keeps its schedule");
    return this.product;
  }

  /** The product is stopped and started again. */
  async restart(): Promise<void> {
    await this.product.stop();
    await this.product.start();
  }

  /** Ends everything. @throws when the product said something that no step expected. */
  async end(): Promise<void> {
    try {
      const unread = await this.said();
      if (unread !== "") throw new Error(`the product said what no step expected:\n\n${unread}`);
    } finally {
      await this.close();
    }
  }

  /** Ends everything, whatever was said. */
  async close(): Promise<void> {
    await this.product.end();
    await this.playground.stop();
    rmSync(this.dir, { recursive: true, force: true });
  }
}
