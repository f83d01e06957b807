/** @jsxImportSource hono/jsx */
import type { Child } from "hono/jsx";
import type { Conclusion, Issue, Label, RunStatus } from "../model.ts";
import type { World } from "../world.ts";
import { ago, type RepoPage } from "./context.ts";

export const Avatar = ({ login, size = 20 }: { login: string; size?: number }) => (
  <img class="avatar" src={`/-/avatar/${login}.svg`} width={size} height={size} alt="" />
);

export const Time = ({ world, at }: { world: World; at: string }) => (
  <time datetime={at} title={at}>
    {ago(world, at)}
  </time>
);

export const LabelChip = ({ label }: { label: Label }) => {
  const hex = /^[0-9a-f]{6}$/i.test(label.color) ? label.color : "ededed";
  const [red = 0, green = 0, blue = 0] = [0, 2, 4].map((at) => Number.parseInt(hex.slice(at, at + 2), 16));
  const isLight = red * 0.3 + green * 0.59 + blue * 0.11 > 150;
  return (
    <span
      class={isLight ? "label light" : "label dark"}
      style={`--label:#${hex}`}
      title={label.description ?? ""}
    >
      {label.name}
    </span>
  );
};

export const Labels = ({ page, issue }: { page: RepoPage; issue: Issue }) => (
  <>
    {issue.labels.flatMap((name) => {
      const label = page.repo.labels.get(name.toLowerCase());
      return label ? [<LabelChip label={label} />] : [];
    })}
  </>
);

/** The coloured word for what an issue or pull request is. */
export const StateBadge = ({ issue }: { issue: Issue }) => {
  const { kind, word } = stateOf(issue);
  return <span class={`state ${kind}`}>{word}</span>;
};

const stateOf = (issue: Issue): { kind: string; word: string } => {
  if (issue.pull?.mergedAt) return { kind: "merged", word: "Merged" };
  if (issue.state === "open") {
    return issue.pull?.draft ? { kind: "draft", word: "Draft" } : { kind: "open", word: "Open" };
  }
  if (issue.pull) return { kind: "failed", word: "Closed" };
  return issue.stateReason === "not_planned"
    ? { kind: "draft", word: "Closed as not planned" }
    : { kind: "merged", word: "Closed" };
};

/** A mark for how a run, job or step stands, with the word for those who can't see it. */
export const Mark = ({ status, conclusion }: { status: RunStatus; conclusion: Conclusion | null }) => {
  const word = conclusion ?? (status === "in_progress" ? "running" : "queued");
  const signs: Record<string, string> = {
    success: "✓",
    failure: "✕",
    timed_out: "✕",
    cancelled: "⊘",
    skipped: "–",
    running: "●",
    queued: "○",
  };
  return (
    <span class={`mark ${word}`} role="img" aria-label={word} title={word}>
      {signs[word] ?? "?"}
    </span>
  );
};

/** A box with somebody's words. */
export const Speech = (props: {
  world: World;
  id?: string;
  author: string;
  at: string;
  what?: string;
  edited?: boolean;
  children?: Child;
}) => (
  <article class="speech" {...(props.id ? { id: props.id } : {})}>
    <header>
      <Avatar login={props.author} />
      <strong>{props.author}</strong> {props.what ?? "commented"}{" "}
      {props.id ? (
        <a class="quiet" href={`#${props.id}`}>
          <Time world={props.world} at={props.at} />
        </a>
      ) : (
        <Time world={props.world} at={props.at} />
      )}
      {props.edited ? <span class="quiet"> · edited</span> : null}
    </header>
    {props.children == null ? null : <div class="markdown">{props.children}</div>}
  </article>
);

/** A button that posts to `action`, with hidden fields. */
export const PostButton = (props: {
  action: string;
  fields?: Record<string, string>;
  kind?: "primary" | "danger" | "plain";
  children?: Child;
}) => (
  <form method="post" action={props.action} class="inline">
    {Object.entries(props.fields ?? {}).map(([name, value]) => (
      <input type="hidden" name={name} value={value} />
    ))}
    <button type="submit" class={props.kind ?? "plain"}>
      {props.children}
    </button>
  </form>
);
