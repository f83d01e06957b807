import { z } from "zod";

const Finding = z.looseObject({
  number: z.int(),
  state: z.string(),
  test: z.string(),
  issue: z.int().nullable(),
  pull: z.int().nullable(),
  held_at: z.string().nullable(),
});
const Detail = z.looseObject({ ...Finding.shape, history: z.array(z.object({ state: z.string() })) });

/** A finding as the product's own interface shows it, with the states it came through. */
export interface SeenFinding {
  number: number;
  state: string;
  test: string;
  issue: number;
  pull: number;
  held: boolean;
  states: string[];
}

/** Numbers and tests of all findings. */
export async function allFindings(
  url: string,
  token: string,
): Promise<{ number: number; state: string; test: string }[]> {
  const response = await fetch(`${url}/api/v1/findings`, { headers: { authorization: `Bearer ${token}` } });
  return z.object({ findings: z.array(Finding) }).parse(await response.json()).findings;
}

/** Asks the product. An issue or pull request that is not there yet is 0. */
export async function seenFinding(url: string, token: string, number: number): Promise<SeenFinding> {
  const response = await fetch(`${url}/api/v1/findings/F${number}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (!response.ok) throw new Error(`F${number} was answered with ${response.status}`);
  const { state, test, issue, pull, held_at, history } = Detail.parse(await response.json());
  return {
    number,
    state,
    test,
    issue: issue ?? 0,
    pull: pull ?? 0,
    held: held_at !== null,
    states: history.map((entry) => entry.state),
  };
}
