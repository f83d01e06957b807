import { expect, test } from "bun:test";
import { join } from "node:path";
import { extractText } from "../../../src/features/failures/extract/engine.ts";
import { extractInWorker } from "../../../src/features/failures/extract-in-worker.ts";

const path = join(import.meta.dir, "../../fixtures/logs/go-test-plain.log");
const options = { repo: "acme/store" };

test("the worker tells what the extractor does", async () => {
  const expected = extractText(await Bun.file(path).text(), options);
  expect(await extractInWorker(Bun.file(path).stream(), options)).toEqual(expected);
});

test("more chunks than may be under way at once", async () => {
  const line = new TextEncoder().encode("nothing here\n");
  let left = 1000;
  const stream = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (left-- > 0) controller.enqueue(line);
      else controller.close();
    },
  });
  expect((await extractInWorker(stream, options)).lines).toBe(1000);
});

test("a stream that breaks rejects with its own error", async () => {
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.error(new Error("connection lost")),
  });
  await expect(extractInWorker(stream, options)).rejects.toThrow("connection lost");
});

test("a stop ends it although the stream says nothing more", async () => {
  const stop = new AbortController();
  const waiting = extractInWorker(
    new ReadableStream<Uint8Array>({ start: () => stop.abort() }),
    options,
    stop.signal,
  );
  await expect(waiting).rejects.toThrow("stopped");
});
