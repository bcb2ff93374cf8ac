/** The data sets of the prompting chapters as rows; origin and licence stand in the card of each. */
import { join } from "node:path";
import { labFolder } from "../../text/node/place";
import { readText } from "../../text/node/files";
import { parseGsm8k } from "../gsm8k";
import type { WordProblem } from "../gsm8k";
import { parseBanking, parseSentiment, parseSms } from "../labelled";
import type { LabelledText } from "../labelled";
import { parsePreferences } from "../preferences";
import type { JudgedPair } from "../preferences";

/** Largest file that is read, in bytes. */
const MAX_BYTES = 2 ** 24;

const sentimentFiles = {
  amazon: "amazon_cells_labelled.txt",
  imdb: "imdb_labelled.txt",
  yelp: "yelp_labelled.txt",
} as const;
export type SentimentSource = keyof typeof sentimentFiles;

/**
 * Sentences of reviews, "negative" or "positive": 1,000 of amazon (products), 1,000 of imdb (films), 997 of yelp
 * (restaurants); all of them without a source.
 * @throws Error that names the file where one is damaged
 */
export function loadSentiment(source?: SentimentSource): LabelledText[] {
  const sources = source ? [source] : (Object.keys(sentimentFiles) as SentimentSource[]);
  return sources.flatMap((each) => read("sentiment-sentences", sentimentFiles[each], parseSentiment));
}

/** 5,574 text messages, "ham" or "spam" (13 %). @throws as `loadSentiment` */
export function loadSms(): LabelledText[] {
  return read("sms-spam", "SMSSpamCollection", parseSms);
}

/**
 * Questions of a bank's customers in 77 intents: 30 an intent to learn from, 40 an intent to test.
 * @returns labels in the order of the origin, which has the intents of a topic scattered
 * @throws as `loadSentiment`
 */
export function loadBanking(): { labels: string[]; train: LabelledText[]; test: LabelledText[] } {
  const labels = read("banking77", "categories.json", parseNames);
  const rows = (file: string): LabelledText[] => read("banking77", file, (csv) => parseBanking(csv, labels));
  return { labels, train: rows("train-30.csv"), test: rows("test.csv") };
}

/** Word problems of at most three steps: 100 to show, 696 to test. @throws as `loadSentiment` */
export function loadGsm8k(): { train: WordProblem[]; test: WordProblem[] } {
  return {
    train: read("gsm8k", "train-short.jsonl", parseGsm8k),
    test: read("gsm8k", "test-short.jsonl", parseGsm8k),
  };
}

/** 999 pairs of answers to 170 prompts, each judged by the same three people. @throws as `loadSentiment` */
export function loadPreferences(): JudgedPair[] {
  return read("preferences", "pandalm-testset-v1.json", parsePreferences);
}

function parseNames(json: string): string[] {
  const names: unknown = JSON.parse(json);
  if (!Array.isArray(names) || !names.every((name) => typeof name === "string"))
    throw new SyntaxError("a list of names was expected");
  return names;
}

/** A file as rows, with its name in the error. */
function read<T>(set: string, file: string, parse: (text: string) => T): T {
  const text = readText(join(labFolder("datasets", set), set, file), MAX_BYTES);
  try {
    return parse(text);
  } catch (error) {
    throw new Error(`datasets/${set}/${file}: ${(error as Error).message}`, { cause: error });
  }
}
