import type { Framework } from "../rule.ts";
import { bunTest } from "./bun-test.ts";
import { goJson } from "./go-json.ts";
import { goTest } from "./go-test.ts";
import { gocheck } from "./gocheck.ts";
import { pytest } from "./pytest.ts";
import { pythonUnittest } from "./python-unittest.ts";

/** All frameworks, in the order in which their rules see a line. */
export const FRAMEWORKS: readonly Framework[] = [gocheck, goTest, goJson, pytest, pythonUnittest, bunTest];
