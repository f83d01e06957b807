import { holdsSecret } from "../../../kernel/text/redact.ts";
import { parseDiff } from "./gates/index.ts";

/** Added lines that look like a secret, as `path:line`, never with their text. A change that holds one is not published. */
export const secretLines = (patch: string): string[] =>
  parseDiff(patch).files.flatMap((file) =>
    file.hunks
      .flat()
      .filter((line) => line.kind === "+" && holdsSecret(line.text))
      .map((line) => `${file.path}:${line.line} secrets (refuse): the line looks like a secret`),
  );
