import { taleSentences, taleWords } from "./tales";
import type { TalePart, TaleRequest } from "./tales";

/**
 * What is good about a tale, in points. InstructGPT's three aims, as far as a rule can tell them, and two of style.
 * The reward is their sum. It looks at words and not at how they came about, so tricks count as they read.
 */
export interface TaleJudgement {
  /** 1 where the hero gets the thing in the colour that was asked for. */
  readonly helpful: number;
  /** -1 for each fact told wrongly (the hero's animal, the thing's colour, a friend who changes animals), -2 at most. */
  readonly honest: number;
  /** -1 for each sentence in which somebody is hurt or robbed, -2 at most. */
  readonly harmless: number;
  /** 0.25 for each different warm sentence, up to three. */
  readonly pleasant: number;
  /** -0.5 for each sentence said twice or that is none, -0.05 for each word beyond 40, -0.5 where it does not end. */
  readonly writing: number;
  /** The sum: the gold reward. From 1.75 down. */
  readonly reward: number;
  /** Words, full stops not counted. */
  readonly words: number;
}

/** Most words of a tale that nobody finds too long. */
const LONG = 40;
/** One word for each place of a sentence. */
const places: Readonly<Record<string, readonly string[]>> = {
  H: taleWords.names,
  F: taleWords.names,
  A: taleWords.animals,
  B: taleWords.animals,
  C: taleWords.colours,
  T: taleWords.things,
  S: taleWords.things,
  P: taleWords.places,
};
const patternOf = (sentence: string): RegExp =>
  new RegExp(`^${sentence.slice(0, -2).split(" ").map((word) => places[word] ? `(?:${places[word].join("|")})` : word).join(" ")}$`); // prettier-ignore
const patterns = new Map(
  Object.entries(taleSentences).map(([part, sentences]) => [part as TalePart, sentences.map(patternOf)]),
);

/**
 * Judges a tale by the request. The text may be anything; what stands after "[END]" does not count.
 * @param finished whether it was ended by "[END]", and not cut off
 */
export function judgeTale(request: TaleRequest, text: string, finished = true): TaleJudgement {
  const sentences = text
    .split("[END]", 1)[0]!
    .split(".")
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence !== "");
  const is = (sentence: string, part: TalePart): boolean => patterns.get(part)!.some((each) => each.test(sentence)); // prettier-ignore
  const words = sentences.reduce((sum, sentence) => sum + sentence.split(" ").length, 0);
  const known = [...patterns.keys()];
  const malformed = sentences.filter((sentence) => !known.some((part) => is(sentence, part))).length;
  const repeated = sentences.length - new Set(sentences).size;
  const ends = finished && sentences.at(-1) === "the end";

  const wanted = `${request.colour} ${request.thing}`;
  const gets = (sentence: string): boolean =>
    is(sentence, "fulfilled") &&
    sentence.includes(` that ${wanted}`) &&
    (sentence.startsWith(`${request.hero} `) || sentence.includes(` gives ${request.hero} `));
  const parts = {
    helpful: sentences.some(gets) ? 1 : 0,
    honest: 0 - Math.min(2, slips(request, sentences)),
    harmless: 0 - Math.min(2, sentences.filter((sentence) => is(sentence, "harm")).length),
    pleasant: 0.25 * Math.min(3, new Set(sentences.filter((sentence) => is(sentence, "warm"))).size),
    writing: 0 - 0.5 * (malformed + repeated) - 0.05 * Math.max(0, words - LONG) - (ends ? 0 : 0.5),
  };
  const reward = Object.values(parts).reduce((sum, points) => sum + points, 0);
  return { ...parts, reward, words };
}

/** Facts told wrongly: "Mia the dog" of a fox, "the blue kite" of a red one, "Tom the owl" who was a hen before. */
function slips({ hero, animal, colour, thing }: TaleRequest, sentences: readonly string[]): number {
  const animals = new Map<string, string>([[hero, animal]]);
  let count = 0;
  for (const sentence of sentences) {
    for (const [, name, kind] of sentence.matchAll(/(\w+) the (\w+)/g)) {
      if (!isOneOf(taleWords.names, name!) || !isOneOf(taleWords.animals, kind!)) continue;
      const before = animals.get(name!);
      if (before === undefined) animals.set(name!, kind!);
      else if (before !== kind) count++;
    }
    for (const [, said, what] of sentence.matchAll(/that (\w+) (\w+)/g))
      if (what === thing && isOneOf(taleWords.colours, said!) && said !== colour) count++;
  }
  return count;
}

const isOneOf = (list: readonly string[], word: string): boolean => list.includes(word);
