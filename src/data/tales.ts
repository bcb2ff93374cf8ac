import { fork, integer, makeRng, uniform } from "../engine";
import type { Rng } from "../engine";
import type { WordModel } from "../text";

/**
 * A small world for learning from preferences: somebody asks for a tale, and a model writes it. Tales come from a grammar
 * of some thirty sentences, so a small model learns to write them in minutes, and `judgeTale` can tell exactly how good
 * one is. That is the gold reward: what labellers see only in part, and a reward model only learns about.
 */
export interface TaleRequest {
  readonly hero: string;
  readonly animal: string;
  readonly colour: string;
  readonly thing: string;
}

/** "Mia the fox wants the red kite ." */
export const talePrompt = ({ hero, animal, colour, thing }: TaleRequest): string =>
  `${hero} the ${animal} wants the ${colour} ${thing} .`;

/** How often a writer does what. All are shares from 0 to 1. */
export interface TaleHabits {
  /** The hero gets what was asked for. */
  readonly helpful: number;
  /** A mention of a fact (the hero's animal, the colour) is wrong. */
  readonly slip: number;
  /** Somebody is hurt, or robbed. */
  readonly harm: number;
  /** Each of up to three warm sentences. */
  readonly warm: number;
  /** A sentence comes a second time. */
  readonly repeat: number;
}

/** Writers of the text that a base model reads: anything goes. */
export const wildHabits: TaleHabits = { helpful: 0.5, slip: 0.2, harm: 0.4, warm: 0.25, repeat: 0.08 };
/** Writers who were asked for good tales: demonstrations, nearly as one would wish. */
export const carefulHabits: TaleHabits = { helpful: 0.7, slip: 0.08, harm: 0.15, warm: 0.4, repeat: 0.03 };

export const taleWords = {
  names: ["Mia", "Tom", "Ann", "Ben", "Lou", "Kim", "Max", "Eva", "Sam", "Zoe"],
  animals: ["fox", "dog", "cat", "bear", "hen", "owl", "frog", "mouse"],
  colours: ["red", "blue", "green", "white", "black", "golden"],
  things: ["kite", "ball", "boat", "drum", "lamp", "cake", "book", "shoe"],
  places: ["park", "wood", "lake", "town", "house", "garden"],
} as const;

/**
 * The sentences, by their part of a tale. H is the hero, A the hero's animal, F a friend, B the friend's animal, C and T
 * the colour and thing that are wanted, P a place, S another thing; X is another colour than C.
 */
export const taleSentences = {
  opening: [
    "H the A goes to the P .",
    "one day H looks in the P .",
    "H the A sits in the P .",
    "it is a warm day .",
    "one day H the A walks to the P .",
  ],
  event: [
    "there H meets F the B .",
    "F the B helps H .",
    "they look in the P .",
    "it rains .",
    "H asks F .",
    "H is sad .",
    "F sings .",
    "F the B has a S .",
    "H dreams of that C T .",
    "F the B knows that C T .",
  ],
  harm: ["H bites F .", "F hits H .", "H breaks the S .", "F steals the S .", "F cries .", "H pushes F ."],
  fulfilled: ["H finds that C T .", "F gives H that C T .", "H gets that C T from F ."],
  unfulfilled: ["H finds no T .", "H goes home .", "H finds the S .", "H sleeps ."],
  warm: ["H is happy .", "F smiles .", "H says thanks .", "they laugh .", "they play .", "F is happy ."],
  end: ["the end ."],
} as const;
export type TalePart = keyof typeof taleSentences;

/** What the base model reads beside tales, and must not forget: sums up to ten and the days of the week. */
const numbers = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"];
const days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/** A note, "two plus three is five ." or "after monday comes tuesday .": its last word is its answer. */
export function taleNote(rng: Rng): string {
  if (integer(rng, 3) === 0) {
    const day = integer(rng, days.length);
    return `after ${days[day]} comes ${days[(day + 1) % days.length]} .`;
  }
  const sum = integer(rng, numbers.length);
  const first = integer(rng, sum + 1);
  return `${numbers[first]} plus ${numbers[sum - first]} is ${numbers[sum]} .`;
}

/** The words of the world as a tokenizer's table; "[END]" ends a text. */
export function taleVocabulary(): WordModel {
  const sentences = Object.values(taleSentences).flat();
  const fixed = sentences.flatMap((sentence) => sentence.split(" ")).filter((word) => !/^[A-Z]$/.test(word));
  const other = [...numbers, ...days, ..."wants plus is after comes .".split(" ")];
  const words = new Set([...Object.values(taleWords).flat(), ...fixed, ...other]);
  const special = ["[UNK]", "[END]"];
  return { kind: "word", version: 1, tokens: [...special, ...words], special, unknown: "[UNK]", lowercase: false }; // prettier-ignore
}

/** Most tokens of a tale before its last two sentences: all of it has at most 52. */
const LONGEST = 40;

/** Requests drawn at random. A tenth of all that there are is "test" and never learned from. */
export function taleRequests(count: number, part: "train" | "test", rng: Rng): TaleRequest[] {
  if (!Number.isInteger(count) || count < 1)
    throw new RangeError(`taleRequests: count must be a whole number from 1, got ${count}`);
  const { names, animals, colours, things } = taleWords;
  const found: TaleRequest[] = [];
  while (found.length < count) {
    const request = { hero: pick(rng, names), animal: pick(rng, animals), colour: pick(rng, colours), thing: pick(rng, things) }; // prettier-ignore
    if (isHeldOutTale(request) === (part === "test")) found.push(request);
  }
  return found;
}

/** Whether a request is only tested with. */
export const isHeldOutTale = (request: TaleRequest): boolean =>
  uniform(fork(makeRng(0), `tale ${talePrompt(request)}`)) < 0.1;

/** A tale as one writer would write it: three to nine sentences. */
export function writeTale(request: TaleRequest, habits: TaleHabits, rng: Rng): string {
  const happens = (share: number): boolean => uniform(rng) < share;
  const parts: TalePart[] = ["opening"];
  for (let events = integer(rng, 3); events > 0; events--) parts.push("event");
  if (happens(habits.harm)) parts.push("harm");
  parts.push(happens(habits.helpful) ? "fulfilled" : "unfulfilled");
  for (let i = 0; i < 3; i++) if (happens(habits.warm)) parts.push("warm");
  parts.push("end");

  const { names, animals, places, things } = taleWords;
  const friend = pick(
    rng,
    names.filter((name) => name !== request.hero),
  );
  const kind = pick(rng, animals);
  const said: string[] = [];
  for (const part of parts) {
    const sentence = pick(rng, taleSentences[part])
      .split(" ")
      .map((word) => {
        switch (word) {
          case "H":
            return request.hero;
          case "F":
            return friend;
          case "A":
            return happens(habits.slip) ? pick(rng, animals) : request.animal;
          case "B":
            return kind;
          case "C":
            return happens(habits.slip) ? pick(rng, taleWords.colours) : request.colour;
          case "T":
            return request.thing;
          case "S":
            return pick(rng, things);
          case "P":
            return pick(rng, places);
          default:
            return word;
        }
      })
      .join(" ");
    if (said.includes(sentence) && !happens(habits.repeat)) continue;
    if (part !== "end" && [...said, sentence].join(" ").split(" ").length > LONGEST) continue;
    said.push(sentence);
    if (part !== "end" && happens(habits.repeat)) said.push(sentence);
  }
  return said.join(" ");
}

const pick = <T>(rng: Rng, from: readonly T[]): T => from[integer(rng, from.length)] as T;
