/** A stream of server-sent events: one line after every change, until the reader goes away. */
export function changeStream(subscribe: (listener: () => void) => () => void): Response {
  const encoder = new TextEncoder();
  let stop = () => {};
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(encoder.encode("retry: 500\ndata: hello\n\n"));
      let due = false;
      stop = subscribe(() => {
        if (due) return;
        due = true;
        // Many changes of one act are told at once.
        queueMicrotask(() => {
          due = false;
          controller.enqueue(encoder.encode("data: change\n\n"));
        });
      });
    },
    cancel() {
      stop();
    },
  });
  return new Response(body, {
    headers: { "content-type": "text/event-stream", "cache-control": "no-cache" },
  });
}
