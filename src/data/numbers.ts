/**
 * Numbers in words, in two languages: a small translation task that is made, not collected. German says the ones before
 * the tens ("ein und zwanzig" is one-and-twenty), so that a translation cannot go word by word; and it knows "eins" at
 * the end, "ein" elsewhere. Departure from how German is written: as one word, here in its parts.
 */

const english =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const englishTens = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
const german = "null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf".split(" ");
const germanTens = "_ _ zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split(" ");

/**
 * "4721" as ["four", "thousand", "seven", "hundred", "twenty", "one"].
 * @param n a whole number from 1 to 9999
 * @throws RangeError for another
 */
export function numberInEnglish(n: number): string[] {
  const { thousands, hundreds, rest } = digits(n);
  return [
    ...(thousands > 0 ? [english[thousands] as string, "thousand"] : []),
    ...(hundreds > 0 ? [english[hundreds] as string, "hundred"] : []),
    ...(rest >= 20 ? [englishTens[Math.floor(rest / 10)] as string] : []),
    ...(rest >= 20 && rest % 10 > 0 ? [english[rest % 10] as string] : []),
    ...(rest > 0 && rest < 20 ? [english[rest] as string] : []),
  ];
}

/**
 * "4721" as ["vier", "tausend", "sieben", "hundert", "ein", "und", "zwanzig"].
 * @param n a whole number from 1 to 9999
 * @throws RangeError for another
 */
export function numberInGerman(n: number): string[] {
  const { thousands, hundreds, rest } = digits(n);
  /** Before another word "eins" loses its s. */
  const inside = (digit: number): string => (digit === 1 ? "ein" : (german[digit] as string));
  return [
    ...(thousands > 0 ? [inside(thousands), "tausend"] : []),
    ...(hundreds > 0 ? [inside(hundreds), "hundert"] : []),
    ...(rest >= 20 && rest % 10 > 0 ? [inside(rest % 10), "und"] : []),
    ...(rest >= 20 ? [germanTens[Math.floor(rest / 10)] as string] : []),
    ...(rest > 12 && rest < 20 ? [teen(rest - 10), "zehn"] : []),
    ...(rest > 0 && rest <= 12 ? [german[rest] as string] : []),
  ];
}

const teen = (digit: number): string => ({ 6: "sech", 7: "sieb" })[digit] ?? (german[digit] as string);

function digits(n: number): { thousands: number; hundreds: number; rest: number } {
  if (!Number.isInteger(n) || n < 1 || n > 9999)
    throw new RangeError(`numbers in words go from 1 to 9999, got ${n}`);
  return { thousands: Math.floor(n / 1000), hundreds: Math.floor(n / 100) % 10, rest: n % 100 };
}
