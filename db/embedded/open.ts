import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { z } from "zod";

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
 * @param trapped is told when the engine's code broke down. It cannot be used any more, and may never return.
 */
export async function openEngine(
  dataDir: string,
  snapshot: Blob | undefined,
  trapped: (why: string) => void,
): Promise<PGlite> {
  const engine = await PGlite.create({
    dataDir: dataDir === "memory://" ? dataDir : join(dataDir, "pglite"),
    pgliteWasmModule: await code(),
    startParams: EMBEDDED,
    ...(snapshot === undefined ? {} : { loadDataDir: snapshot }),
  });
  watch(engine, trapped);
  return engine;
}

/** How Postgres leaves a statement that failed: the engine takes up from there. */
const FAILED_STATEMENT = z.object({ status: z.literal(100) });

/** The engine catches whatever its code throws and calls it again, for ever where that has broken down. */
function watch({ Module }: PGlite, trapped: (why: string) => void): void {
  const loop = Module._PostgresMainLoopOnce;
  Module._PostgresMainLoopOnce = () => {
    try {
      loop();
    } catch (error) {
      if (!FAILED_STATEMENT.safeParse(error).success) trapped(String(error));
      throw error;
    }
  };
}
