/** Turns of those with a person waiting in a row, after which one of the others comes. */
const IN_A_ROW = 20;

/**
 * Who has the one connection. A person's turn comes before those of jobs that wait too, but for every twentieth: nobody
 * waits for ever.
 */
export class Turns {
  private readonly people: (() => void)[] = [];
  private readonly jobs: (() => void)[] = [];
  private held = false;
  private row = 0;

  /** Resolves when it is the caller's turn; `leave` ends it. */
  async take(forPerson: boolean): Promise<void> {
    if (this.held) await new Promise<void>((resolve) => (forPerson ? this.people : this.jobs).push(resolve));
    this.held = true;
  }

  leave(): void {
    const jobFirst = this.row >= IN_A_ROW && this.jobs.length > 0;
    const person = jobFirst ? undefined : this.people.shift();
    this.row = person === undefined ? 0 : this.row + 1;
    const next = person ?? this.jobs.shift();
    if (next === undefined) this.held = false;
    else next();
  }
}
