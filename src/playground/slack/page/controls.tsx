/** @jsxImportSource hono/jsx */
import type { Picks } from "../act/clicks.ts";
import { pickKey } from "../act/clicks.ts";
import { stateOf } from "../act/state.ts";
import type { Block, Confirm, Control, Option } from "../blocks/schema.ts";
import type { World } from "../world.ts";
import { PlainText } from "./mrkdwn.tsx";

/** Where a control stands: the message or modal it belongs to and what was picked there before. */
export interface Surface {
  world: World;
  picks: Picks;
  /** Message ts or view id. */
  target: string;
  /** Set in modals, where values are sent with the form. */
  form?: boolean;
}

interface Props {
  surface: Surface;
  block: Block;
  control: Control;
}

function confirmData(confirm: Confirm | undefined): Record<string, string> {
  if (!confirm) return {};
  return {
    "data-confirm": confirm.title.text,
    "data-confirm-text": confirm.text.text,
    "data-confirm-ok": confirm.confirm.text,
    "data-confirm-deny": confirm.deny.text,
    "data-confirm-style": confirm.style ?? "primary",
  };
}

/** Attributes by which the page's script knows what was pressed. */
function wiring({ surface, control }: Props, act: "click" | "pick"): Record<string, string> {
  const confirm = "confirm" in control ? control.confirm : undefined;
  return {
    "data-do": act,
    "data-target": surface.target,
    "data-action": control.action_id ?? "",
    ...confirmData(confirm),
  };
}

/** Values chosen so far, by people or by the block itself. */
function chosen({ surface, block, control }: Props): string[] {
  const key = pickKey(surface.target, block.block_id ?? "", control.action_id ?? "");
  const state = stateOf(control, surface.picks.get(key));
  const options = [state?.selected_option, state?.selected_options].flat();
  return options.flatMap((option) => {
    const value: unknown = Object(option).value;
    return typeof value === "string" ? [value] : [];
  });
}

export function ControlView(props: Props) {
  const { surface, block, control } = props;
  const name = surface.form ? (block.block_id ?? "") : "";
  switch (control.type) {
    case "button":
      return <ButtonView {...props} control={control} />;
    case "overflow":
      return (
        <details class="menu overflow">
          <summary aria-label="More">⋯</summary>
          <div class="menu-list">
            {control.options.map((option) => (
              <button type="button" {...wiring(props, "click")} data-value={option.value}>
                <PlainText text={option.text.text} />
              </button>
            ))}
          </div>
        </details>
      );
    case "static_select": {
      const [current] = chosen(props);
      return (
        <select
          name={name}
          {...(name ? {} : wiring(props, "pick"))}
          aria-label={control.placeholder?.text ?? "Select"}
        >
          <option value="" selected={!current} disabled={!name}>
            {control.placeholder?.text ?? "Select an option"}
          </option>
          {control.options.map((option) => (
            <option value={option.value} selected={option.value === current}>
              {option.text.text}
            </option>
          ))}
        </select>
      );
    }
    case "plain_text_input": {
      const label = block.type === "input" ? block.label.text : "";
      const common = {
        name,
        "aria-label": label,
        placeholder: control.placeholder?.text ?? "",
        autofocus: control.focus_on_load,
      };
      if (control.multiline) return <textarea {...common}>{control.initial_value ?? ""}</textarea>;
      return <input type="text" {...common} value={control.initial_value ?? ""} />;
    }
    default: {
      const type = control.type === "radio_buttons" ? "radio" : "checkbox";
      const current = chosen(props);
      return (
        <Choices
          options={control.options}
          type={type}
          name={name}
          current={current}
          wires={wiring(props, "pick")}
        />
      );
    }
  }
}

function ButtonView(props: Props & { control: Extract<Control, { type: "button" }> }) {
  const { control } = props;
  const look = `button ${control.style ?? ""}`;
  const label = <PlainText text={control.text.text} />;
  if (control.url && /^https?:\/\//i.test(control.url)) {
    return (
      <a
        class={look}
        href={control.url}
        target="_blank"
        rel="noopener noreferrer"
        {...wiring(props, "click")}
      >
        {label}
      </a>
    );
  }
  return (
    <button type="button" class={look} {...wiring(props, "click")} aria-label={control.accessibility_label}>
      {label}
    </button>
  );
}

function Choices(props: {
  options: Option[];
  type: "radio" | "checkbox";
  name: string;
  current: string[];
  wires: Record<string, string>;
}) {
  const { options, type, name, current, wires } = props;
  return (
    <div class="choices">
      {options.map((option) => (
        <label>
          <input
            type={type}
            name={name || `${wires["data-target"]}-${wires["data-action"]}`}
            value={option.value}
            checked={current.includes(option.value)}
            {...(name ? {} : wires)}
          />
          <span>
            <PlainText text={option.text.text} />
            {option.description ? <small>{option.description.text}</small> : null}
          </span>
        </label>
      ))}
    </div>
  );
}
