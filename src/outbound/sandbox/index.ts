export { createBubblewrap, findProgram } from "./bubblewrap.ts";
export { type DetectOptions, detectSandbox } from "./detect.ts";
export { createDocker } from "./docker.ts";
export { DEFAULT_LIMITS, type Limits } from "./limits.ts";
export { createNoSandbox } from "./none.ts";
export { runtimeFrom } from "./runtime.ts";
