/** Tokenizers: encoding against the JavaScript peers, BPE training against Hugging Face's Rust trainer. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { getEncoding } from "js-tiktoken";
import { get_encoding } from "tiktoken";
import { bpeTokenizer, trainBpe } from "../src/text";
import { bigText } from "../test/helpers/bigText";
import { openAiModels } from "../test/helpers/peers";
import { bench, type Case, type Contender } from "./harness";
import { huggingFace } from "./huggingface";
import { runPython } from "./python";

const quick = process.argv.includes("--quick");
const kinds = /tinyshakespeare|chinese|source|README|messages, (de|ja|ru|zh-cn)/;
const text = bigText()
  .filter(({ name }) => kinds.test(name))
  .map((part) => (quick ? part.text.slice(0, 20_000) : part.text))
  .join("\n")
  .replaceAll("\ufeff", ""); // gpt-tokenizer takes a byte order mark for white space and then differs from the others
const megabytes = Buffer.byteLength(text) / 1e6;

/** The part of gpt-tokenizer that is measured; its own declarations do not compile for CommonJS. */
interface GptTokenizer {
  encode(text: string, options: { disallowedSpecial: Set<string> }): number[];
  clearMergeCache(): void;
}
/** As with the others: a special name in the text is ordinary text. */
const ordinary = { disallowedSpecial: new Set<string>() };
const load = createRequire(__filename);
const peerNames = { gpt2: "r50k_base", o200k_base: "o200k_base" } as const;

/** Encoding with an empty cache (cold) or after the same text was encoded before (warm). */
function encodeCase(name: "gpt2" | "o200k_base", cold: boolean): Case {
  const peerName = peerNames[name];
  const gpt = load(`gpt-tokenizer/cjs/encoding/${peerName}`) as GptTokenizer;
  const model = openAiModels[name]();
  let ours = bpeTokenizer(model);
  const wasm = get_encoding(peerName);
  const js = getEncoding(peerName);
  const contenders: (Contender & { readonly ids: () => ArrayLike<number> })[] = [
    { name: "transformer-lab", prepare: cold ? () => (ours = bpeTokenizer(model)) : undefined, ids: () => ours.encode(text) },
    { name: "gpt-tokenizer", prepare: cold ? () => gpt.clearMergeCache() : undefined, ids: () => gpt.encode(text, ordinary) },
    { name: "tiktoken (Rust in wasm)", ids: () => wasm.encode_ordinary(text) },
    { name: "js-tiktoken", ids: () => js.encode(text, [], []) },
    ...(name === "gpt2" ? [{ name: "@huggingface/tokenizers", ids: huggingFace(model, text) }] : []),
  ].map((one) => ({ ...one, run: () => void one.ids() })); // prettier-ignore
  const expected = contenders[2].ids();
  for (const { name, ids } of contenders) assert.deepEqual(Array.from(ids()), Array.from(expected), name);
  return {
    name: `encode, ${name}, ${cold ? "cold" : "warm"}, ${megabytes.toFixed(1)} MB`,
    unit: "MB/s",
    amount: megabytes,
    contenders,
  };
}

/** One word of a single letter: work that grows with the square of the length would show. */
function letterCase(size: number): Case {
  const tokenizer = bpeTokenizer(openAiModels.gpt2());
  const letters = "a".repeat(size);
  const run = () => void tokenizer.encode(letters);
  const name = `encode, gpt2, one letter, ${size / 1e6} MB`;
  return { name, unit: "MB/s", amount: size / 1e6, contenders: [{ name: "transformer-lab", run }] };
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
print(json.dumps([time.perf_counter() - start, tokenizer.get_vocab_size()]))
`;

function trainCase(merges: number): Case {
  const corpus = readFileSync(join(__dirname, "..", "datasets", "tinyshakespeare", "input.txt"), "utf8");
  const rust = (): number => {
    const [seconds, size] = runPython<[number, number]>(rustTrainer, [corpus, merges]);
    assert.equal(size, 256 + merges);
    return seconds;
  };
  return {
    name: `train BPE, tiny Shakespeare 1.1 MB, ${merges} merges`,
    unit: "s",
    contenders: [
      { name: "transformer-lab", run: () => void trainBpe(corpus, { vocabSize: 256 + merges }) },
      { name: "tokenizers (Rust, from Python)", run: rust },
    ],
  };
}

void bench("Tokenizers", [
  encodeCase("gpt2", true),
  encodeCase("gpt2", false),
  encodeCase("o200k_base", true),
  encodeCase("o200k_base", false),
  letterCase(1_000_000),
  letterCase(quick ? 2_000_000 : 10_000_000),
  trainCase(8000),
]);
