/**
 * The usual file of preferences: a JSON object a line (jsonl) with `prompt`, `chosen` and `rejected`. Public sets write it in
 * several ways, and all of these are read:
 * - texts: `{"prompt": "The sky is", "chosen": " blue.", "rejected": " green."}`;
 * - texts without a prompt, which is then how both begin: up to the last "\n\nAssistant:" of it, as in Anthropic's HH-RLHF
 *   (Bai et al. 2022), or up to the word in which they part;
 * - lists of messages `{"role": "user", "content": "..."}` for any of the three, as in UltraFeedback and TRL's
 *   "conversational" sets: the messages with which both lists begin belong to the prompt;
 * - rankings of more answers: `{"prompt": "...", "answers": ["a", "b", "c"], "ranks": [1, 3, 2]}`, which the labelling page
 *   writes beside the usual fields. Where a line has both, answers and ranks count.
 */
import { z } from "zod";
import { checkRanking } from "./ranking";
import type { Ranking } from "./ranking";

export interface Message {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

export interface PreferenceFileOptions {
  /** Longest line that is read, in UTF-16 units; 1,000,000 without it. */
  readonly maxLine?: number;
  /**
   * How the messages of a prompt become one text. Without it one message of a user is its content, and more are written as
   * HH-RLHF writes them ("\n\nHuman: ...\n\nAssistant: ..."). A model with a chat layout of its own wants that.
   */
  readonly layout?: (messages: readonly Message[]) => string;
  /** Reads lines that wait for labels too: answers without ranks are a tie. */
  readonly unlabelled?: boolean;
}

/** A line that was left out although its form is right, numbered from 1. */
export interface SkippedLine {
  readonly line: number;
  readonly why: string;
}

export interface PreferenceFile {
  /** One a line, in the file's order; several may have one prompt: `comparedFrom(rankings.flatMap(pairsOf))` gathers them. */
  readonly rankings: readonly Ranking[];
  /** Lines whose two answers are the same text; some public sets have a few. */
  readonly skipped: readonly SkippedLine[];
}

export const MAX_LINE = 1_000_000;

/**
 * Reads a whole text. Empty lines are passed over; line ends are \n or \r\n.
 * @throws SyntaxError naming the line, the field and the cure
 */
export function parsePreferenceFile(jsonl: string, options: PreferenceFileOptions = {}): PreferenceFile {
  const rankings: Ranking[] = [];
  const skipped: SkippedLine[] = [];
  for (const [i, line] of jsonl.split("\n").entries()) {
    const read = parsePreferenceLine(line, i + 1, options);
    if (typeof read === "string") skipped.push({ line: i + 1, why: read });
    else if (read) rankings.push(read);
  }
  return { rankings, skipped };
}

/**
 * Reads one line.
 * @returns undefined for an empty line; why it is left out, as a text, where its answers are the same
 * @throws as `parsePreferenceFile`
 */
export function parsePreferenceLine(
  line: string,
  number: number,
  { maxLine = MAX_LINE, layout = hhLayout, unlabelled = false }: PreferenceFileOptions = {},
): Ranking | string | undefined {
  if (line.length > maxLine)
    throw fault(
      number,
      "",
      `${line.length} characters, more than the ${maxLine} that are read. Cure: a larger maxLine`,
    );
  const text = number === 1 ? line.replace(/^\uFEFF/, "") : line;
  if (text.trim() === "") return undefined;
  const row = objectOf(text, number);
  if (row["answers"] !== undefined || row["ranks"] !== undefined)
    return rankingOf(unlabelled ? withRanks(row) : row, number, layout);
  const { prompt, chosen, rejected } = pairOf(row, number, layout);
  if (chosen === rejected) return "chosen and rejected are the same text";
  return { prompt, answers: [chosen, rejected], ranks: [1, 2] };
}

/**
 * One line, without its end, that `parsePreferenceLine` gives back as the same ranking. The usual fields hold the best and
 * the worst answer; where all are tied there are none, so that no reader takes a tie for a preference.
 * @param extra fields besides
 * @throws RangeError as `checkRanking`
 */
export function formatRanking(ranking: Ranking, extra: Readonly<Record<string, unknown>> = {}): string {
  checkRanking(ranking);
  const { prompt, answers, ranks } = ranking;
  const [best, worst] = [ranks.indexOf(Math.min(...ranks)), ranks.indexOf(Math.max(...ranks))];
  const pair = best === worst ? {} : { chosen: answers[best], rejected: answers[worst] };
  // Two answers, the better one first, are a pair and no more.
  const whole = ranks.length === 2 && ranks[0] === 1 && ranks[1] === 2 ? {} : { answers, ranks };
  return JSON.stringify({ prompt, ...pair, ...whole, ...extra });
}

/** Rankings as the text of a file, a line each. @throws RangeError as `checkRanking`, naming the ranking */
export function formatPreferenceFile(rankings: readonly Ranking[]): string {
  rankings.forEach((ranking, i) => checkRanking(ranking, `rankings[${i}]`));
  return rankings.map((ranking) => `${formatRanking(ranking)}\n`).join("");
}

type Row = Readonly<Record<string, unknown>>;
type Layout = (messages: readonly Message[]) => string;
type Said = string | readonly Message[];

const message = z.object({
  role: z.union(
    [z.enum(["system", "user", "assistant"]), z.literal("human").transform(() => "user" as const)],
    {
      error: 'expected "system", "user" or "assistant"',
    },
  ),
  content: z.string(),
});
const messages = z.array(message).min(1);
const ranked = z.object({ answers: z.array(z.string()), ranks: z.array(z.number()) });

const fault = (line: number, field: string, what: string): SyntaxError =>
  new SyntaxError(`line ${line}${field === "" ? "" : `, ${field}`}: ${what}.`);

function objectOf(text: string, number: number): Row {
  let row: unknown;
  try {
    row = JSON.parse(text);
  } catch (error) {
    throw fault(number, "", `no JSON (${(error as Error).message}). Cure: one whole JSON object a line`);
  }
  if (typeof row !== "object" || row === null || Array.isArray(row))
    throw fault(number, "", 'no JSON object. Cure: {"prompt": "...", "chosen": "...", "rejected": "..."}');
  return row as Row;
}

const withRanks = (row: Row): Row =>
  Array.isArray(row["answers"]) ? { ranks: row["answers"].map(() => 1), ...row } : row;

function rankingOf(row: Row, number: number, layout: Layout): Ranking {
  const said = saidOf(row, "prompt", number);
  if (said === undefined)
    throw fault(number, "prompt", "it is missing. Cure: a text beside answers and ranks");
  const { success, data, error } = ranked.safeParse(row);
  if (!success)
    throw fault(number, error.issues[0]!.path.join("."), `${error.issues[0]!.message}. Cure: answers as texts and ranks as whole numbers from 1, one each`); // prettier-ignore
  const ranking = { prompt: typeof said === "string" ? said : layout(said), ...data };
  try {
    checkRanking(ranking, `line ${number}`);
  } catch (error) {
    throw new SyntaxError((error as Error).message, { cause: error });
  }
  return ranking;
}

function pairOf(row: Row, number: number, layout: Layout) {
  const [prompt, chosen, rejected] = (["prompt", "chosen", "rejected"] as const).map((field) => saidOf(row, field, number)); // prettier-ignore
  for (const [field, said] of [
    ["chosen", chosen],
    ["rejected", rejected],
  ] as const)
    // prettier-ignore
    if (said === undefined)
      throw fault(number, field, "it is missing. Cure: a text, or a list of messages {role, content}");
  if (typeof chosen === "string" && typeof rejected === "string") {
    if (prompt === undefined) return splitTexts(chosen, rejected, number);
    return { prompt: typeof prompt === "string" ? prompt : layout(prompt), chosen, rejected };
  }
  if (typeof chosen === "string" || typeof rejected === "string")
    throw fault(number, "rejected", "chosen and rejected must both be texts or both lists of messages");
  return splitMessages(prompt, chosen!, rejected!, number, layout);
}

/** A text or messages; undefined where there is nothing, which is null in tables that were exported. */
function saidOf(row: Row, field: string, number: number): Said | undefined {
  const value = row[field];
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return value;
  const { success, data, error } = messages.safeParse(value);
  if (success) return data;
  const { path, message: what } = error.issues[0]!;
  const place = path.map((part) => (typeof part === "number" ? `[${part}]` : `.${String(part)}`)).join("");
  throw fault(number, `${field}${place}`, `${what}. Cure: a text, or a list of messages {role, content}`);
}

const TURN = "\n\nAssistant:";

/** Texts that hold their prompt: how both begin, by whole turns or else by whole words. */
function splitTexts(chosen: string, rejected: string, number: number) {
  let same = 0;
  while (same < Math.min(chosen.length, rejected.length) && chosen[same] === rejected[same]) same++;
  const shared = chosen.slice(0, same);
  const turn = shared.lastIndexOf(TURN);
  const wordEnds = [chosen[same], rejected[same]].every((next) => next === undefined || /\s/.test(next));
  const end = turn >= 0 ? turn + TURN.length : wordEnds ? same : shared.search(/\s\S*$/);
  if (end <= 0)
    throw fault(
      number,
      "prompt",
      "it is missing, and chosen and rejected do not begin alike. Cure: give a prompt",
    );
  return { prompt: chosen.slice(0, end), chosen: chosen.slice(end), rejected: rejected.slice(end) };
}

/** Messages: those with which both lists begin are the prompt's, unless the prompt has them already. */
function splitMessages(
  prompt: Said | undefined,
  chosen: readonly Message[],
  rejected: readonly Message[],
  number: number,
  layout: Layout,
) {
  // The last message of each list is its answer, also where both answer alike.
  const most = Math.min(chosen.length, rejected.length) - 1;
  let same = 0;
  while (same < most && sameMessage(chosen[same] as Message, rejected[same] as Message)) same++;
  const shared = chosen.slice(0, same);
  if (typeof prompt === "string" && same > 0 && !shared.some(({ content }) => content === prompt))
    throw fault(number, "prompt", "chosen and rejected begin with the same messages, and it is none of them. Cure: leave it out, or put it first in both"); // prettier-ignore
  // TRL's explicit form has the prompt apart; UltraFeedback repeats it at the head of both lists.
  const apart = typeof prompt === "object" && !startsWith(shared, prompt) ? prompt : [];
  const before = same > 0 ? [...apart, ...shared] : prompt;
  if (before === undefined)
    throw fault(
      number,
      "prompt",
      "it is missing, and chosen and rejected share no message. Cure: give a prompt",
    );
  return {
    prompt: typeof before === "string" ? before : layout(before),
    chosen: answerOf(chosen.slice(same), "chosen", number),
    rejected: answerOf(rejected.slice(same), "rejected", number),
  };
}

const sameMessage = (a: Message, b: Message): boolean => a.role === b.role && a.content === b.content;

const startsWith = (list: readonly Message[], head: readonly Message[]): boolean =>
  head.every((each, i) => list[i] !== undefined && sameMessage(each, list[i]));

/** An answer's own messages: one of the assistant, and, where conversations part earlier, what followed. */
function answerOf(own: readonly Message[], field: string, number: number): string {
  const [first, ...rest] = own as [Message, ...Message[]];
  if (first.role !== "assistant")
    throw fault(
      number,
      field,
      `the first message that is its own is by "${first.role}". Cure: keep pairs that part where the assistant answers`,
    );
  return first.content + turns(rest);
}

const names = { system: "System", user: "Human", assistant: "Assistant" } as const;
const turns = (list: readonly Message[]): string =>
  list.map(({ role, content }) => `\n\n${names[role]}: ${content}`).join("");

function hhLayout(list: readonly Message[]): string {
  const [only, ...more] = list;
  return more.length === 0 && only?.role === "user" ? only.content : `${turns(list)}${TURN} `;
}
