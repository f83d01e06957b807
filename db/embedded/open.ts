import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";

/** 128 MB of buffers, which initdb would choose, are cleared at every start; there is one connection and a small database. */
const EMBEDDED = [...PGlite.defaultStartParams, "-c", "shared_buffers=16MB"];

let compiled: Promise<WebAssembly.Module> | null = null;

/** The engine's code. A first start opens it twice: for initdb, and for good. */
function code(): Promise<WebAssembly.Module> {
  const beside = import.meta.resolve("@electric-sql/pglite");
  compiled ??= Bun.file(new URL("./pglite.wasm", beside)).arrayBuffer().then(WebAssembly.compile);
  return compiled;
}

/**
 * The embedded Postgres, in the calling thread.
 * @param dataDir its folder, or `memory://`.
 * @param snapshot an image to begin with where the folder has no database.
 */
export async function openEngine(dataDir: string, snapshot: Blob | undefined): Promise<PGlite> {
  return PGlite.create({
    dataDir: dataDir === "memory://" ? dataDir : join(dataDir, "pglite"),
    pgliteWasmModule: await code(),
    startParams: EMBEDDED,
    ...(snapshot === undefined ? {} : { loadDataDir: snapshot }),
  });
}
