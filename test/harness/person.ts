import { Someone } from "../../src/playground/actions.ts";
import type { Permission } from "../../src/playground/github/index.ts";
import { CHANNEL } from "../../src/playground/index.ts";
import { chatIdOf } from "../../src/playground/people.ts";
import { pressOnPage } from "./console.ts";
import type { World } from "./world.ts";

/** Somebody with an account on both sides, and what such a person does. Each verb ends when all that follows is through. */
export class Person {
  private readonly someone: Someone;

  constructor(
    private readonly world: World,
    readonly login: string,
  ) {
    this.someone = new Someone(world.playground.github, login);
  }

  get chatId(): string {
    return chatIdOf(this.login);
  }

  /** Writes in the channel, or in a finding's thread. */
  async says(
    text: string,
    where: { thread?: number; files?: string[]; alsoInChannel?: boolean } = {},
  ): Promise<string> {
    const threadTs = where.thread === undefined ? null : this.world.card(where.thread).ts;
    const ts = this.world.playground.slack.say(this.chatId, CHANNEL.id, text, {
      ...(threadTs === null ? {} : { threadTs }),
      files: where.files ?? [],
      broadcast: where.alsoInChannel === true,
    });
    await this.world.settled();
    return ts;
  }

  /** `/flaky words`. @returns the answer's text. */
  async commands(words: string): Promise<string> {
    const { slack } = this.world.playground;
    const before = slack.ephemerals(this.chatId).length;
    const answer = await slack.command(this.chatId, CHANNEL.id, words);
    if (answer.status !== 200)
      throw new Error(`/flaky ${words} was answered with ${answer.status}: ${answer.body}`);
    await this.world.settled();
    return slack
      .ephemerals(this.chatId)
      .slice(before)
      .map((note) => note.text)
      .join("\n");
  }

  /** What was shown to this person alone. */
  whispers(): string[] {
    return this.world.playground.slack.ephemerals(this.chatId).map((note) => note.text);
  }

  /** Presses a button of a finding's card. */
  async clicks(finding: number, button: string): Promise<void> {
    const { slack } = this.world.playground;
    const answer = await slack.click(this.chatId, this.world.card(finding).ts, button);
    if (answer.status !== 200) throw new Error(`the click was answered with ${answer.status}`);
    await this.world.settled();
  }

  /** Chooses from a message's menu: of the card, where no message is named. */
  async chooses(shortcut: string, where: { finding: number } | { ts: string }): Promise<void> {
    const ts = "ts" in where ? where.ts : this.world.card(where.finding).ts;
    const answer = await this.world.playground.slack.shortcut(this.chatId, ts, shortcut);
    if (answer.status !== 200) throw new Error(`the shortcut was answered with ${answer.status}`);
    await this.world.settled();
  }

  /** Fills in the dialog on top and sends it off. @returns what was answered in its body. */
  async submits(values: Record<string, string> = {}): Promise<string> {
    const { slack } = this.world.playground;
    const view = slack.views(this.chatId).at(-1);
    if (view === undefined) throw new Error(`${this.login} has no dialog open`);
    const answer = await slack.submitView(this.chatId, view.id, values);
    await this.world.settled();
    return answer.body;
  }

  /** Presses a button of a finding's page in the console, signed in there. @returns the answer, as it stands on the page. */
  async presses(finding: number, button: string, note = ""): Promise<string> {
    const said = await pressOnPage(this.world.product, this.login, `/findings/F${finding}`, button, note);
    await this.world.settled();
    return said;
  }

  /** Presses a button of the newest direct message of the bot that has it. */
  async pressesInMessage(button: string): Promise<void> {
    const { slack } = this.world.playground;
    const dm = slack.world.openDm(this.chatId);
    const message = slack.world
      .list(dm.id)
      .findLast((one) => JSON.stringify(one.blocks ?? []).includes(button));
    if (message === undefined) throw new Error(`no message to ${this.login} has the button ${button}`);
    const answer = await slack.click(this.chatId, message.ts, button);
    if (answer.status !== 200) throw new Error(`the click was answered with ${answer.status}`);
    await this.world.settled();
  }

  /** Changes what they said in Slack. */
  async edits(ts: string, text: string): Promise<void> {
    this.world.playground.slack.edit(this.chatId, ts, text);
    await this.world.settled();
  }

  /** Takes away what they said in Slack. */
  async deletes(ts: string): Promise<void> {
    this.world.playground.slack.remove(this.chatId, ts);
    await this.world.settled();
  }

  /** @returns the comment's id. */
  async comments(number: number, body: string): Promise<number> {
    const id = await this.someone.comments(number, body);
    await this.world.settled();
    return id;
  }

  async editsComment(id: number, body: string): Promise<void> {
    await this.someone.editsComment(id, body);
    await this.world.settled();
  }

  async deletesComment(id: number): Promise<void> {
    await this.someone.deletesComment(id);
    await this.world.settled();
  }

  async labels(number: number, label: string): Promise<void> {
    await this.someone.labels(number, label);
    await this.world.settled();
  }

  /** Approves the fix of an issue by a comment. */
  async approves(issue: number): Promise<void> {
    await this.comments(issue, "/ai-fix");
  }

  /** Asks for a change at the first line that a pull request adds. */
  async asksForChange(pull: number, body: string): Promise<void> {
    await this.someone.asksForChange(pull, body);
    await this.world.settled();
  }

  /** Approves and merges a pull request. @returns the merge commit. */
  async merges(pull: number): Promise<string> {
    await this.someone.approves(pull);
    await this.world.settled();
    const commit = await this.someone.merges(pull);
    await this.world.settled();
    return commit;
  }

  /** From now on this person may do that, on every repository. */
  may(permission: Permission): void {
    this.world.playground.github.setPermission(this.login, permission);
  }

  /** The same accounts over the plain interface, for what has no verb. */
  get plainly(): Someone {
    return this.someone;
  }
}
