/**
 * A pattern-verbalizer pair, PVP (Schick and Schütze 2021, section 3): how an example becomes a cloze question, and which
 * words answer it. As in timoschick/pet it is two functions, and a new task is these two and nothing else.
 */
import { render, template } from "./template";
import type { Part, Template } from "./template";
import { wordsOf } from "./verbalizers/manual";
import type { Verbalizer } from "./verbalizers/manual";

export interface Pattern<E> {
  /** P(x): the example as parts of a prompt, with one mask. */
  parts(example: E): readonly Part[];
  /** v(y): the words that stand for a label. */
  verbalize(label: string): readonly string[];
}

/**
 * The pair of a template and a verbalizer.
 *
 * @param source a template, or its text
 * @param values the text of each slot for an example; default: the fields of the example with the slots' names
 * @throws RangeError as `template`; the pattern's functions throw as `render` and `wordsOf`
 */
export function pattern<E>(
  source: string | Template,
  verbalizer: Verbalizer,
  values?: (example: E) => Readonly<Record<string, string>>,
): Pattern<E> {
  const parsed = typeof source === "string" ? template(source) : source;
  return {
    parts: (example) => render(parsed, values ? values(example) : fieldsOf(parsed.slots, example)),
    verbalize: (label) => wordsOf(verbalizer, label),
  };
}

/** The fields of an example that a template has slots for; `render` says which are missing or no text. */
function fieldsOf(slots: readonly string[], example: unknown): Record<string, string> {
  const fields: object = Object(example);
  return Object.fromEntries(Object.entries(fields).filter(([name]) => slots.includes(name)));
}
