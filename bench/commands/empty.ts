/** A server that only answers: what its slowest answers take is the machine's and the load's own. Prints its address. */
const server = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: async (request) => {
    await request.text();
    return new Response("It is well.");
  },
});
process.stdout.write(`http://127.0.0.1:${server.port}\n`);
