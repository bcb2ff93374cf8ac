/** Tokenizers: encoding against the JavaScript peers, BPE training against Hugging Face's Rust trainer. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { getEncoding } from "js-tiktoken";
import { get_encoding } from "tiktoken";
import { bpeTokenizer, trainBpe } from "transformer-lab/text"; // as it is built: what a notebook runs
import { bigText } from "../test/helpers/bigText";
import { openAiModels } from "../test/helpers/peers";
import { bench, type Case, type Cases, type Contender } from "./harness";
import { huggingFace } from "./huggingface";
import { runPython } from "./python";

const shakespeare = join(__dirname, "..", "datasets", "tinyshakespeare", "input.txt");
const quick = process.argv.includes("--quick");
const kinds = /tinyshakespeare|chinese|source|README|messages, (de|ja|ru|zh-cn)/;
const text = bigText()
  .filter(({ name }) => kinds.test(name))
  .map((part) => (quick ? part.text.slice(0, 20_000) : part.text))
  .join("\n")
  .replaceAll("\ufeff", ""); // gpt-tokenizer takes a byte order mark for white space and then differs from the others

/** The part of gpt-tokenizer that is measured; its own declarations do not compile for CommonJS. */
interface GptTokenizer {
  encode(text: string, options: { disallowedSpecial: Set<string> }): number[];
  clearMergeCache(): void;
}
/** As with the others: a special name in the text is ordinary text. */
const ordinary = { disallowedSpecial: new Set<string>() };
const load = createRequire(__filename);
const peerNames = { gpt2: "r50k_base", o200k_base: "o200k_base" } as const;

/** Someone who encodes; `forget` empties what it has kept of earlier runs. */
interface Encoder {
  readonly name: string;
  readonly encode: (text: string) => ArrayLike<number>;
  readonly forget?: () => void;
}

/** Ours and the peers for one of OpenAI's vocabularies. */
function encoders(name: keyof typeof peerNames): Encoder[] {
  const peerName = peerNames[name];
  const gpt = load(`gpt-tokenizer/cjs/encoding/${peerName}`) as GptTokenizer;
  const model = openAiModels[name]();
  let ours = bpeTokenizer(model);
  const wasm = get_encoding(peerName);
  const js = getEncoding(peerName);
  return [
    { name: "transformer-lab", encode: (text) => ours.encode(text), forget: () => (ours = bpeTokenizer(model)) },
    { name: "gpt-tokenizer", encode: (text) => gpt.encode(text, ordinary), forget: () => gpt.clearMergeCache() },
    { name: "tiktoken (Rust in wasm)", encode: (text) => wasm.encode_ordinary(text) },
    { name: "js-tiktoken", encode: (text) => js.encode(text, [], []) },
    ...(name === "gpt2" ? [{ name: "@huggingface/tokenizers", encode: huggingFace(model) }] : []),
  ]; // prettier-ignore
}

/** Encodes each of the texts, with empty caches (cold) or after the same was encoded before (warm). */
function encodeCase(all: readonly Encoder[], texts: readonly string[], cold = false): Case {
  for (const text of texts) {
    const expected = Array.from(all[0].encode(text));
    for (const { name, encode } of all) assert.deepEqual(Array.from(encode(text)), expected, name);
  }
  const contenders = all.map(({ name, encode, forget }): Contender => ({
    name,
    prepare: cold ? forget : undefined,
    run: () => texts.forEach((text) => void encode(text)),
  }));
  return {
    unit: "MB/s",
    amount: texts.reduce((sum, one) => sum + Buffer.byteLength(one), 0) / 1e6,
    contenders,
  };
}

/** One word of a single letter: work that grows with the square of its length shows. */
function letterCase(size: number): Case {
  // js-tiktoken takes two minutes for 40 kB; gpt-tokenizer and tiktoken would take about ten for 1 MB.
  const patient = size > 40_000 ? ["transformer-lab"] : ["transformer-lab", "gpt-tokenizer", "tiktoken (Rust in wasm)", "@huggingface/tokenizers"]; // prettier-ignore
  const all = encoders("gpt2").filter(({ name }) => patient.includes(name));
  return encodeCase(all, ["a".repeat(size)], true);
}

const rustTrainer = `
import json, sys, time
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
text, merges = json.load(sys.stdin)
tokenizer = Tokenizer(models.BPE())
tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
trainer = trainers.BpeTrainer(vocab_size=256 + merges, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
start = time.perf_counter()
tokenizer.train_from_iterator([text], trainer)
seconds = time.perf_counter() - start
print(json.dumps([seconds, json.loads(tokenizer.to_str())["model"]["merges"]]))
`;

function trainCase(merges: number): Case {
  const corpus = readFileSync(shakespeare, "utf8");
  const ours = trainBpe(corpus, { vocabSize: 256 + merges });
  const expected = ours.merges.map(([a, b]) => [ours.tokens[a], ours.tokens[b]]);
  const rust = (): number => {
    const [seconds, learned] = runPython<[number, string[][]]>(rustTrainer, [corpus, merges]);
    assert.deepEqual(learned, expected);
    return seconds;
  };
  return {
    unit: "s",
    contenders: [
      { name: "transformer-lab", run: () => void trainBpe(corpus, { vocabSize: 256 + merges }) },
      { name: "tokenizers (Rust, from Python)", run: rust },
    ],
  };
}

const mb = `${(Buffer.byteLength(text) / 1e6).toFixed(1)} MB`;
const largest = quick ? 2_000_000 : 10_000_000;
const lines = readFileSync(shakespeare, "utf8").split("\n").slice(0, quick ? 1000 : undefined); // prettier-ignore
const cases: Cases = {
  [`encode, gpt2, cold, ${mb}`]: () => encodeCase(encoders("gpt2"), [text], true),
  [`encode, gpt2, warm, ${mb}`]: () => encodeCase(encoders("gpt2"), [text]),
  [`encode, o200k_base, cold, ${mb}`]: () => encodeCase(encoders("o200k_base"), [text], true),
  [`encode, o200k_base, warm, ${mb}`]: () => encodeCase(encoders("o200k_base"), [text]),
  "encode, gpt2, warm, tiny Shakespeare line by line": () => encodeCase(encoders("gpt2"), lines),
  "encode, gpt2, one letter, 40 kB": () => letterCase(40_000),
  "encode, gpt2, one letter, 1 MB": () => letterCase(1_000_000),
  [`encode, gpt2, one letter, ${largest / 1e6} MB`]: () => letterCase(largest),
  "train BPE, tiny Shakespeare 1.1 MB, 8000 merges": () => trainCase(8000),
};
void bench("Tokenizers", cases);
