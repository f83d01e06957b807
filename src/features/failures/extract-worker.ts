import { errorText } from "../../kernel/errors.ts";
import { createExtractor, type Extractor } from "./extract/engine.ts";
import { type FromWorker, ToWorker } from "./worker-protocol.ts";

declare const self: Worker;

let extractor: Extractor | undefined;
const answer = (message: FromWorker): void => self.postMessage(message);

function take(message: ToWorker): void {
  if (message.kind === "start") {
    const { repo, platform } = message;
    extractor = createExtractor(platform === undefined ? { repo } : { repo, platform });
    return;
  }
  if (extractor === undefined) throw new Error("a log's bytes came before its start");
  if (message.kind === "chunk") {
    extractor.push(message.bytes);
    answer({ kind: "taken" });
  } else {
    answer({ kind: "done", extraction: extractor.end() });
    extractor = undefined;
  }
}

/** Entry of the worker thread that `extractInWorker` starts. */
self.onmessage = (event: MessageEvent<unknown>) => {
  try {
    take(ToWorker.parse(event.data));
  } catch (error) {
    answer({ kind: "failed", message: errorText(error) });
  }
};
