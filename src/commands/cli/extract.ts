import { createExtractor } from "../../features/failures/extract/engine.ts";
export async function runExtract(argv: string[]): Promise<number> {
  for (const path of argv) {
    const x = createExtractor({ repo: "" });
    for await (const c of Bun.file(path).stream()) x.push(c);
    const r = x.end();
    console.log(JSON.stringify({ file: path, failures: r.failures, infra: r.infra }));
  }
  return 0;
}
