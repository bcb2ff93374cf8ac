/** The fields of a widget as data, and as a form that a keyboard is enough for. */
import { escapeHtml } from "../../lab/figures/escape";

export type Field =
  /** A text of several lines, or of one. */
  | { readonly kind: "text" | "line"; readonly name: string; readonly label: string; readonly value: string }
  | {
      readonly kind: "slider";
      readonly name: string;
      readonly label: string;
      readonly value: string;
      readonly min: number;
      readonly max: number;
      readonly step: number;
    }
  | {
      readonly kind: "choice";
      readonly name: string;
      readonly label: string;
      readonly value: string;
      /** Values with what is read of them. */
      readonly options: readonly (readonly [value: string, label: string])[];
    }
  /** Asks for an answer of its own; "stop" ends one that is being written. */
  | { readonly kind: "button"; readonly name: string; readonly label: string };

/** The form's inside. Labels stand around their fields, so that no ids are needed. */
export const fieldsHtml = (fields: readonly Field[]): string => fields.map(fieldHtml).join("");

function fieldHtml(field: Field): string {
  const name = escapeHtml(field.name);
  const label = `<span>${escapeHtml(field.label)}</span>`;
  if (field.kind === "button")
    return `<button type="button" data-action="${name}"${name === "stop" ? " disabled" : ""}>${escapeHtml(field.label)}</button>`;
  const value = escapeHtml(field.value);
  switch (field.kind) {
    case "text":
      return `<label class="live-wide">${label}<textarea name="${name}" rows="2" spellcheck="false">${value}</textarea></label>`;
    case "line":
      return `<label class="live-wide">${label}<input name="${name}" value="${value}" spellcheck="false" autocomplete="off"></label>`;
    case "slider":
      return (
        `<label class="live-slider">${label}<input type="range" name="${name}" min="${field.min}" max="${field.max}" ` +
        `step="${field.step}" value="${value}"><output>${value}</output></label>`
      );
    case "choice": {
      const options = field.options.map(
        ([each, text]) =>
          `<option value="${escapeHtml(each)}"${each === field.value ? " selected" : ""}>${escapeHtml(text)}</option>`,
      );
      return `<label>${label}<select name="${name}">${options.join("")}</select></label>`;
    }
  }
}

/** A field's number. @throws RangeError that names it */
export function numberOf(input: Readonly<Record<string, string>>, name: string): number {
  const value = Number(input[name]);
  if (input[name] === undefined || input[name].trim() === "" || !Number.isFinite(value))
    throw new RangeError(`${name} must be a number, got “${input[name] ?? ""}”.`);
  return value;
}

/**
 * A field's text, which must not be empty, nor longer than what a model reads.
 * @param most characters
 * @throws RangeError with a sentence for the audience
 */
export function textOf(input: Readonly<Record<string, string>>, name: string, most: number): string {
  const text = (input[name] ?? "").replace(/\r\n?/g, "\n");
  const { length } = Array.from(text);
  if (text.trim() === "") throw new RangeError("There is no text yet. Type some.");
  if (length > most)
    throw new RangeError(`The text has ${length} characters; at most ${most} can be read here. Shorten it.`);
  return text;
}

/** How long a reader may look at each token of a text that is being written. */
export const PAUSE_FIELD: Field = {
  kind: "slider",
  name: "pause",
  label: "pause in ms",
  value: "0",
  min: 0,
  max: 500,
  step: 50,
};

/** Waits for it; only where a button asked for the text. */
export function pauseOf(input: Readonly<Record<string, string>>, action: string): () => Promise<void> {
  const ms = action === "" ? 0 : numberOf(input, "pause");
  return () => (ms === 0 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, ms)));
}
