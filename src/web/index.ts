export { apiRoutes } from "./api.ts";
export type { ConsoleActions, ConsoleDeps, ReadDeps } from "./deps.ts";
export { consoleRoutes } from "./routes.tsx";
