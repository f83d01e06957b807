/** A part of the set-up: `run` says how it is, or throws what is wrong; `advice` is what to do then, in a sentence. */
export interface Check {
  name: string;
  advice: string;
  run: () => Promise<string>;
}
