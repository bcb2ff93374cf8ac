/**
 * Parts become ids, in so many tokens as there is room for. Only shortenable parts are cut, the longest first, as
 * timoschick/pet's `PVP.truncate` does, so that a long example never loses the pattern, and with it the question.
 *
 * The joints. Tokens cross from one part to the next (" great" is one token of GPT-2 with the space of the literal before
 * it), so text is encoded in one piece from special token to special token, never part by part: the ids are those of the
 * text as a reader sees it. What a part loses is counted in its own tokens, its text is cut there, and the whole is encoded
 * again until it fits.
 *
 * Spaces before the mask belong to the answer: "Sentiment: {mask}" is read as "Sentiment:" and answered by " great", for
 * models learned a word with the space before it, and a prompt that ends with a space is one they have hardly seen.
 * They are the `lead` of each answer (EleutherAI's lm-evaluation-harness moves them in the same way). Line ends stay, and
 * are read as before a word ("\n\n" at the end of a text is one token of GPT-2, before a word two). An answer is encoded
 * alone, with its lead; so a mask inside a word ("un{mask}") gets tokens that the whole word might not have.
 */
import type { Tokenizer } from "../text";
import type { Part } from "./template";

/** What a model wants around a prompt. Without `mask` it is a causal model: the answer comes after the prompt. */
export interface Frame {
  /** Id that stands in the place of the answer: a masked language model's. */
  readonly mask?: number;
  /** Ids before and after the prompt, as [CLS] and [SEP]; they take room. */
  readonly before?: readonly number[];
  readonly after?: readonly number[];
}

export interface FitOptions extends Frame {
  /** Which end of a part is cut; default "end". */
  readonly cutFrom?: "end" | "start";
  /** What errors call the prompt. */
  readonly name?: string;
}

/** What a part lost. */
export interface Cut {
  /** Place in the list of parts. */
  readonly part: number;
  readonly slot?: string;
  /** The text that is gone, and its tokens when encoded alone. */
  readonly text: string;
  readonly tokens: number;
}

export interface Fitted {
  readonly ids: number[];
  /** Place of the mask in `ids`; undefined for a causal model. */
  readonly mask: number | undefined;
  /** Spaces that go before the answer. */
  readonly lead: string;
  readonly cuts: readonly Cut[];
}

/**
 * The frame of a BERT: [CLS] prompt [SEP], and [MASK].
 * @throws RangeError where the tokenizer lacks one of them
 */
export function bertFrame(tokenizer: Tokenizer): Required<Frame> {
  const [cls, sep, mask] = ["[CLS]", "[SEP]", "[MASK]"].map((name) => specialId(tokenizer, name));
  return { mask: mask as number, before: [cls as number], after: [sep as number] };
}

/**
 * Encodes parts in at most `room` tokens, the frame's included.
 *
 * @param room tokens; what the answer needs is not in it
 * @throws RangeError where the pattern alone is too long (with the numbers), something stands after the mask of a causal
 *   model, a masked model gets no mask or any model two, or a special token is not the tokenizer's
 */
export function fit(
  parts: readonly Part[],
  tokenizer: Tokenizer,
  room: number,
  options: FitOptions = {},
): Fitted {
  const { cutFrom = "end", name = "the prompt" } = options;
  if (!Number.isInteger(room) || room < 1)
    throw new RangeError(`${name}: room is ${room}, a whole number of tokens from 1 is meant.`);
  checkMask(parts, options, name);
  const lead = leadOf(parts);
  const whole = encode(parts, tokenizer, options, lead);
  if (whole.ids.length <= room) return { ...whole, lead, cuts: [] };

  const may = parts.map((part) => "text" in part && part.shortenable);
  const alone = encode(parts.map((part, i) => (may[i] ? withText(part, "") : part)), tokenizer, options, lead).ids.length; // prettier-ignore
  if (alone > room)
    throw new RangeError(
      `${name} needs ${alone} tokens for the pattern alone (${whole.ids.length} with all), and there is room for ${room}. ` +
        (may.includes(true)
          ? "Cure: a shorter pattern, fewer demonstrations, or a model with a longer context."
          : "No part may be cut. Cure: mark one, as {text:shorten}."),
    );

  const pieces = parts.map((part, i) => ("text" in part && may[i] ? tokenizer.pieces(part.text) : []));
  let keep = pieces.map((each) => each.length);
  let kept = parts;
  let fitted = whole;
  // Each round takes at least one token, and with none left the pattern alone fits.
  while (fitted.ids.length > room) {
    keep = longestFirst(keep, fitted.ids.length - room);
    kept = parts.map((part, i) => {
      const all = pieces[i]!;
      const count = keep[i]!;
      if (!("text" in part) || count === all.length) return part;
      if (count === 0) return withText(part, "");
      if (cutFrom === "end") return withText(part, part.text.slice(0, all[count - 1]!.end));
      const rest = part.text.slice(all[all.length - count]!.start);
      // A text without a space before it gets none by the cut: the pattern has its own.
      return withText(part, part.text.startsWith(" ") ? rest : rest.replace(/^ +/, ""));
    });
    fitted = encode(kept, tokenizer, options, lead);
  }
  const cuts = parts.flatMap((part, i): Cut[] => {
    const now = kept[i]!;
    if (!("text" in part) || !("text" in now) || now.text === part.text) return [];
    const text =
      cutFrom === "end"
        ? part.text.slice(now.text.length)
        : part.text.slice(0, part.text.length - now.text.length);
    const slot = part.slot === undefined ? {} : { slot: part.slot };
    return [{ part: i, ...slot, text, tokens: pieces[i]!.length - keep[i]! }];
  });
  return { ...fitted, lead, cuts };
}

/**
 * The spaces that stand before the mask, or at the end where there is none: they go before the answer. Where the pattern has
 * some, a text before them adds none of its own, so that answers do not change with the examples.
 */
export function leadOf(parts: readonly Part[]): string {
  const at = parts.findIndex((part) => "mask" in part);
  let lead = "";
  for (let i = (at < 0 ? parts.length : at) - 1; i >= 0; i--) {
    const part = parts[i]!;
    if (!("text" in part)) break;
    const ofPattern = !part.shortenable && part.slot === undefined;
    const spaces = part.text.slice(withoutLead(part.text).length);
    if (ofPattern || lead === "") lead = spaces + lead;
    if (spaces.length < part.text.length) break;
  }
  return lead;
}

/** The ids of parts, text in one piece between special tokens. For a causal model they end at the mask. */
function encode(
  parts: readonly Part[],
  tokenizer: Tokenizer,
  frame: Frame,
  lead: string,
): { ids: number[]; mask: number | undefined } {
  const ids = [...(frame.before ?? [])];
  let mask: number | undefined;
  let run = "";
  const flush = (tokens: readonly number[]): void => {
    for (const id of tokens) ids.push(id);
    run = "";
  };
  for (const part of parts) {
    if ("text" in part) run += part.text;
    else if ("special" in part) {
      flush(tokenizer.encode(run));
      ids.push(specialId(tokenizer, part.special));
    } else if (frame.mask !== undefined) {
      flush(tokenizer.encode(withoutLead(run)));
      mask = ids.length;
      ids.push(frame.mask);
    }
  }
  flush(mask === undefined ? beforeWord(withoutLead(run), lead, tokenizer) : tokenizer.encode(run));
  ids.push(...(frame.after ?? []));
  return { ids, mask };
}

/** The tokens of a text that goes on with a word: white space splits there otherwise than at the end of a text. */
function beforeWord(text: string, lead: string, tokenizer: Tokenizer): number[] {
  if (!/\s$/.test(text)) return tokenizer.encode(text);
  const own = tokenizer.pieces(`${text}${lead}a`).filter(({ end }) => end <= text.length);
  return own.at(-1)?.end === text.length ? own.map(({ id }) => id) : tokenizer.encode(text);
}

/** Without the spaces at its end. */
function withoutLead(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === " ") end--;
  return text.slice(0, end);
}

const withText = (part: Part, text: string): Part => ("text" in part ? { ...part, text } : part);

/** Takes tokens one by one from the longest part, of equally long ones from the last. */
function longestFirst(lengths: readonly number[], remove: number): number[] {
  const left = [...lengths];
  for (let n = 0; n < remove; n++) {
    const longest = Math.max(...left);
    if (longest === 0) break;
    left[left.lastIndexOf(longest)]! -= 1;
  }
  return left;
}

function checkMask(parts: readonly Part[], frame: Frame, name: string): void {
  const masks = parts.filter((part) => "mask" in part).length;
  if (masks > 1) throw new RangeError(`${name} has ${masks} masks: one is meant.`);
  if (frame.mask !== undefined) {
    if (masks === 0) throw new RangeError(`${name} has no mask, and a masked language model answers there.`);
    return;
  }
  const at = parts.findIndex((part) => "mask" in part);
  const behind =
    at < 0 ? undefined : parts.slice(at + 1).find((part) => !("text" in part) || part.text !== "");
  if (behind !== undefined)
    throw new RangeError(
      `${name}: after the mask comes ${JSON.stringify("text" in behind ? behind.text : behind)}, but a causal model ` +
        "reads only what stands before its answer. Cure: a pattern with the mask last, or a masked language model.",
    );
}

function specialId(tokenizer: Tokenizer, name: string): number {
  if (!Object.hasOwn(tokenizer.special, name))
    throw new RangeError(
      `This ${tokenizer.kind} tokenizer has no special token ${JSON.stringify(name)}. ` +
        `It has: ${Object.keys(tokenizer.special).join(", ") || "none"}.`,
    );
  return tokenizer.special[name] as number;
}
