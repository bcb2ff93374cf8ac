/**
 * Glitch tokens: entries of the vocabulary that the model has hardly ever seen.
 *
 * The tokenizer and the model are trained on different texts. A string that is frequent in the first (a user name of a
 * forum, a log file's field) gets a token; when the second never shows it, its embedding stays near its random start,
 * and a prompt with it makes the model behave strangely: GPT-2's and GPT-3's " SolidGoldMagikarp", id 43453.
 * Rumbelow & Watkins, "SolidGoldMagikarp (plus, prompt generation)", 2023; Land & Bartolo, "Fishing for Magikarp",
 * EMNLP 2024, whose section 3.1 has the reachability test.
 */
import type { Tokenizer } from "./tokenizer";
import { eachText, type Texts } from "./tokenList";

export interface GlitchCandidate {
  readonly id: number;
  readonly token: string;
  /**
   * "alone": encoding the token's own text gives the token. "inside": it cannot stand alone (part of a character,
   * a ## piece, a piece without a space in front). "no": not even its own text makes the tokenizer use it.
   */
  readonly reach: "alone" | "inside" | "no";
  /** How often it stands in the corpus. */
  readonly count: number;
}

/** Is `encode(decode([id]))` the id again? @throws RangeError for an id outside the vocabulary */
export function roundTrips(tokenizer: Tokenizer, id: number): boolean {
  const ids = tokenizer.encode(tokenizer.decode([id]));
  return ids.length === 1 && ids[0] === id;
}

/** How an id can be reached (see `GlitchCandidate`). @throws RangeError for an id outside the vocabulary */
export function reachOf(tokenizer: Tokenizer, id: number): GlitchCandidate["reach"] {
  if (roundTrips(tokenizer, id)) return "alone";
  const token = tokenizer.token(id);
  const fragment = tokenizer.decode([id]).includes("\ufffd");
  const continues =
    (tokenizer.kind === "wordpiece" && token.startsWith("##")) ||
    (tokenizer.kind === "unigram" && !token.startsWith("\u2581"));
  return fragment || continues ? "inside" : "no";
}

/** How often each id stands in a corpus; index = id. */
export function tokenCounts(tokenizer: Tokenizer, corpus: Texts): Float64Array {
  const counts = new Float64Array(tokenizer.vocabSize);
  for (const text of eachText(corpus)) for (const id of tokenizer.encode(text)) counts[id]++;
  return counts;
}

/**
 * Entries that stand in the corpus at most `maxCount` times (default never): those that cannot be reached first, then
 * the longest. The corpus plays the part of the model's training text, so it must be large to say much: a rare word is
 * no glitch. Special tokens are left out, and gaps in the ids.
 */
export function glitchCandidates(
  tokenizer: Tokenizer,
  corpus: Texts,
  { maxCount = 0 }: { readonly maxCount?: number } = {},
): GlitchCandidate[] {
  const special = new Set(Object.values(tokenizer.special));
  const candidates: GlitchCandidate[] = [];
  tokenCounts(tokenizer, corpus).forEach((count, id) => {
    if (count > maxCount || special.has(id) || isGap(tokenizer, id)) return;
    candidates.push({ id, token: tokenizer.token(id), reach: reachOf(tokenizer, id), count });
  });
  const rank = { no: 0, alone: 1, inside: 2 };
  return candidates.sort(
    (a, b) => rank[a.reach] - rank[b.reach] || b.token.length - a.token.length || a.id - b.id,
  );
}

/** Borrowed tables may have ids without a token; the tokenizer refuses them. */
function isGap(tokenizer: Tokenizer, id: number): boolean {
  try {
    tokenizer.token(id);
    return false;
  } catch {
    return true;
  }
}
