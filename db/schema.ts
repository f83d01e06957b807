export * from "./schema/errors.ts";
export * from "./schema/findings.ts";
export * from "./schema/platform.ts";
export * from "./schema/talk.ts";
export * from "./schema/work.ts";
