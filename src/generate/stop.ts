/** Where an answer ends: at a token, or at a string that may come in several tokens. */

export interface StopRules {
  /** An answer ends with any of these tokens; its text is without it. */
  readonly ids?: readonly number[];
  /** An answer ends before any of these strings: its text is cut there. Needs a tokenizer. */
  readonly strings?: readonly string[];
}

export interface StopFilter {
  /** Takes more text. Gives what is certain by now, and whether a stop string came: the text ends before it. */
  push(text: string): { readonly text: string; readonly stopped: boolean };
  /** No more text: what was held back as the possible beginning of a stop string. */
  end(): string;
}

/**
 * Cuts a text that comes in pieces before the first stop string, and holds back an end that could be its beginning. The
 * result does not depend on how the text is cut in pieces: the first string to be complete ends the text, and the longest
 * of those that are complete at the same place.
 *
 * @throws RangeError for an empty string
 */
export function stopFilter(strings: readonly string[]): StopFilter {
  if (strings.includes(""))
    throw new RangeError("A stop string is empty: it would end every answer at once.");
  let held = "";
  let over = false;
  return {
    push(text) {
      if (over) return { text: "", stopped: true };
      const whole = held + text;
      const start = firstStop(whole, strings);
      over = start !== undefined;
      const certain = start ?? whole.length - beginningAtEnd(whole, strings);
      held = over ? "" : whole.slice(certain);
      return { text: whole.slice(0, certain), stopped: over };
    },
    end() {
      const rest = held;
      held = "";
      return rest;
    },
  };
}

/** Where the stop string begins that is complete first. */
function firstStop(text: string, strings: readonly string[]): number | undefined {
  let first: { start: number; end: number } | undefined;
  for (const string of strings) {
    const start = text.indexOf(string);
    if (start < 0) continue;
    const end = start + string.length;
    if (!first || end < first.end || (end === first.end && start < first.start)) first = { start, end };
  }
  return first?.start;
}

/** Length of the longest end of the text that begins a stop string. */
function beginningAtEnd(text: string, strings: readonly string[]): number {
  let longest = 0;
  for (const string of strings)
    for (let n = Math.min(string.length - 1, text.length); n > longest; n--)
      if (text.endsWith(string.slice(0, n))) longest = n;
  return longest;
}
