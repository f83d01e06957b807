/** Keeps the first and the last bytes of a stream within `max`, and says in between how many went. */
export class BoundedOutput {
  readonly #half: number;
  readonly #head: Buffer[] = [];
  readonly #tail: Buffer[] = [];
  #headBytes = 0;
  #tailBytes = 0;
  #dropped = 0;

  constructor(max: number) {
    this.#half = Math.max(1, Math.floor(max / 2));
  }

  push(chunk: Buffer): void {
    let rest = chunk;
    if (this.#headBytes < this.#half) {
      const part = rest.subarray(0, this.#half - this.#headBytes);
      this.#head.push(part);
      this.#headBytes += part.length;
      rest = rest.subarray(part.length);
    }
    if (rest.length === 0) return;
    this.#tail.push(rest);
    this.#tailBytes += rest.length;
    this.#trim();
  }

  text(): string {
    const head = Buffer.concat(this.#head).toString("utf8");
    const tail = Buffer.concat(this.#tail).toString("utf8");
    return this.#dropped === 0
      ? head + tail
      : `${head}\n[… ${this.#dropped} bytes of output left out …]\n${tail}`;
  }

  #trim(): void {
    let first = this.#tail[0];
    while (first !== undefined && this.#tailBytes - this.#half >= first.length) {
      this.#tail.shift();
      this.#tailBytes -= first.length;
      this.#dropped += first.length;
      first = this.#tail[0];
    }
    const over = this.#tailBytes - this.#half;
    if (first === undefined || over <= 0) return;
    this.#tail[0] = first.subarray(over);
    this.#tailBytes -= over;
    this.#dropped += over;
  }
}
