import type { EncodeOptions } from "./tokenizer";

/** A stretch of the text: ordinary text (`id` undefined), or one special token that is allowed there. */
export interface Segment {
  readonly text: string;
  /** UTF-16 offset of the stretch in the whole text. */
  readonly start: number;
  readonly id: number | undefined;
}

/**
 * Cuts a text at the special tokens that are allowed in it.
 *
 * Where one name begins another ("<|end|>" and "<|end|>x") the longest wins. One pass, linear in the text.
 * The segments cover the whole text in order; an empty text has none.
 *
 * @throws RangeError when `allow` lists a name that is not in `special`.
 */
export function splitSpecial(
  text: string,
  special: Readonly<Record<string, number>>,
  allow: EncodeOptions["allowSpecial"] = "none",
): Segment[] {
  const names = allowedNames(special, allow);
  const segments: Segment[] = [];
  let done = 0;
  if (names.length > 0) {
    // Names are sorted longest first: a regular expression takes the first alternative that fits.
    const pattern = new RegExp(names.map(escapeRegExp).join("|"), "g");
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      if (match.index > done) {
        segments.push({ text: text.slice(done, match.index), start: done, id: undefined });
      }
      segments.push({ text: match[0], start: match.index, id: special[match[0]] });
      done = match.index + match[0].length;
    }
  }
  if (done < text.length) segments.push({ text: text.slice(done), start: done, id: undefined });
  return segments;
}

/** The names that `allow` lets through, longest first. */
function allowedNames(
  special: Readonly<Record<string, number>>,
  allow: NonNullable<EncodeOptions["allowSpecial"]>,
): string[] {
  if (allow === "none") return [];
  const known = Object.keys(special);
  const names = allow === "all" ? known : [...allow];
  const unknown = names.find((name) => !Object.hasOwn(special, name));
  if (unknown !== undefined) {
    const list = known.length === 0 ? "none" : known.map((name) => JSON.stringify(name)).join(", ");
    throw new RangeError(
      `allowSpecial names ${JSON.stringify(unknown)}, which is no special token here (there are: ${list}).`,
    );
  }
  return names.filter((name) => name !== "").sort((a, b) => b.length - a.length);
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
}
