import { freshDatabase } from "/work/main/test/harness/database.ts";
import { openDatabase } from "/work/main/db/client.ts";
import { PGlite } from "@electric-sql/pglite";
let c0=process.cpuUsage(), t0=performance.now();
const tick=(n:string)=>{const c=process.cpuUsage(c0);console.log(n.padEnd(30),(c.user/1e6).toFixed(2),(c.system/1e6).toFixed(2), ((performance.now()-t0)/1000).toFixed(2));c0=process.cpuUsage();t0=performance.now()};
tick("imports");
const f:any = await freshDatabase("pglite"); tick("image");
for (let i=0;i<3;i++){
const p = await PGlite.create({dataDir:"memory://", loadDataDir: f.snapshot}); tick("create "+i);
await p.query("select 1"); tick("query");
await p.close(); tick("close");
}
const m = await WebAssembly.compile(await Bun.file("node_modules/@electric-sql/pglite/dist/pglite.wasm").arrayBuffer()); tick("compile");
const b = new Blob([await Bun.file("node_modules/@electric-sql/pglite/dist/pglite.data").arrayBuffer()]);
for (let i=0;i<3;i++){
const p = await PGlite.create({dataDir:"memory://", loadDataDir: f.snapshot, pgliteWasmModule:m, fsBundle:b} as any); tick("create with module "+i);
await p.query("select 1"); tick("query");
const d = await openDatabase({url:null,dataDir:"memory://",snapshot:f.snapshot}); tick("openDatabase"); await d.close();
await p.close(); tick("close");
}
process.exit(0)
