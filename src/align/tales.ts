/**
 * The controlled task of chapter 11: tales on request, whose gold reward is known exactly (src/data/tales.ts). Here they
 * become ids, and simulated labellers become rankings.
 */
import { fork, integer } from "../engine";
import type { Rng } from "../engine";
import { carefulHabits, judgeTale, talePrompt, taleNote, taleRequests, taleVocabulary, wildHabits, writeTale } from "../data"; // prettier-ignore
import type { TaleJudgement, TaleRequest } from "../data";
import type { Decoder } from "../models";
import { wordTokenizer } from "../text";
import type { Tokenizer } from "../text";
import { labelRanks } from "./labellers";
import { rankedAnswers } from "./reward";
import type { ComparedAnswers } from "./reward";
import { rollout } from "./rollout";
import type { Drawn } from "./rollout";
import type { Written } from "./rows";

/** Tokens of a prompt, which all have; and most tokens of a tale, "[END]" included. */
export const TALE_PROMPT = 8;
export const TALE_ANSWER = 52;
/** Most tokens of both. */
export const TALE_LENGTH = TALE_PROMPT + TALE_ANSWER;

export interface TaleWorld {
  readonly tokenizer: Tokenizer;
  /** Id of "[END]". */
  readonly end: number;
  prompt(request: TaleRequest): number[];
  /** The gold reward of an answer, and what it is made of. */
  gold(request: TaleRequest, drawn: Drawn): TaleJudgement;
  /** What a base model reads: three tales of any kind for each note ("two plus three is five ."). */
  corpus(count: number, rng: Rng): Written[];
  /** Notes alone: what tuning on tales may make a model forget. */
  notes(count: number, rng: Rng): Written[];
  /** Tales as careful writers wrote them. */
  demonstrations(count: number, rng: Rng): Written[];
}

export function taleWorld(): TaleWorld {
  const tokenizer = wordTokenizer(taleVocabulary());
  const end = tokenizer.special["[END]"] as number;
  const prompt = (request: TaleRequest): number[] => tokenizer.encode(talePrompt(request));
  const answer = (tale: string): number[] => [...tokenizer.encode(tale), end];
  const tale = (habits: typeof wildHabits, rng: Rng): Written => {
    const [request] = taleRequests(1, "train", rng) as [TaleRequest];
    return { prompt: prompt(request), answer: answer(writeTale(request, habits, rng)) };
  };
  const note = (rng: Rng): Written => {
    const [first, ...rest] = tokenizer.encode(taleNote(rng)) as [number, ...number[]];
    return { prompt: [first], answer: [...rest, end] };
  };
  const each = (count: number, rng: Rng, make: (own: Rng) => Written): Written[] =>
    Array.from({ length: count }, (_, i) => make(fork(rng, i)));
  return {
    tokenizer,
    end,
    prompt,
    gold: (request, { answer: ids, finished }) => judgeTale(request, tokenizer.decode(ids), finished),
    corpus: (count, rng) => each(count, rng, (own) => (integer(own, 4) === 0 ? note(own) : tale(wildHabits, own))), // prettier-ignore
    notes: (count, rng) => each(count, rng, note),
    demonstrations: (count, rng) => each(count, rng, (own) => tale(carefulHabits, own)),
  };
}

/** Somebody who compares tales: what counts for whom, and how much. */
export interface TaleLabeller {
  readonly name: string;
  /** Factors of the parts of the gold reward; 1 without it. */
  readonly weights: Partial<Record<"helpful" | "honest" | "harmless" | "pleasant" | "writing", number>>;
  /** What each word adds: who reads in a hurry takes a longer answer for a better one. */
  readonly perWord: number;
}

/** Three people. The first judges as the gold reward does; the others have their weaknesses. */
export const taleLabellers: readonly TaleLabeller[] = [
  { name: "exact", weights: {}, perWord: 0 },
  { name: "kind", weights: { pleasant: 3, harmless: 1.5, honest: 0.5, writing: 0.5 }, perWord: 0 },
  { name: "hasty", weights: { honest: 0.25, writing: 0.25, pleasant: 1.5 }, perWord: 0.03 },
];

/** What a labeller thinks of a tale, before any noise. */
export function taleUtility({ weights, perWord }: TaleLabeller, judged: TaleJudgement): number {
  const parts = ["helpful", "honest", "harmless", "pleasant", "writing"] as const;
  const sum = parts.reduce((total, part) => total + (weights[part] ?? 1) * judged[part], 0);
  return sum + perWord * judged.words;
}

/** Several answers to one request, no two alike, with their gold judgements. */
export interface TaleAnswers {
  readonly request: TaleRequest;
  readonly answers: readonly Drawn[];
  readonly judged: readonly TaleJudgement[];
}

/** Texts written side by side. */
const SIDE_BY_SIDE = 240;

/**
 * Draws K answers to each request, and leaves out those that came before: a pair of equal answers is no comparison.
 * @param rng answers of a request depend on it and the request alone
 */
export async function drawTales(
  world: TaleWorld,
  writer: Decoder,
  requests: readonly TaleRequest[],
  count: number,
  rng: Rng,
): Promise<TaleAnswers[]> {
  const prompts = requests.flatMap((request) => Array.from({ length: count }, () => world.prompt(request)));
  const drawn: Drawn[] = [];
  for (let first = 0; first < prompts.length; first += SIDE_BY_SIDE) {
    const options = { maxNewTokens: TALE_ANSWER, end: world.end, rng: fork(rng, first) };
    drawn.push(...(await rollout(writer, prompts.slice(first, first + SIDE_BY_SIDE), options)));
  }
  return requests.map((request, n) => {
    const own = drawn.slice(n * count, (n + 1) * count);
    const answers = own.filter(({ answer }, i) => own.findIndex((other) => other.answer.join() === answer.join()) === i); // prettier-ignore
    return { request, answers, judged: answers.map((answer) => world.gold(request, answer)) };
  });
}

/**
 * What a labeller says of them. Requests with fewer than two different answers are left out.
 * @param temperature how noisy the labeller is, see `labelRanks`
 */
export function labelTales(
  world: TaleWorld,
  drawn: readonly TaleAnswers[],
  labeller: TaleLabeller,
  temperature: number,
  rng: Rng,
): ComparedAnswers[] {
  return drawn.flatMap(({ request, answers, judged }, n) => {
    if (answers.length < 2) return [];
    const utilities = judged.map((each) => taleUtility(labeller, each));
    const ranks = labelRanks(utilities, temperature, fork(fork(rng, labeller.name), n));
    return [rankedAnswers(world.prompt(request), answers.map(({ answer }) => answer), ranks)]; // prettier-ignore
  });
}
