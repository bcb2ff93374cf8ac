/** BPE vocabularies in the formats of others: tiktoken's ranks and GPT-2's merges. Text in, a checked model out. */
import { z } from "zod";
import { type BpeModel, compileBpe } from "./bpeModel";
import { byteToPrintable, bytesInGpt2Order, bytesToPrintable, printableToBytes } from "./bytes";
import type { SplitName } from "./split";

/** What the file itself does not say. */
export interface ReadBpeOptions {
  /** How text is cut into words. */
  readonly split: SplitName;
  /** Special tokens by name; none by default. */
  readonly special?: Readonly<Record<string, number>>;
  /** Number of tokens or merges that the file must have: a file cut off at a line end looks whole without it. */
  readonly lines?: number;
  /** Allows a vocabulary without all bytes: see `BpeModel`. */
  readonly missingBytes?: "drop";
  /** What to call the text in an error: a file's path. */
  readonly source?: string;
}

/** Largest id that is taken: a number too large would ask for a table that fills the memory. */
const MAX_ID = 2 ** 21;

/**
 * Reads a tiktoken file: each line a token's bytes in base64 and its rank, which is its id.
 *
 * @throws Error that names the source and the line
 */
export function readTiktoken(text: string, options: ReadBpeOptions): BpeModel {
  const { split, special = {}, source = "tiktoken file" } = options;
  const tokens: string[] = [];
  const lines = linesOf(text, options);
  lines.forEach((line, i) => {
    const [, base64, rank] =
      /^((?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?) (\d{1,7})$/.exec(line) ?? [];
    const id = Number(rank);
    if (!base64 || !(id < MAX_ID))
      throw new Error(`${source}, line ${i + 1}: ${show(line)} is not a base64 token and its rank.`);
    if (tokens[id] !== undefined) throw new Error(`${source}, line ${i + 1}: rank ${id} comes twice.`);
    tokens[id] = bytesToPrintable(Array.from(atob(base64), (char) => char.charCodeAt(0)));
  });
  const filled = Array.from(tokens, (token) => token ?? "");
  return checked(
    { kind: "bpe", version: 1, split, tokens: filled, merges: "ranks", wholeWords: true, special },
    source,
  );
}

/**
 * Reads GPT-2's merges (`vocab.bpe`, or `merges.txt` of Hugging Face): each line the two parts of a merge in
 * printable form, in the order learned; a first line "#version" is passed over.
 *
 * @param vocab the text of `encoder.json` or `vocab.json`, token -> id. Without it the ids are GPT-2's: the 256
 *   bytes, then the merges in order. Names in `special` may be in it.
 * @throws Error that names the source and the line
 */
export function readMerges(text: string, options: ReadBpeOptions, vocab?: string): BpeModel {
  const { split, special = {}, source = "merges file", missingBytes } = options;
  const lines = linesOf(text.replace(/^#version.*\r?\n/, ""), options);
  const skipped = text.startsWith("#version") ? 2 : 1;
  const pairs = lines.map((line, i): [string, string] => {
    const parts = line.split(" ");
    if (parts.length !== 2 || parts.includes(""))
      throw new Error(`${source}, line ${i + skipped}: ${show(line)} is not two parts of a merge.`);
    return [parts[0], parts[1]];
  });
  const tokens =
    vocab === undefined
      ? [
          ...bytesInGpt2Order.map((byte) => byteToPrintable[byte]),
          ...pairs.map(([left, right]) => left + right),
        ]
      : tokensOfVocab(parseVocab(vocab, source), special, source);
  const rest = { split, tokens, pairs, special, wholeWords: false };
  return modelOfMerges(missingBytes ? { ...rest, missingBytes } : rest, source);
}

/** A model whose merges are given as printable tokens. @throws Error that names the source and the merge */
export function modelOfMerges(
  parts: Omit<BpeModel, "kind" | "version" | "merges"> & {
    readonly pairs: readonly (readonly [string, string])[];
  },
  source: string,
): BpeModel {
  const { pairs, ...rest } = parts;
  const ids = new Map(parts.tokens.map((token, id) => [token, id]));
  const merges = pairs.map((pair, i): [number, number] => {
    const [left, right] = pair.map((token) => ids.get(token));
    if (left === undefined || right === undefined) {
      throw new Error(
        `${source}: merge ${i} joins ${show(pair[0])} and ${show(pair[1])}: ${show(pair[left === undefined ? 0 : 1])} is no token.`,
      );
    }
    return [left, right];
  });
  return checked({ kind: "bpe", version: 1, ...rest, merges }, source);
}

/** Tokens by id from token -> id; a special name is a gap in them. @throws Error that names the token */
export function tokensOfVocab(
  vocab: Readonly<Record<string, number>>,
  special: Readonly<Record<string, number>>,
  source: string,
): string[] {
  const tokens: string[] = [];
  for (const [token, id] of Object.entries(vocab)) {
    if (Object.hasOwn(special, token)) continue;
    if (tokens[id] !== undefined)
      throw new Error(`${source}: the tokens ${show(tokens[id])} and ${show(token)} share the id ${id}.`);
    tokens[id] = token;
  }
  return Array.from(tokens, (token) => token ?? "");
}

/** token -> id, as a schema. */
export const vocabSchema = z.record(z.string().min(1), z.int().nonnegative().lt(MAX_ID));

function parseVocab(json: string, source: string): Record<string, number> {
  let data: unknown;
  try {
    data = JSON.parse(json);
  } catch (error) {
    throw new Error(`${source}: its vocabulary is not JSON, or cut off (${messageOf(error)}).`);
  }
  const result = vocabSchema.safeParse(data);
  if (!result.success)
    throw new Error(
      `${source}: its vocabulary is not a table token -> id: ${result.error.issues[0].message}.`,
    );
  return result.data;
}

/**
 * The merges of a model as GPT-2's file `vocab.bpe` has them. Behind a table of ranks there is one list of merges:
 * a token's merge joins the two parts that are left of it when only lower ranks may merge.
 *
 * @throws Error that names a token which no two tokens make
 */
export function writeMerges(model: BpeModel): string {
  const { merges, tokens } = model;
  const pairs = merges === "ranks" ? pairsOfRanks(tokens) : merges.map(([a, b]) => [tokens[a], tokens[b]]);
  return ["#version: 0.2", ...pairs.map((pair) => pair.join(" ")), ""].join("\n");
}

function pairsOfRanks(tokens: readonly string[]): string[][] {
  const rankOf = new Map(tokens.map((token, id) => [token, id]));
  return tokens.flatMap((token, id) => {
    if (token.length < 2) return [];
    let parts = [...token];
    while (parts.length > 2) {
      const ranks = parts.slice(1).map((part, i) => rankOf.get(parts[i] + part) ?? Infinity);
      const best = ranks.reduce((least, rank, i) => (rank < ranks[least] ? i : least), 0);
      if (ranks[best] >= id)
        throw new Error(`Token ${id}, ${show(token)}, is not made by merging tokens of lower ids.`);
      parts = [...parts.slice(0, best), parts[best] + parts[best + 1], ...parts.slice(best + 2)];
    }
    return [parts];
  });
}

function linesOf(text: string, { lines, source = "file" }: ReadBpeOptions): string[] {
  const found = text.split(/\r?\n/);
  if (found.at(-1) === "") found.pop();
  if (lines !== undefined && found.length !== lines) {
    throw new Error(`${source}: ${found.length} lines, expected ${lines}. Is the file cut off?`);
  }
  return found;
}

/** The model, if it holds together and all its tokens are bytes. */
function checked(model: BpeModel, source: string): BpeModel {
  try {
    model.tokens.forEach(printableToBytes);
    compileBpe(model);
  } catch (error) {
    throw new Error(`${source}: ${messageOf(error)}`);
  }
  return model;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function show(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}...` : text);
}
