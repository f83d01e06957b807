/** @jsxImportSource hono/jsx */
import type { FC } from "hono/jsx";
import { words } from "../format.ts";
import { Chip } from "../parts/basics.tsx";

type Tone = "good" | "bad" | "busy" | "plain";

const TASK: Record<string, Tone> = {
  queued: "plain",
  running: "busy",
  publishing: "busy",
  done: "good",
  failed: "bad",
};
/** The tone of a task's state. */
export const taskTone = (state: string): Tone => TASK[state] ?? "plain";

const CHECKS: Record<string, Tone> = { passing: "good", failing: "bad", pending: "busy" };
/** How the checks of a pull request stand. */
export const CheckChip: FC<{ checks: string }> = ({ checks }) =>
  checks === "none" ? (
    <span class="muted">no checks</span>
  ) : (
    <Chip tone={CHECKS[checks] ?? "plain"}>checks {checks}</Chip>
  );

const REVIEWS: Record<string, Tone> = { approved: "good", changes_requested: "bad", commented: "busy" };
/** How the review of a pull request stands. */
export const ReviewChip: FC<{ review: string }> = ({ review }) =>
  review === "none" ? (
    <span class="muted">not reviewed</span>
  ) : (
    <Chip tone={REVIEWS[review] ?? "plain"}>{words(review)}</Chip>
  );

const PULLS: Record<string, Tone> = { open: "busy", merged: "good", closed: "bad" };
/** Whether a pull request is open, merged or closed. */
export const PullState: FC<{ state: string }> = ({ state }) => (
  <Chip tone={PULLS[state] ?? "plain"}>{state}</Chip>
);
