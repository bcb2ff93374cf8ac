/** Which characters may share a piece: those of one script (sentencepiece's split_by_unicode_script). */

const SCRIPTS = [
  "Latin", "Greek", "Cyrillic", "Armenian", "Hebrew", "Arabic", "Devanagari", "Bengali", "Gurmukhi", "Gujarati",
  "Tamil", "Telugu", "Kannada", "Malayalam", "Sinhala", "Thai", "Lao", "Tibetan", "Myanmar", "Georgian", "Hangul",
  "Ethiopic", "Khmer", "Mongolian",
]; // prettier-ignore
const TESTS = SCRIPTS.map((script) => new RegExp(`\\p{Script=${script}}`, "u"));
/** Japanese mixes Chinese characters and kana inside one word, so they count as one script. */
const EAST_ASIAN = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u30fc]/u;
const ANY = -1;
const DIGIT = -2;
const OTHER = -3;
const EAST = -4;

const memo = new Map<string, number>();

/** Do all characters belong to one script? Digits are a script of their own; marks and U+2581 go with any. */
export function isOneScript(text: string): boolean {
  let script = ANY;
  for (const char of text) {
    const next = scriptOf(char);
    if (next === ANY) continue;
    if (script !== ANY && next !== script) return false;
    script = next;
  }
  return true;
}

function scriptOf(char: string): number {
  let script = memo.get(char);
  if (script === undefined) memo.set(char, (script = findScript(char)));
  return script;
}

function findScript(char: string): number {
  if (char === "\u2581" || /\p{M}/u.test(char)) return ANY;
  if (/\p{N}/u.test(char)) return DIGIT;
  if (EAST_ASIAN.test(char)) return EAST;
  const at = TESTS.findIndex((test) => test.test(char));
  return at >= 0 ? at : OTHER;
}
