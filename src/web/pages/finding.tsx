/** @jsxImportSource hono/jsx */
import type { Child, FC } from "hono/jsx";
import { wordsOf } from "../../features/findings/kinds.ts";
import { nameOf } from "../../features/findings/model.ts";
import { SECOND } from "../../kernel/clock.ts";
import { clamp } from "../../kernel/text/clamp.ts";
import { duration, percent, plural, usd } from "../format.ts";
import { Chip, Out, StateBadge, Time } from "../parts/basics.tsx";
import { Decisions } from "../parts/decisions.tsx";
import { NextStep } from "../parts/next-step.tsx";
import { Prose } from "../parts/prose.tsx";
import { Stepper } from "../parts/stepper.tsx";
import { AuditTable } from "./audit.tsx";
import { Occurrences } from "./finding-errors.tsx";
import { Fix } from "./finding-fix.tsx";
import { Sightings } from "./finding-sightings.tsx";
import { type DetailProps, Panel } from "./panel.tsx";

/** All of one finding, from its verdict to its operations log. */
export const FindingPage: FC<DetailProps & { bar: number }> = ({ detail, now, viewer, bar }) => {
  const { finding } = detail;
  return (
    <article class="finding">
      <header class="finding-head">
        <p class="crumbs">
          <a href="/">Findings</a> <span aria-hidden="true">/</span> {nameOf(finding)}
        </p>
        <h1 class="test">{finding.test}</h1>
        <p class="meta">
          <StateBadge state={finding.state} held={finding.heldAt !== null} /> <span>{finding.repo}</span> ·{" "}
          <span>since</span> <Time at={finding.stateAt} now={now} />
          {finding.mutedUntil !== null && finding.mutedUntil > now ? (
            <>
              {" "}
              · <Chip>muted</Chip>
            </>
          ) : null}
        </p>
        <Stepper finding={finding} />
        <NextStep detail={detail} acts={viewer.person !== null} />
        <Decisions finding={finding} viewer={viewer} bar={bar} />
        <nav class="jump" aria-label="On this page">
          <a href="#verdict">Verdict</a>
          <a href="#sightings">Sightings</a>
          <a href="#analysis">Analysis</a>
          <a href="#talk">Conversation</a>
          <a href="#fix">Fix</a>
          <a href="#log">Log</a>
        </nav>
      </header>
      <div class="finding-main">
        <Verdict {...{ detail, now, viewer }} />
        {finding.kind === "runtime_error" ? (
          <Occurrences {...{ detail, now, viewer }} />
        ) : (
          <Sightings {...{ detail, now, viewer }} />
        )}
        <Analysis {...{ detail, now, viewer }} />
        <Talk {...{ detail, now, viewer }} />
        <Fix {...{ detail, now, viewer }} />
        <Panel id="log" title="Operations log">
          <AuditTable entries={detail.audit} now={now} withFinding={false} />
        </Panel>
      </div>
      <Facts {...{ detail, now, viewer }} />
    </article>
  );
};

const Verdict: FC<DetailProps> = ({ detail: { finding } }) => (
  <Panel id="verdict" title="Verdict">
    {finding.kind === "flaky_test" ? (
      <p class="verdict">
        <b>{percent(finding.confidence)}</b> sure that this is <b>{finding.class}</b>
        <meter min={0} max={1} value={finding.confidence} aria-label="Confidence">
          {percent(finding.confidence)}
        </meter>
      </p>
    ) : (
      <p class="verdict">
        <span>
          A <b>{wordsOf(finding).name}</b>: there is no verdict to make.
        </span>
      </p>
    )}
    {finding.kind !== "flaky_test" ? null : finding.reasons.length === 0 ? (
      <p class="muted">No reasons were kept.</p>
    ) : (
      <ul class="reasons">
        {finding.reasons.map((reason) => (
          <li>
            <code>{reason.rule}</code> <span>{reason.text}</span>
          </li>
        ))}
      </ul>
    )}
    <pre class="signature-block">{clamp(finding.signature, 2000)}</pre>
  </Panel>
);

const Analysis: FC<DetailProps> = ({ detail: { issue } }) => (
  <Panel
    id="analysis"
    title="Analysis"
    {...(issue !== null && issue.analysisVersion > 0 ? { note: `version ${issue.analysisVersion}` } : {})}
  >
    {issue === null || issue.analysis === null ? (
      <p class="muted">Not written yet.{issue === null ? " It comes with the issue." : null}</p>
    ) : (
      <Prose text={issue.analysis} />
    )}
  </Panel>
);

const Talk: FC<DetailProps> = ({ detail: { talk, forge }, now }) => (
  <Panel id="talk" title="Conversation">
    {talk.length === 0 ? (
      <p class="muted">
        Nobody has said anything yet. Replies to the card and comments on the issue show here.
      </p>
    ) : (
      <ol class="talk">
        {talk.map((said) => (
          <li>
            <p class="meta">
              <b>{said.author}</b> <Chip>{said.from === "slack" ? "Slack" : forge}</Chip>{" "}
              <Time at={said.at} now={now} />
            </p>
            <Prose text={said.text} />
          </li>
        ))}
      </ol>
    )}
  </Panel>
);

const Facts: FC<DetailProps> = ({ detail, now }) => {
  const { finding, issue, thread, seen, cost } = detail;
  return (
    <aside class="facts" aria-label="Facts">
      <dl>
        <Fact name="Issue">
          {issue === null ? "none yet" : <Out href={issue.url}>{`${issue.repo}#${issue.number}`}</Out>}
        </Fact>
        {thread === null ? null : (
          <Fact name="Thread">
            <Out href={thread.permalink}>open in Slack</Out>
          </Fact>
        )}
        {detail.pulls.map((pull) => (
          <Fact name="Pull request">
            <Out href={pull.url}>{`${pull.repo}#${pull.number}`}</Out>
          </Fact>
        ))}
        <Fact name="Number">F{finding.id}</Fact>
        {finding.package === null ? null : <Fact name="Package">{finding.package}</Fact>}
        {finding.file === null ? null : <Fact name="File">{finding.file}</Fact>}
        <Fact name="Framework">{finding.framework}</Fact>
        <Fact name="First seen">
          <Time at={finding.firstSeen} now={now} />
        </Fact>
        <Fact name="Last seen">
          <Time at={finding.lastSeen} now={now} />
        </Fact>
        {finding.kind === "runtime_error" ? null : (
          <Fact name="Hit">
            {plural(seen.pulls, "pull request")}, {plural(seen.authors, "author")}
          </Fact>
        )}
        {cost.lostSeconds === 0 && cost.reruns === 0 ? null : (
          <Fact name="Cost so far">
            {cost.lostSeconds === 0 ? "" : `${duration(cost.lostSeconds * SECOND)} of CI time, `}
            {plural(cost.reruns, "rerun")}
          </Fact>
        )}
        {finding.mergeCommit === null ? null : (
          <Fact name="Merge commit">
            <code>{finding.mergeCommit.slice(0, 10)}</code>
          </Fact>
        )}
        {finding.reopened === 0 ? null : <Fact name="Came back">{plural(finding.reopened, "time")}</Fact>}
        {cost.calls === 0 ? null : (
          <Fact name="Model">
            {usd(cost.usd)} in {plural(cost.calls, "call")}
          </Fact>
        )}
        <Fact name={detail.fingerprints.length === 1 ? "Fingerprint" : "Fingerprints"}>
          {detail.fingerprints.map((one) => (
            <code title={one.fingerprint}>{one.fingerprint.slice(0, 12)} </code>
          ))}
        </Fact>
      </dl>
    </aside>
  );
};

const Fact: FC<{ name: string; children: Child }> = ({ name, children }) => (
  <>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </>
);
