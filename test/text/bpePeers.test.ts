import assert from "node:assert/strict";
import { createRequire } from "node:module";
import fc from "fast-check";
import { get_encoding, type TiktokenEncoding } from "tiktoken";
import { bpeTokenizer, bytesToText } from "../../src/text";
import { bigText } from "../helpers/bigText";
import { openAiModels } from "../helpers/peers";

/** The part of gpt-tokenizer that is asked; its own declarations do not compile for CommonJS. */
interface GptTokenizer {
  encode(text: string, options: { disallowedSpecial: Set<string> }): number[];
}
const load = createRequire(__filename);
const peerNames: Readonly<Record<string, string>> = { gpt2: "r50k_base" };

/** One kilobyte out of every forty, of each kind of text. */
const samples = bigText().flatMap(({ name, text }) =>
  Array.from({ length: Math.ceil(text.length / 40_000) }, (_, i) => ({
    name: `${name}, from ${i * 40_000}`,
    // gpt-tokenizer takes a byte order mark for white space, which tiktoken does not.
    text: text.slice(i * 40_000, i * 40_000 + 1000).replaceAll("\ufeff", ""),
  })),
);

for (const [name, makeModel] of Object.entries(openAiModels)) {
  describe(`BPE beside its peers: ${name}`, function () {
    this.timeout(300_000);
    const ours = bpeTokenizer(makeModel());

    it("the ids that gpt-tokenizer (JavaScript) gives", () => {
      const peer = load(`gpt-tokenizer/cjs/encoding/${peerNames[name] ?? name}`) as GptTokenizer;
      for (const { name, text } of samples)
        assert.deepEqual(ours.encode(text), peer.encode(text, { disallowedSpecial: new Set() }), name);
    });

    it("the bytes and the text that tiktoken (Rust) gives for any ids, valid UTF-8 or not (property)", () => {
      const peer = get_encoding(name as TiktokenEncoding);
      const size = ours.model.tokens.length;
      const known = fc.nat(size - 1).filter((id) => ours.model.tokens[id] !== "");
      try {
        fc.assert(
          fc.property(fc.array(known, { maxLength: 30 }), (ids) => {
            const bytes = peer.decode(Uint32Array.from(ids));
            assert.deepEqual(ours.decodeBytes(ids), new Uint8Array(bytes));
            assert.equal(ours.decode(ids), new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes));
          }),
          { numRuns: 500 },
        );
      } finally {
        peer.free();
      }
    });

    it("a token that is no text on its own decodes as U+FFFD, as its bytes do", () => {
      const half = ours.encode("𓃰").slice(0, -1);
      assert.ok(half.length > 0);
      assert.equal(ours.decode(half), bytesToText(ours.decodeBytes(half)));
      assert.match(ours.decode(half), /^\ufffd+$/);
      assert.equal(ours.decode(ours.encode("𓃰")), "𓃰");
    });
  });
}

describe("BPE with gaps in its ids", () => {
  it("an id in a gap is unknown, and the error says so", () => {
    const model = { ...openAiModels.gpt2(), special: { "<|end|>": 50_300 } };
    const { decode, encode, token, vocabSize } = bpeTokenizer(model);
    assert.equal(vocabSize, 50_301);
    assert.deepEqual(encode("a<|end|>", { allowSpecial: "all" }), [64, 50_300]);
    for (const ask of [() => decode([64, 50_299]), () => token(50_299)])
      assert.throws(ask, /Unknown id 50299: a gap/);
  });
});
