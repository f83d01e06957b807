/** @jsxImportSource hono/jsx */
import type { Child, FC } from "hono/jsx";
import type { Button } from "../act.ts";
import type { Viewer } from "../viewer.ts";

interface ActProps {
  viewer: Viewer;
  /** The command, and what it is about. */
  run: Button;
  on: string;
  repo?: string | undefined;
  label: string;
  /** What is asked for before it is done; without it the button does it at once. */
  note?: { label: string; required: boolean; value?: string } | undefined;
  /** What follows, in a sentence, beside the note. */
  says?: string | undefined;
  tone?: "main" | "bad" | undefined;
  /** Unfolded first, also without a note. */
  confirm?: boolean;
  children?: Child;
}

/** A button for a command. Nothing where nobody signed in. What cannot be undone is unfolded first, with a note. */
export const Act: FC<ActProps> = (props) => {
  const { viewer, run, on, label, note, tone } = props;
  if (viewer.person === null) return null;
  const id = `act-${run}-${on.replace(/\W/g, "-")}`;
  if (note === undefined && props.confirm !== true)
    return (
      <ActForm {...props}>
        <button type="submit" class={tone}>
          {label}
        </button>
      </ActForm>
    );
  return (
    <details class="act" id={id}>
      <summary class={tone}>{label}</summary>
      <ActForm {...props}>
        {props.says === undefined ? null : <p class="muted">{props.says}</p>}
        {note === undefined ? null : (
          <>
            <label for={`${id}-note`}>{note.label}</label>
            <textarea id={`${id}-note`} name="note" rows={2} maxlength={1000} required={note.required}>
              {note.value ?? ""}
            </textarea>
          </>
        )}
        {props.children}
        <button type="submit" class={tone}>
          {label}
        </button>
      </ActForm>
    </details>
  );
};

const ActForm: FC<ActProps> = ({ viewer, run, on, repo, children }) => (
  <form method="post" action="/act" class="act-form">
    <input type="hidden" name="csrf" value={viewer.person?.csrf ?? ""} />
    <input type="hidden" name="do" value={run} />
    <input type="hidden" name="on" value={on} />
    {repo === undefined ? null : <input type="hidden" name="repo" value={repo} />}
    <input type="hidden" name="back" value={viewer.path} />
    {children}
  </form>
);

/** Where signing in would let one act, it is said how; nothing where nobody can. */
export const SignInToAct: FC<{ viewer: Viewer }> = ({ viewer }) =>
  viewer.person !== null || viewer.signIn === null ? null : (
    <p class="meta">
      <a href={`/signin?next=${encodeURIComponent(viewer.path)}`}>Sign in with {viewer.signIn}</a> to act
      here; the same is done in Slack and on the issue.
    </p>
  );

/** Starts any issue of a repository as a task. */
export const StartForm: FC<{ viewer: Viewer; repos: readonly string[] }> = ({ viewer, repos }) => {
  if (viewer.person === null || repos.length === 0) return null;
  return (
    <details class="act" id="start-issue">
      <summary class="main">Start an issue</summary>
      <form method="post" action="/act" class="act-form">
        <input type="hidden" name="csrf" value={viewer.person.csrf} />
        <input type="hidden" name="do" value="start" />
        <input type="hidden" name="back" value={viewer.path} />
        <label for="start-repo">Repository</label>
        <select id="start-repo" name="repo">
          {repos.map((repo) => (
            <option value={repo}>{repo}</option>
          ))}
        </select>
        <label for="start-on">Issue's number or address</label>
        <input id="start-on" name="on" required maxlength={200} placeholder="#12" />
        <label for="start-note">A word for the fixer (may be empty)</label>
        <textarea id="start-note" name="note" rows={2} maxlength={1000}></textarea>
        <button type="submit" class="main">
          Start
        </button>
      </form>
    </details>
  );
};
