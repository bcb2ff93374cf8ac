import assert from "node:assert/strict";
import { jit, tf } from "../../src/engine";
import type { LoadedLlama } from "../../src/checkpoints";
import { decoderOf, generateAll } from "../../src/generate";
import { llama } from "../../src/models";
import { crossEntropy } from "../../src/ops";
import { encodeChat } from "../../src/text";
import { corpora, golden } from "../helpers/corpora";
import { hashIds, mixedText } from "../helpers/mixedText";
import { realModel } from "../helpers/real-model";

interface Golden {
  readonly columns: number[];
  readonly text: string;
  readonly logits: { ids: number[]; sample: number[]; max: number[]; best: number[]; logSumExp: number[] };
  readonly answers: { prompt: string; ids: number[]; new: number[] }[];
  readonly held: { tokens: number; loss: number; perplexity: number };
  readonly tokens: { text: string; tokens: number; sha256: string }[];
  readonly pieces: [string, number[]][];
}

/** The proof on a real model: what PyTorch's `transformers` computes from the same file (test/golden/smollm2.py). */
describe("SmolLM2-135M-Instruct", function () {
  this.timeout(300_000);
  const wanted = golden<Golden>("smollm2");
  let model: LoadedLlama;

  before(async function () {
    model = await realModel(this, (load) => load("smollm2-135m-instruct"));
  });
  after(() => model?.dispose());

  it("its tokenizer, from the metadata: every id", () => {
    const tokenizer = model.tokenizer!;
    for (const [text, ids] of wanted.pieces)
      assert.deepEqual(tokenizer.encode(text, { allowSpecial: "all" }), ids, JSON.stringify(text));
    const texts: Record<string, () => string> = { ...corpora, mixed: () => mixedText(11, 100_000) };
    for (const { text, tokens, sha256 } of wanted.tokens) {
      const ids = tokenizer.encode(texts[text]!());
      assert.equal(ids.length, tokens, text);
      assert.equal(hashIds(ids), sha256, text);
    }
    assert.deepEqual(model.special, { begin: 1, end: [2], padding: 2 });
  });

  it("its chat template: the ids of a conversation", () => {
    for (const { prompt, ids } of wanted.answers) assert.deepEqual(chat(prompt), ids, prompt);
  });

  for (const mode of ["eager", "jit"] as const) {
    it(`logits, ${mode}: within 1e-3 of PyTorch's, and the same first choice everywhere`, async () => {
      const { ids, sample, max, best, logSumExp } = wanted.logits;
      const rows = await using(
        mode,
        forward,
        (run) => run(model.params, tf.tensor2d([ids], undefined, "int32")),
        array3,
      );
      const { columns } = wanted;
      const width = columns.length;
      let most = 0;
      rows[0]!.forEach((row, t) => {
        columns.forEach((id, i) => (most = Math.max(most, Math.abs(row[id]! - sample[t * width + i]!))));
        const top = Math.max(...row);
        most = Math.max(most, Math.abs(top - max[t]!));
        assert.equal(row.indexOf(top), best[t], `first choice at place ${t}`);
        const sum = top + Math.log(row.reduce((total, x) => total + Math.exp(x - top), 0));
        most = Math.max(most, Math.abs(sum - logSumExp[t]!));
      });
      assert.ok(most < 1e-3, `the largest difference is ${most}`);
    });

    it(`perplexity of 512 tokens, ${mode}: PyTorch's to 4 digits`, async () => {
      const { tokens, perplexity } = wanted.held;
      const text = corpora["tinyshakespeare"]!().slice(-4000);
      const ids = model.tokenizer!.encode(text).slice(0, tokens);
      const loss = (params: LoadedLlama["params"], x: tf.Tensor, y: tf.Tensor): tf.Tensor =>
        crossEntropy(forward(params, x), y);
      const [x, y] = [ids.slice(0, -1), ids.slice(1)].map((row) => tf.tensor2d([row], undefined, "int32"));
      const [value] = await using(
        mode,
        loss,
        (run) => run(model.params, x!, y!),
        async (out) => out.data(),
      );
      tf.dispose([x!, y!]);
      const got = Math.exp(value!);
      assert.equal(got.toPrecision(4), perplexity.toPrecision(4));
      assert.ok(Math.abs(got / perplexity - 1) < 1e-4, `${got}, PyTorch ${perplexity}`);
    });
  }

  it("64 tokens after each of ten prompts, all at once with a cache: PyTorch's, each alone", async () => {
    const prompts = wanted.answers.map(({ prompt }) => chat(prompt));
    const before = tf.memory().numTensors;
    const { answers } = await generateAll(decoderOf(model), prompts, { maxNewTokens: 64 });
    assert.equal(tf.memory().numTensors, before, "tensors are left");
    wanted.answers.forEach((answer, i) => assert.deepEqual(answers[i]!.ids, answer.new, answer.prompt));
  });

  const chat = (content: string): number[] =>
    encodeChat(model.tokenizer!, model.chat!, [{ role: "user", content }], { addGenerationPrompt: true });

  const forward = (params: LoadedLlama["params"], ids: tf.Tensor): tf.Tensor =>
    llama(params, model.config, ids);

  const array3 = async (logits: tf.Tensor): Promise<number[][][]> => (await logits.array()) as number[][][];
});

/** Runs a function as it is, or compiled; gives what is read of its result. */
async function using<Args extends unknown[], T>(
  mode: "eager" | "jit",
  f: (...args: Args) => tf.Tensor,
  call: (run: (...args: Args) => tf.Tensor) => tf.Tensor,
  read: (out: tf.Tensor) => Promise<T>,
): Promise<T> {
  const compiled = mode === "jit" ? jit(f) : undefined;
  const out = tf.tidy(() => call(compiled ?? f));
  try {
    return await read(out);
  } finally {
    out.dispose();
    compiled?.dispose();
  }
}
