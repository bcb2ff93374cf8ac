/**
 * Templates: a prompt with named slots for the example and one place for the answer, the pattern P of Schick and Schütze
 * 2021, "Exploiting Cloze Questions for Few Shot Text Classification and Natural Language Inference", section 3.
 *
 *   template("Review: {text:shorten}\nSentiment: {mask}")
 *
 * {name} is a slot, {name:shorten} one whose text may be cut where the prompt is too long (the pattern itself never is),
 * {mask} the place of the answer, {special:<|im_end|>} a special token; {{ and }} are the braces themselves. What
 * comes out are parts, which `fit` makes ids of: a slot's text stays ordinary text whatever is written in it.
 */

/** A stretch of ordinary text. `slot`: the slot it came from. */
export interface TextPart {
  readonly text: string;
  readonly shortenable: boolean;
  readonly slot?: string;
}

/** The place of the answer. */
export interface MaskPart {
  readonly mask: true;
}

/** A special token of the tokenizer, by its name; never shortened. */
export interface SpecialPart {
  readonly special: string;
}

export type Part = TextPart | MaskPart | SpecialPart;

/** Text that is never cut. */
export const fixed = (text: string): TextPart => ({ text, shortenable: false });

/** Text that may be cut where there is no room. */
export const shortenable = (text: string): TextPart => ({ text, shortenable: true });

export const mask: MaskPart = { mask: true };

/** A part of which the text is not known yet. */
export interface Slot {
  readonly slot: string;
  readonly shortenable: boolean;
}

/** A template as plain data. */
export interface Template {
  readonly source: string;
  readonly parts: readonly (Part | Slot)[];
  /** Names of the slots, each once, in order. */
  readonly slots: readonly string[];
}

/**
 * Reads a template.
 * @throws RangeError with line and column: a brace without its partner, a slot without a name, an unknown word after the
 *   colon, a second mask
 */
export function template(source: string): Template {
  const parts: (Part | Slot)[] = [];
  let literal = "";
  const flush = (): void => {
    if (literal !== "") parts.push(fixed(literal));
    literal = "";
  };
  for (let at = 0; at < source.length;) {
    const char = source[at] as string;
    if ((char === "{" || char === "}") && source[at + 1] === char) {
      literal += char;
      at += 2;
    } else if (char === "}") {
      throw wrong(source, at, 'a "}" without its "{". Cure: write "}}" for the brace itself');
    } else if (char === "{") {
      const end = source.indexOf("}", at);
      if (end < 0)
        throw wrong(source, at, 'a "{" without its "}". Cure: close it, or write "{{" for the brace itself');
      flush();
      const part = readSlot(source, at, source.slice(at + 1, end));
      if ("mask" in part && parts.includes(mask)) throw wrong(source, at, "a second {mask}: one is meant");
      parts.push(part);
      at = end + 1;
    } else {
      literal += char;
      at++;
    }
  }
  flush();
  const slots = new Set(
    parts.flatMap((part) => ("slot" in part && part.slot !== undefined ? [part.slot] : [])),
  );
  return { source, parts, slots: [...slots] };
}

/** What stands between the braces. */
function readSlot(source: string, at: number, body: string): Part | Slot {
  if (body === "mask") return mask;
  if (body.startsWith("special:") && body.length > "special:".length)
    return { special: body.slice("special:".length) };
  const [, name, how] = /^([\p{L}_][\p{L}\p{N}_]*)(?::(.*))?$/su.exec(body) ?? [];
  if (name === undefined)
    throw wrong(
      source,
      at,
      `{${body}} is no slot: a name of letters, digits and _ is meant, as {text}. Cure: "{{" and "}}" for braces`,
    );
  if (name === "mask" || name === "special" || (how !== undefined && how !== "shorten"))
    throw wrong(
      source,
      at,
      `{${body}} is not known: there are {name}, {name:shorten}, {mask} and {special:token}`,
    );
  return { slot: name, shortenable: how === "shorten" };
}

/**
 * The template with these texts in its slots.
 * @param values the text of each slot
 * @throws RangeError for a slot without a text, or a text for a slot that the template has not
 */
export function render(template: Template, values: Readonly<Record<string, string>>): Part[] {
  const unknown = Object.keys(values).find((name) => !template.slots.includes(name));
  if (unknown !== undefined)
    throw new RangeError(
      `The template ${quoted(template.source)} has no slot {${unknown}}. It has: ${listed(template.slots)}.`,
    );
  return template.parts.map((part): Part => {
    if (!("slot" in part) || part.slot === undefined) return part as Part;
    const text: unknown = Object.hasOwn(values, part.slot) ? values[part.slot] : undefined;
    if (typeof text !== "string")
      throw new RangeError(
        `The slot {${part.slot}} of the template ${quoted(template.source)} has no text` +
          `${text === undefined ? "" : `, but a ${typeof text}`}. Given are: ${listed(Object.keys(values))}.`,
      );
    return { text, shortenable: part.shortenable, slot: part.slot };
  });
}

/**
 * The parts with an answer in the place of the mask: a demonstration, or a sentence to train on.
 * @throws RangeError where there is no mask
 */
export function filled(parts: readonly Part[], answer: string): Part[] {
  if (!parts.some((part) => "mask" in part))
    throw new RangeError(`There is no mask to fill with ${quoted(answer)}.`);
  return parts.map((part) => ("mask" in part ? fixed(answer) : part));
}

/** The parts as one text to look at; `fit` makes the ids. */
export function plainText(parts: readonly Part[], shownMask = "[MASK]"): string {
  return parts
    .map((part) => ("mask" in part ? shownMask : "special" in part ? part.special : part.text))
    .join("");
}

function wrong(source: string, at: number, what: string): RangeError {
  const before = source.slice(0, at).split("\n");
  const column = [...(before.at(-1) as string)].length + 1;
  return new RangeError(`The template ${quoted(source)}, line ${before.length}, column ${column}: ${what}.`);
}

const quoted = (text: string): string => JSON.stringify(text.length > 80 ? `${text.slice(0, 77)}...` : text);

const listed = (names: readonly string[]): string =>
  names.length === 0 ? "none" : names.map((name) => `{${name}}`).join(", ");
