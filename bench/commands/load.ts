import { createHmac } from "node:crypto";

/** A time in which commands are sent at a steady rate, whether or not those before were answered. */
export interface Slice {
  url: string;
  secret: string;
  form: Record<string, string>;
  /** Sent in turns. */
  commands: string[];
  /** A second. */
  rate: number;
  seconds: number;
}

export interface Timed {
  /** From when a command was due until its answer was read, ms; `late` is how much of it went by before it was sent. */
  answers: { command: string; ms: number; late: number }[];
  failed: number;
}

declare const self: Worker;

self.onmessage = async ({ data }: MessageEvent<Slice>) => {
  self.postMessage(await run(data));
};

async function run(slice: Slice): Promise<Timed> {
  const timed: Timed = { answers: [], failed: 0 };
  const began = performance.now();
  const sent: Promise<void>[] = [];
  for (let n = 0; n < slice.rate * slice.seconds; n += 1) {
    const due = began + (n * 1000) / slice.rate;
    const early = due - performance.now();
    if (early > 0) await Bun.sleep(early);
    sent.push(one(slice, n, due, timed));
  }
  await Promise.all(sent);
  return timed;
}

async function one(slice: Slice, n: number, due: number, timed: Timed): Promise<void> {
  const command = slice.commands[n % slice.commands.length] ?? "";
  const fresh = { text: command, trigger_id: crypto.randomUUID(), response_url: "http://127.0.0.1:9/none" };
  const body = new URLSearchParams({ ...slice.form, ...fresh }).toString();
  const timestamp = String(Math.floor(Date.now() / 1000));
  const mac = createHmac("sha256", slice.secret).update(`v0:${timestamp}:${body}`).digest("hex");
  const late = performance.now() - due;
  try {
    const response = await fetch(slice.url, {
      method: "POST",
      body,
      headers: {
        "content-type": "application/x-www-form-urlencoded",
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": `v0=${mac}`,
      },
    });
    const text = await response.text();
    if (!response.ok || text === "" || text.includes("hourglass")) timed.failed += 1;
    timed.answers.push({ command, ms: performance.now() - due, late });
  } catch {
    timed.failed += 1;
  }
}
