import { z } from "zod";

/** What a test may be put under to make a rare failure come, in the order in which it is tried. */
export const STRESSES = ["cpu", "neighbours", "procs", "race", "shuffle", "siblings"] as const;
export type Stress = (typeof STRESSES)[number];

/** What is tried, in this order; `auto`: all that are known for the toolchain. */
export const StressSetting = z.union([z.enum(["auto", "none"]), z.array(z.enum(STRESSES)).min(1)]);
export type StressSetting = z.infer<typeof StressSetting>;

const WORDS: Record<Stress, string> = {
  cpu: "on one processor",
  neighbours: "beside busy neighbours",
  procs: "with 1, 2 and 4 threads in turn",
  race: "under the race detector",
  shuffle: "in shuffled order",
  siblings: "beside other runs of the same tests",
};

/** How a run under it was, for the end of a clause: `on one processor`. */
export const stressWords = (stress: Stress): string => WORDS[stress];
