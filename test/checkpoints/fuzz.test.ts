import assert from "node:assert/strict";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { tf, useEngine } from "../../src/engine";
import {
  decodeSafetensors,
  encodeSafetensors,
  families,
  type GgufHeader,
  type GgufValue,
  loadModel,
  llamaNames,
  readGgufConfig,
  readGgufTokenizer,
  readTokenizerJson,
  safetensorsWeights,
  toTree,
} from "../../src/checkpoints";
import { namedTensors } from "../../src/tree";

const golden = join(__dirname, "..", "golden");
const folderOf = (name: string): string => join(golden, `tiny-${name}`);
const bytes = new Uint8Array(readFileSync(join(folderOf("llama"), "model.safetensors")));
const json = JSON.parse(readFileSync(join(folderOf("llama"), "config.json"), "utf8")) as Record<
  string,
  unknown
>;
const config = families.llama.read(json, "config.json");
const table = llamaNames(config);

/** Loads weights of any bytes; they are an Error that names the file, or a whole tree. Nothing is left. */
async function load(from: Uint8Array): Promise<Error | number> {
  const before = tf.memory().numTensors;
  try {
    const file = await decodeSafetensors(from, "some.file");
    const tree = await toTree(safetensorsWeights(file, "some.file"), table);
    const tensors = [...namedTensors(tree).values()];
    tf.dispose(tensors);
    return tensors.length;
  } catch (error) {
    assert.ok(error instanceof Error && error.constructor !== TypeError, String(error));
    assert.match(error.message, /some\.file/);
    return error;
  } finally {
    assert.equal(tf.memory().numTensors, before, "tensors are left");
  }
}

/** The checkpoint with some tensors changed. */
async function changed(change: (tensors: Record<string, tf.Tensor>) => void): Promise<Error | number> {
  const file = await decodeSafetensors(bytes, "x");
  const tensors: Record<string, tf.Tensor> = {};
  for (const name of file.names) tensors[name] = await file.tensor(name);
  const all = Object.values(tensors);
  change(tensors);
  const encoded = await encodeSafetensors(tensors);
  tf.dispose([...new Set([...all, ...Object.values(tensors)])]);
  return load(encoded);
}

describe("checkpoints that are wrong", function () {
  this.timeout(300_000);
  before(() => useEngine({ engine: "cpu" }));

  it("whole: all its tensors", async () => assert.equal(await load(bytes), table.rules.length));

  it("cut off anywhere (property)", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), async (length) => {
        assert.ok((await load(bytes.slice(0, length))) instanceof Error);
      }),
      { numRuns: 60 },
    );
  });

  it("bytes of its header changed: refused by name, or the same tree (property)", async () => {
    const header = 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true));
    const place = fc.nat(header - 1);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(place, fc.nat(255)), { minLength: 1, maxLength: 4 }),
        async (changes) => {
          const copy = bytes.slice();
          for (const [at, value] of changes) copy[at] = value;
          const result = await load(copy);
          assert.ok(result instanceof Error || result === table.rules.length);
        },
      ),
      { numRuns: 200 },
    );
  });

  it("a header length of the other byte order, or of any size: refused before memory is asked for", async () => {
    const swapped = bytes.slice();
    swapped.subarray(0, 8).reverse();
    assert.match(String(await load(swapped)), /some\.file: a header of \d+ bytes/);
    await fc.assert(
      fc.asyncProperty(fc.bigInt({ min: 100_000n, max: 2n ** 64n - 1n }), async (length) => {
        const copy = bytes.slice();
        new DataView(copy.buffer).setBigUint64(0, length, true);
        assert.ok((await load(copy)) instanceof Error);
      }),
      { numRuns: 50 },
    );
  });

  it("a tensor missing, one too many, of another shape or type: the error names it (property)", async () => {
    const names = [...new Set(table.rules.map(({ theirs }) => theirs))];
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), fc.nat(3), async (name, kind) => {
        const result = await changed((tensors) => {
          const old = tensors[name]!;
          if (kind === 0) delete tensors[name];
          if (kind === 1) tensors["model.surplus.weight"] = tf.zeros([2, 2]);
          if (kind === 2) tensors[name] = tf.zeros([...old.shape, 1]);
          if (kind === 3) tensors[name] = tf.zeros(old.shape, "int32");
        });
        const named = kind === 1 ? "model.surplus.weight" : name;
        const what = [/missing/, /surplus/, /has shape .* expects/, /holds int32 numbers/][kind]!;
        assert.ok(result instanceof Error, `${name}, ${kind}`);
        assert.ok(result.message.includes(JSON.stringify(named)), result.message);
        assert.match(result.message, what);
      }),
      { numRuns: 25 },
    );
  });

  it("two spellings of one tensor are refused", async () => {
    const result = await changed((tensors) => void (tensors["norm.weight"] = tf.zeros([32])));
    assert.match(
      String(result),
      /"(model\.)?norm\.weight" and "(model\.)?norm\.weight" are names of one tensor/,
    );
  });
});

/** Values that a hostile file may have where a number, a flag or a word belongs. */
const hostile = fc.oneof(
  fc.constantFrom(
    null,
    true,
    false,
    "",
    "NaN",
    [],
    {},
    0,
    -1,
    1e9,
    2 ** 31,
    2 ** 53,
    1e308,
    -0.5,
    0.5,
    1,
    3,
    5,
    7,
  ),
  fc.integer(),
  fc.string(),
);

describe("configurations that are hostile", function () {
  this.timeout(300_000);
  let folder: string;
  before(() => useEngine({ engine: "cpu" }));
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "lab-fuzz-"))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  for (const name of ["gpt2", "llama", "falcon", "bert", "t5", "bart"] as const) {
    it(`${name}: any field with any value is an error that names a file, or a model that loads (property)`, async () => {
      copyFileSync(join(folderOf(name), "model.safetensors"), join(folder, "model.safetensors"));
      const own = JSON.parse(readFileSync(join(folderOf(name), "config.json"), "utf8")) as Record<
        string,
        unknown
      >;
      const before = tf.memory().numTensors;
      await fc.assert(
        fc.asyncProperty(fc.constantFrom(...Object.keys(own)), hostile, async (field, value) => {
          writeFileSync(join(folder, "config.json"), JSON.stringify({ ...own, [field]: value }));
          try {
            (await loadModel(folder)).dispose();
          } catch (error) {
            assert.ok(error instanceof Error && !(error instanceof TypeError), String(error));
            assert.ok(error.message.includes(folder), error.message);
          }
          assert.equal(tf.memory().numTensors, before, "tensors are left");
        }),
        { numRuns: 60 },
      );
    });
  }

  it("what is no configuration: cut off, a list, a key twice, too large, of an unknown family", async () => {
    copyFileSync(join(folderOf("llama"), "model.safetensors"), join(folder, "model.safetensors"));
    const text = JSON.stringify(json);
    for (const [wrong, message] of [
      [text.slice(0, -5), /config\.json: not JSON/],
      ["[]", /config\.json: its JSON is not an object/],
      [`${text.slice(0, -1)},"model_type":"gpt2"}`, /config\.json: .*model_type/],
      [JSON.stringify({ ...json, extra: "x".repeat(2 ** 20) }), /more than the 1048576 that are read/],
      [JSON.stringify({ ...json, model_type: "mamba" }), /model_type is "mamba"; models of gpt2, llama/],
      [JSON.stringify({ ...json, num_hidden_layers: 1e9 }), /config\.json: num_hidden_layers/],
      [JSON.stringify({ ...json, vocab_size: 1e15 }), /config\.json: vocab_size/],
      [JSON.stringify({ ...json, num_key_value_heads: 3 }), /4 heads of queries are no multiple of 3/],
      [
        JSON.stringify({ ...json, rope_scaling: { type: "linear", factor: 2 } }),
        /rope_scaling: scaled positions/,
      ],
      [JSON.stringify({ ...json, hidden_act: "relu" }), /hidden_act: only "silu" is supported/],
    ] as const) {
      writeFileSync(join(folder, "config.json"), wrong);
      await assert.rejects(loadModel(folder), message);
    }
    rmSync(join(folder, "config.json"));
    await assert.rejects(loadModel(folder), /has a config\.json or one \.gguf file; this has neither/);
  });

  it("tokenizer.json cut off or with another character: an error that names it, or a tokenizer (property)", () => {
    const vocab = Object.fromEntries(
      ["[UNK]", "[CLS]", "[SEP]", "a", "b", "##a", "##b"].map((token, id) => [token, id]),
    );
    const text = JSON.stringify({
      added_tokens: [{ id: 0, content: "[UNK]" }],
      normalizer: { type: "BertNormalizer", clean_text: true, handle_chinese_chars: true, lowercase: true },
      pre_tokenizer: { type: "BertPreTokenizer" },
      model: {
        type: "WordPiece",
        unk_token: "[UNK]",
        continuing_subword_prefix: "##",
        max_input_chars_per_word: 9,
        vocab,
      },
    });
    assert.equal(readTokenizerJson(text, "my.json").kind, "wordpiece");
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.string({ maxLength: 2 }), fc.boolean(), (at, put, cut) => {
        try {
          readTokenizerJson(
            cut ? text.slice(0, at) : text.slice(0, at) + put + text.slice(at + 1),
            "my.json",
          );
        } catch (error) {
          assert.ok(error instanceof Error && error.message.includes("my.json"), String(error));
        }
      }),
      { numRuns: 500 },
    );
  });

  it("metadata of a GGUF file: any value for any key is an error that names the file, or is read (property)", () => {
    const metadata = new Map<string, GgufValue>([
      ["general.architecture", "llama"],
      ["llama.block_count", 1],
      ["llama.context_length", 16],
      ["llama.embedding_length", 8],
      ["llama.feed_forward_length", 12],
      ["llama.attention.head_count", 2],
      ["llama.attention.head_count_kv", 1],
      ["llama.rope.dimension_count", 4],
      ["llama.attention.layer_norm_rms_epsilon", 1e-5],
      ["tokenizer.ggml.model", "gpt2"],
      ["tokenizer.ggml.pre", "smollm"],
      ["tokenizer.ggml.tokens", ["<|end|>", "a", "b", "ab"]],
      ["tokenizer.ggml.token_type", [3, 1, 1, 1]],
      ["tokenizer.ggml.merges", ["a b"]],
    ]);
    const tensors = [
      { name: "token_embd.weight", shape: [4, 8], type: "F32", size: 32, offset: 0, bytes: 128 },
    ];
    const header = (entries: Map<string, GgufValue>): GgufHeader => ({
      version: 3,
      alignment: 32,
      metadata: entries,
      tensors,
    });
    assert.equal(readGgufConfig(header(metadata), "my.gguf").headDim, 4);
    assert.equal(readGgufTokenizer(header(metadata), "my.gguf").tokens.length, 4);
    const value = fc.oneof(
      fc.constantFrom<GgufValue>(0, -1, 0.5, 1e9, 2n ** 60n, true, "", "x", [], ["a"], [1, 2, 3, 4]),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.constantFrom(...metadata.keys()), fc.option(value), (key, put) => {
        const other = new Map(metadata);
        if (put === null) other.delete(key);
        else other.set(key, put);
        for (const read of [readGgufConfig, readGgufTokenizer]) {
          try {
            read(header(other), "my.gguf");
          } catch (error) {
            assert.ok(error instanceof Error && !(error instanceof TypeError), String(error));
            assert.ok(error.message.includes("my.gguf"), error.message);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
