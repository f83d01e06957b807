/** @jsxImportSource hono/jsx */
import { controlsOf } from "../blocks/check.ts";
import type { Block, TextObject } from "../blocks/schema.ts";
import { ControlView, type Surface } from "./controls.tsx";
import { Mrkdwn, PlainText } from "./mrkdwn.tsx";
import { RichText } from "./rich-text.tsx";

/** A text object, as mrkdwn or as it stands. */
function TextView({ surface, text }: { surface: Surface; text: TextObject }) {
  if (text.type === "mrkdwn") return <Mrkdwn world={surface.world} text={text.text} />;
  return (
    <div class="mrkdwn">
      <p class="plain">
        <PlainText text={text.text} />
      </p>
    </div>
  );
}

const Picture = ({ url, alt }: { url: string; alt: string }) => (
  <img src={url} alt={alt} loading="lazy" referrerpolicy="no-referrer" />
);

/** A message's or modal's blocks. `errors` are shown under the inputs they belong to. */
export function BlocksView(props: { surface: Surface; blocks: Block[]; errors?: Record<string, string> }) {
  const { surface, blocks, errors = {} } = props;
  return (
    <div class="blocks">
      {blocks.map((block) => (
        <div class={`block ${block.type}`}>
          <BlockView surface={surface} block={block} error={errors[block.block_id ?? ""]} />
        </div>
      ))}
    </div>
  );
}

function BlockView({ surface, block, error }: { surface: Surface; block: Block; error: string | undefined }) {
  switch (block.type) {
    case "header":
      return (
        <h3>
          <PlainText text={block.text.text} />
        </h3>
      );
    case "divider":
      return <hr />;
    case "section":
      return <SectionView surface={surface} block={block} />;
    case "context":
      return (
        <>
          {block.elements.map((one) =>
            one.type === "image" ? (
              <Picture url={one.image_url} alt={one.alt_text} />
            ) : (
              <TextView surface={surface} text={one} />
            ),
          )}
        </>
      );
    case "actions":
      return (
        <>
          {block.elements.map((control) => (
            <ControlView surface={surface} block={block} control={control} />
          ))}
        </>
      );
    case "image":
      return (
        <figure>
          {block.title ? <figcaption>{block.title.text}</figcaption> : null}
          <Picture url={block.image_url} alt={block.alt_text} />
        </figure>
      );
    case "input":
      return (
        <fieldset class="field">
          <legend class="label">
            {block.label.text}
            {block.optional ? <em> (optional)</em> : null}
          </legend>
          {controlsOf(block).map((control) => (
            <ControlView surface={surface} block={block} control={control} />
          ))}
          {error ? <span class="error">{error}</span> : null}
          {block.hint ? <span class="hint">{block.hint.text}</span> : null}
        </fieldset>
      );
    case "rich_text":
      return <RichText world={surface.world} elements={block.elements} />;
  }
}

function SectionView({ surface, block }: { surface: Surface; block: Extract<Block, { type: "section" }> }) {
  const { text, fields, accessory } = block;
  return (
    <>
      <div class="section-text">
        {text ? <TextView surface={surface} text={text} /> : null}
        {fields ? (
          <div class="fields">
            {fields.map((field) => (
              <TextView surface={surface} text={field} />
            ))}
          </div>
        ) : null}
      </div>
      {accessory ? (
        <div class="accessory">
          {accessory.type === "image" ? (
            <Picture url={accessory.image_url} alt={accessory.alt_text} />
          ) : (
            <ControlView surface={surface} block={block} control={accessory} />
          )}
        </div>
      ) : null}
    </>
  );
}
