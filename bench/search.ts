// Translates the search's WebAssembly text, src/features/failures/extract/search/search.wat, to search.wasm beside
// it, which the product loads. bun bench/search.ts
import { assemble, FOLDER } from "./search/assemble.ts";

await Bun.write(`${FOLDER}/search.wasm`, await assemble());
