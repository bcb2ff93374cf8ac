import type { MergeTable } from "./bpeMerge";
import { bytesToPrintable, printableToBytes, textToBytes } from "./bytes";
import { PairTable } from "./pairTable";
import type { SplitName } from "./split";

/** A byte-pair encoding as plain data: what `trainBpe` returns and `bpeToJson` writes. */
export interface BpeModel {
  readonly kind: "bpe";
  readonly version: 1;
  /** How text is cut into words before merging. */
  readonly split: SplitName;
  /** Tokens by id, bytes in GPT-2's printable form ("Ġthe"); all 256 single bytes are there (but see `missingBytes`); "" is a gap. */
  readonly tokens: readonly string[];
  /**
   * Merges in the order learned, each the ids of its two parts. Or "ranks", tiktoken's rule: any two
   * neighbours whose bytes together are a token may merge, the token of the lowest id first.
   */
  readonly merges: readonly (readonly [number, number])[] | "ranks";
  /** Whether a word that is a token is that token without asking the merges. tiktoken's rule; GPT-2's is not. */
  readonly wholeWords: boolean;
  /**
   * A byte that is no token is passed over, as Rust's tokenizers do where there is no unknown token: SmolLM2 lacks 21,
   * control characters and bytes of characters that nobody writes. Without it such a vocabulary is an error.
   */
  readonly missingBytes?: "drop";
  /** Special tokens by name; their ids are outside `tokens` or at gaps in it. */
  readonly special: Readonly<Record<string, number>>;
}

/** A model made ready for encoding and decoding. */
export interface CompiledBpe {
  readonly merges: MergeTable;
  /** Id of each single byte; -1 for one that is passed over. */
  readonly byteIds: Int32Array;
  /** Id of each token in printable form. */
  readonly idOf: ReadonlyMap<string, number>;
  readonly vocabSize: number;
  /** Bytes of token `id`: pool[offsets[id], offsets[id + 1]); special tokens have the UTF-8 of their name. */
  readonly pool: Uint8Array;
  readonly offsets: Int32Array;
}

const compiled = new WeakMap<BpeModel, CompiledBpe>();

/**
 * Checks a model and prepares its tables; done once for each model object.
 *
 * @throws RangeError that names the token, merge or special token that cannot be.
 */
export function compileBpe(model: BpeModel): CompiledBpe {
  const found = compiled.get(model);
  if (found !== undefined) return found;
  const idOf = new Map<string, number>();
  model.tokens.forEach((token, id) => {
    if (token === "") return;
    if (idOf.has(token)) throw new RangeError(`Tokens ${idOf.get(token)} and ${id} are both ${show(token)}.`);
    idOf.set(token, id);
  });
  const byteIds = Int32Array.from({ length: 256 }, (_, byte) => {
    const id = idOf.get(bytesToPrintable([byte]));
    if (id === undefined) {
      if (model.missingBytes === "drop") return -1;
      throw new RangeError(
        `The vocabulary has no token for byte 0x${byte.toString(16).padStart(2, "0")}: it is not byte-level.`,
      );
    }
    return id;
  });
  const merges = model.merges === "ranks" ? mergesOfRanks(model.tokens, idOf) : mergesOfList(model, idOf);
  const result = { merges, byteIds, idOf, ...bytesOfTokens(model) };
  compiled.set(model, result);
  return result;
}

/** GPT-2's rule: rank = place in the list. */
function mergesOfList(model: BpeModel, idOf: ReadonlyMap<string, number>): MergeTable {
  const list = model.merges as readonly (readonly [number, number])[];
  const ranks = new PairTable(list.length);
  const merged = new Int32Array(list.length);
  list.forEach(([a, b], rank) => {
    const [left, right] = [model.tokens[a], model.tokens[b]];
    if (!left || !right)
      throw new RangeError(`Merge ${rank} joins ids ${a} and ${b}: no token has the id ${left ? b : a}.`);
    const id = idOf.get(left + right);
    if (id === undefined) {
      throw new RangeError(`Merge ${rank} makes ${show(left + right)}, which is not in the vocabulary.`);
    }
    if (ranks.get(a, b) >= 0)
      throw new RangeError(
        `Merges ${ranks.get(a, b)} and ${rank} both join ${show(left)} and ${show(right)}.`,
      );
    ranks.set(a, b, rank);
    merged[rank] = id;
  });
  return { ranks, merged };
}

/** tiktoken's rule: every cut of a token into two tokens is a merge, and its rank is the token's id. */
function mergesOfRanks(tokens: readonly string[], idOf: ReadonlyMap<string, number>): MergeTable {
  const ranks = new PairTable(4 * tokens.length);
  tokens.forEach((token, id) => {
    for (let cut = 1; cut < token.length; cut++) {
      const left = idOf.get(token.slice(0, cut));
      if (left === undefined) continue;
      const right = idOf.get(token.slice(cut));
      if (right !== undefined) ranks.set(left, right, id);
    }
  });
  return { ranks, merged: Int32Array.from(tokens, (_, id) => id) };
}

function bytesOfTokens(model: BpeModel): Pick<CompiledBpe, "vocabSize" | "pool" | "offsets"> {
  const names = new Map<number, string>();
  for (const [name, id] of Object.entries(model.special)) {
    if (name === "") throw new RangeError("A special token has an empty name.");
    if (!Number.isInteger(id) || id < 0)
      throw new RangeError(`Special token ${show(name)} has the id ${id}.`);
    if (model.tokens[id]) {
      throw new RangeError(
        `Special token ${show(name)} has the id ${id} of the token ${show(model.tokens[id])}.`,
      );
    }
    if (names.has(id))
      throw new RangeError(`Special tokens ${show(names.get(id)!)} and ${show(name)} share the id ${id}.`);
    names.set(id, name);
  }
  const vocabSize = [...names.keys()].reduce((size, id) => Math.max(size, id + 1), model.tokens.length);
  if (vocabSize > MAX_VOCABULARY)
    throw new RangeError(`A special token has the id ${vocabSize - 1}: ids stay below ${MAX_VOCABULARY}.`);
  const bytesOf = (id: number) =>
    names.has(id) ? textToBytes(names.get(id)!) : printableToBytes(model.tokens[id] ?? "");
  const offsets = new Int32Array(vocabSize + 1);
  const all: Uint8Array[] = [];
  for (let id = 0; id < vocabSize; id++) {
    all.push(bytesOf(id));
    offsets[id + 1] = offsets[id] + all[id].length;
  }
  const pool = new Uint8Array(offsets[vocabSize]);
  all.forEach((bytes, id) => pool.set(bytes, offsets[id]));
  return { vocabSize, pool, offsets };
}

/** Ranks must fit 22 bits (see the heap in bpeMerge.ts); the largest vocabularies in use have 2^18. */
const MAX_VOCABULARY = 1 << 22;

function show(token: string): string {
  return JSON.stringify(token);
}

/** The model of GPT-2 around its vocabulary: 50,256 tokens in printable form, by id. */
export const gpt2Model = (tokens: readonly string[]): BpeModel => ({
  kind: "bpe",
  version: 1,
  split: "gpt2",
  tokens,
  merges: "ranks",
  wholeWords: true,
  special: { "<|endoftext|>": tokens.length },
});
