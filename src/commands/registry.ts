import type { Command } from "./model.ts";
import { addressCommand } from "./run/address.ts";
import { approveCommand, fixCommand, revokeCommand } from "./run/approve.ts";
import { cancelCommand } from "./run/cancel.ts";
import { dismissCommand, muteCommand, reopenCommand } from "./run/decide.ts";
import { explainCommand } from "./run/explain.ts";
import { helpCommand } from "./run/help.ts";
import { joinCommand } from "./run/join.ts";
import { linkCommand } from "./run/link.ts";
import { listCommand } from "./run/list.ts";
import { closeCommand, mergeCommand } from "./run/merge.ts";
import { overruleCommand } from "./run/overrule.ts";
import { pauseCommand, resumeCommand } from "./run/pause.ts";
import { prsCommand } from "./run/prs.ts";
import { relayCommand } from "./run/relay.ts";
import { rebaseCommand, rerunCommand } from "./run/rerun.ts";
import { scanCommand } from "./run/scan.ts";
import { showCommand } from "./run/show.ts";
import { startCommand } from "./run/start.ts";
import { whoamiCommand } from "./run/whoami.ts";
import { statsCommand, tasksCommand, workersCommand } from "./run/work.ts";

/** Every command there is. `help` is made from this list, so it cannot miss one. */
export const COMMANDS: readonly Command[] = [
  helpCommand(() => COMMANDS),
  listCommand,
  showCommand,
  explainCommand,
  prsCommand,
  statsCommand,
  tasksCommand,
  workersCommand,
  whoamiCommand,
  linkCommand,
  dismissCommand,
  muteCommand,
  reopenCommand,
  joinCommand,
  rerunCommand,
  relayCommand,
  approveCommand,
  revokeCommand,
  fixCommand,
  overruleCommand,
  startCommand,
  addressCommand,
  rebaseCommand,
  mergeCommand,
  closeCommand,
  cancelCommand,
  pauseCommand,
  resumeCommand,
  scanCommand,
];
