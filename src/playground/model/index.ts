export { MODEL } from "./completion.ts";
export type { Fault } from "./faults.ts";
export { MODEL_KEY, type ModelOptions, type ModelServer, type SeenRequest, startModel } from "./server.ts";
