/** @jsxImportSource hono/jsx */
import type { Child, FC } from "hono/jsx";
import type { FindingDetail } from "../../features/insights/detail.ts";
import type { Viewer } from "../viewer.ts";

/** What each part of a finding's page is given. */
export interface DetailProps {
  /** With the name of the forge that the repository lives on. */
  detail: FindingDetail & { forge: string };
  now: Date;
  viewer: Viewer;
}

/** A part of the page under a heading of its own. */
export const Panel: FC<{ id: string; title: string; note?: string; children: Child }> = (props) => (
  <section class="panel" aria-labelledby={props.id}>
    <h2 id={props.id}>
      {props.title}
      {props.note === undefined ? null : <small>{props.note}</small>}
    </h2>
    {props.children}
  </section>
);
