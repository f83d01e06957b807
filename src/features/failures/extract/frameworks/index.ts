import type { Framework } from "../rule.ts";
import { ava, lab } from "./ava-lab.ts";
import { bunTest } from "./bun-test.ts";
import { cargo } from "./cargo.ts";
import { contracts } from "./contracts.ts";
import { cucumber } from "./cucumber.ts";
import { dotnet } from "./dotnet.ts";
import { exunit } from "./exunit.ts";
import { functional } from "./functional.ts";
import { further } from "./further.ts";
import { ginkgo } from "./ginkgo.ts";
import { goJson } from "./go-json.ts";
import { goTest } from "./go-test.ts";
import { gocheck } from "./gocheck.ts";
import { gradle } from "./gradle.ts";
import { gtest } from "./gtest.ts";
import { infra } from "./infra.ts";
import { infrastructure } from "./infrastructure.ts";
import { javascriptOthers } from "./javascript-others.ts";
import { javascriptReporters } from "./javascript-reporters.ts";
import { jest } from "./jest.ts";
import { junit4, junitConsole } from "./junit-console.ts";
import { jvmOthers } from "./jvm-others.ts";
import { lua } from "./lua.ts";
import { minitest } from "./minitest.ts";
import { mocha } from "./mocha.ts";
import { mozilla } from "./mozilla.ts";
import { nativeOthers } from "./native-others.ts";
import { nodeTest } from "./node-test.ts";
import { others } from "./others.ts";
import { phpunit } from "./phpunit.ts";
import { playwright } from "./playwright.ts";
import { pytest } from "./pytest.ts";
import { pythonOthers } from "./python-others.ts";
import { pythonUnittest } from "./python-unittest.ts";
import { rspec } from "./rspec.ts";
import { runners } from "./runners.ts";
import { scalatest } from "./scalatest.ts";
import { suites } from "./suites.ts";
import { surefire } from "./surefire.ts";
import { system } from "./system.ts";
import { tap } from "./tap.ts";
import { vitest } from "./vitest.ts";
import { xctest } from "./xctest.ts";
import { zioTest } from "./zio-test.ts";

/** All frameworks, in the order in which their rules see a line. */
export const FRAMEWORKS: readonly Framework[] = [
  gocheck,
  goTest,
  goJson,
  pytest,
  pythonUnittest,
  bunTest,
  jest,
  vitest,
  mocha,
  surefire,
  junitConsole,
  junit4,
  gradle,
  scalatest,
  zioTest,
  jvmOthers,
  rspec,
  minitest,
  phpunit,
  exunit,
  dotnet,
  nodeTest,
  javascriptOthers,
  javascriptReporters,
  ava,
  lab,
  playwright,
  cargo,
  ginkgo,
  gtest,
  xctest,
  mozilla,
  cucumber,
  nativeOthers,
  contracts,
  functional,
  lua,
  others,
  further,
  pythonOthers,
  tap,
  system,
  suites,
  infrastructure,
  runners,
  infra,
];
