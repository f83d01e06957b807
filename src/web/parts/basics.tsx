/** @jsxImportSource hono/jsx */
import type { Child, FC } from "hono/jsx";
import type { State } from "../../features/findings/model.ts";
import { instant, relative, webAddress, words } from "../format.ts";

/** A point in time, relative, with the exact one for machines and on hover. */
export const Time: FC<{ at: Date; now: Date }> = ({ at, now }) => (
  <time datetime={at.toISOString()} title={instant(at)} data-relative>
    {relative(now, at)}
  </time>
);

/** A link to another site, where the address is http or https; else its text alone. */
export const Out: FC<{ href: string | null | undefined; class?: string; children: Child }> = (props) => {
  const address = webAddress(props.href);
  if (address === null) return <span class={props.class}>{props.children}</span>;
  return (
    <a href={address} class={props.class} rel="noopener noreferrer">
      {props.children}
    </a>
  );
};

export const StateBadge: FC<{ state: State; held?: boolean }> = ({ state, held }) => (
  <span class={`badge s-${state}`}>
    {words(state)}
    {held === true ? (
      <span class="held" title="The fix held">
        {" "}
        ✓ held
      </span>
    ) : null}
  </span>
);

/** A small label in one of few tones. */
export const Chip: FC<{ tone?: "good" | "bad" | "busy" | "plain"; children: Child }> = (props) => (
  <span class={`chip t-${props.tone ?? "plain"}`}>{props.children}</span>
);

/** How far something got; without figures, that it goes on. */
export const Progress: FC<{ done: number | null; total: number | null; label: string }> = (props) => {
  const { done, total, label } = props;
  if (done === null || total === null || total <= 0) return <progress aria-label={label} />;
  const text = `${label}: ${done} of ${total}`;
  return (
    <progress value={Math.min(done, total)} max={total} aria-label={text} title={text}>
      {text}
    </progress>
  );
};

/** Name of a finding as a link to its page. */
export const FindingLink: FC<{ id: number; test: string }> = ({ id, test }) => (
  <a class="test" href={`/findings/F${id}`} title={test}>
    {test}
  </a>
);

/** Content that may be wider than the page: it scrolls sideways by itself, also by keyboard. */
export const Scroll: FC<{ label: string; newestLast?: boolean; children: Child }> = (props) => (
  <section class="scroll" tabindex={0} aria-label={props.label} data-end={props.newestLast}>
    {props.children}
  </section>
);

/** What stands where a list has nothing to show. */
export const Empty: FC<{ title: string; children?: Child }> = ({ title, children }) => (
  <div class="empty">
    <p class="empty-title">{title}</p>
    {children}
  </div>
);

/** One figure with its name. */
export const Figure: FC<{ name: string; value: string; note?: string | undefined }> = (props) => (
  <div class="figure">
    <dt>{props.name}</dt>
    <dd>
      {props.value}
      {props.note === undefined ? null : <small>{props.note}</small>}
    </dd>
  </div>
);
