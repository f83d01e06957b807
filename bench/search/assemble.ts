import { resolve } from "node:path";
import wabt from "wabt";

/** Where the search lies. */
export const FOLDER = resolve(import.meta.dir, "../../src/features/failures/extract/search");

/** The module that `search.wat` is the text of. Throws where it is none. */
export async function assemble(): Promise<Uint8Array> {
  const tools = await wabt();
  const module = tools.parseWat("search.wat", await Bun.file(`${FOLDER}/search.wat`).text(), { simd: true });
  module.validate();
  return module.toBinary({}).buffer;
}
