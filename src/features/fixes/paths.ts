import type { RepoConfig } from "../../config/index.ts";
import type { Finding } from "../findings/model.ts";
import type { PathRules } from "./model.ts";

/** What a fix of a finding may change. The cause of a runtime error is product code: whoever approves its fix means that. */
export const pathRules = ({ paths }: RepoConfig, { kind }: Pick<Finding, "kind">): PathRules =>
  kind === "runtime_error" ? { allow: paths.errors, deny: paths.deny, product: "allow" } : paths;
