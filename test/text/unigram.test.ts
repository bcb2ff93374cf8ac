import assert from "node:assert/strict";
import fc from "fast-check";
import { bestPath, bestPaths, fillLattice, forward, makeLattice, makePieceTable, posteriors, samplePath, unigramTokenizer, type UnigramModel } from "../../src/text"; // prettier-ignore
import { viterbi } from "../../src/text/unigramViterbi";
import { corpora, golden } from "../helpers/corpora";
import { hashIds } from "../helpers/mixedText";

interface Golden {
  cases: {
    name: string;
    model: UnigramModel;
    texts: [text: string, ids: number[], decoded: string][];
    nbest: [text: string, ids: number[][]][];
    hashes: { text: string; bytes: number; tokens: number; sha256: string }[];
  }[];
  ours: { name: string; model: UnigramModel; texts: string[]; ids: number[][] }[];
}

const reference = golden<Golden>("unigram");

for (const { name, model, texts, nbest, hashes } of reference.cases) {
  describe(`Unigram equals sentencepiece: its model "${name}"`, () => {
    const tokenizer = unigramTokenizer(model);

    it(`ids and decoding of ${texts.length} texts`, () => {
      for (const [text, ids, decoded] of texts) {
        assert.deepEqual(tokenizer.encode(text), ids, JSON.stringify(text.slice(0, 80)));
        // sentencepiece hides <s> and </s>; none of these ids is one.
        assert.equal(tokenizer.decode(ids), decoded);
      }
    });

    for (const { text, bytes, tokens, sha256 } of hashes) {
      it(`all ${tokens} ids of ${text} (${bytes} bytes), line by line`, () => {
        const ids: number[] = [];
        for (const line of corpora[text]().split("\n")) for (const id of tokenizer.encode(line)) ids.push(id);
        assert.equal(ids.length, tokens);
        assert.equal(hashIds(ids), sha256);
      });
    }

    it(`the 8 best segmentations of ${nbest.length} texts`, () => {
      const unknown = model.tokens.indexOf(model.unknown);
      const score = (ids: number[]) => ids.reduce((sum, id) => sum + model.scores[id], 0);
      for (const [text, expected] of nbest) {
        const got = tokenizer.nBest(text, 8);
        assert.equal(got.length, expected.length, text);
        assert.deepEqual(got[0].ids, expected[0], text);
        // Of equal scores either may come first, so scores are compared. A byte's or unknown's is not in the table.
        if (expected.flat().some((id) => id === unknown || model.tokens[id].startsWith("<0x"))) continue;
        expected.forEach((ids, i) => assert.ok(Math.abs(score(ids) - got[i].score) < 1e-3, `${text} ${i}`));
      }
    });
  });
}

describe("Unigram equals sentencepiece: models trained here, written as .model files", () => {
  for (const { name, model, texts, ids } of reference.ours) {
    it(`"${name}": ids of ${texts.length} texts`, () => {
      const tokenizer = unigramTokenizer(model);
      texts.forEach((text, i) => assert.deepEqual(tokenizer.encode(text), ids[i], JSON.stringify(text)));
    });
  }
});

/** Pieces over a, b, c with every single character but c, and random scores. */
const table = fc
  .uniqueArray(fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 2, maxLength: 4 }), {
    maxLength: 12,
  })
  .chain((longer) => {
    const pieces = ["a", "b", ...longer];
    const score = fc.double({ min: -9, max: -0.5, noNaN: true });
    return fc
      .array(score, { minLength: pieces.length, maxLength: pieces.length })
      .map((scores) => ({ pieces, scores, table: makePieceTable(pieces, scores, pieces.length) }));
  });
const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength: 8 });
const unitsOf = (text: string) => Uint16Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));

/** Every way to cut a text into pieces, with its score: the definition that the lattice must agree with. */
function allCuts(text: string, pieces: string[], scores: number[]): { ids: number[]; score: number }[] {
  if (text === "") return [{ ids: [], score: 0 }];
  const unknown = Math.fround(Math.min(...scores)) - 10;
  const out: { ids: number[]; score: number }[] = [];
  for (let size = 1; size <= text.length; size++) {
    const id = pieces.indexOf(text.slice(0, size));
    if (id < 0 && !(size === 1 && !pieces.includes(text[0]))) continue;
    const score = id < 0 ? unknown : scores[id];
    for (const rest of allCuts(text.slice(size), pieces, scores))
      out.push({ ids: [id < 0 ? pieces.length : id, ...rest.ids], score: score + rest.score });
  }
  return out;
}
const near = (a: number, b: number, tolerance = 1e-9) =>
  assert.ok(Math.abs(a - b) <= tolerance * Math.max(1, Math.abs(a)), `${a} is not ${b}`);

describe("Unigram: the lattice against all cuts counted out", () => {
  it("best path, n best paths and the streaming Viterbi", () => {
    fc.assert(
      fc.property(table, word, ({ pieces, scores, table }, text) => {
        const cuts = allCuts(text, pieces, scores).sort((a, b) => b.score - a.score);
        const lattice = fillLattice(makeLattice(), table, unitsOf(text));
        near(bestPath(lattice).score, cuts[0].score);
        const found = bestPaths(lattice, 5);
        assert.equal(found.length, Math.min(5, cuts.length));
        found.forEach(({ score }, i) => near(score, cuts[i].score));
        let sum = 0;
        let joined = "";
        viterbi(table, unitsOf(text), text.length, (id, start, end) => {
          sum += id === pieces.length ? table.unknownScore : scores[id];
          joined += text.slice(start, end);
        });
        assert.equal(joined, text);
        near(sum, cuts[0].score, 1e-5); // 32-bit sums
      }),
    );
  });

  it("likelihood and posteriors", () => {
    fc.assert(
      fc.property(table, word, ({ pieces, scores, table }, text) => {
        const cuts = allCuts(text, pieces, scores);
        const total = cuts.reduce((sum, { score }) => sum + Math.exp(score), 0);
        const lattice = fillLattice(makeLattice(), table, unitsOf(text));
        near(Math.exp(forward(lattice)[text.length]), total);
        const expected = new Float64Array(pieces.length + 1);
        const covered = new Float64Array(text.length);
        const z = posteriors(lattice, (edge, p) => {
          expected[lattice.id[edge]] += p;
          for (let i = lattice.start[edge]; i < lattice.end[edge]; i++) covered[i] += p;
        });
        near(Math.exp(z), total);
        for (const p of covered) near(p, 1); // every character is in exactly one piece
        for (let id = 0; id <= pieces.length; id++) {
          const counted = cuts.reduce(
            (sum, { ids, score }) => sum + ids.filter((x) => x === id).length * Math.exp(score), 0,
          ); // prettier-ignore
          near(expected[id], counted / total);
        }
      }),
    );
  });

  it("samples as often as P^theta says", () => {
    const pieces = ["a", "b", "ab", "ba", "aba"];
    const scores = [-1, -1.2, -1.5, -2, -2.5];
    const lattice = fillLattice(makeLattice(), makePieceTable(pieces, scores, 5), unitsOf("abab"));
    let state = 12345;
    const random = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
    for (const theta of [0, 0.5, 1, 2]) {
      const cuts = allCuts("abab", pieces, scores);
      const total = cuts.reduce((sum, { score }) => sum + Math.exp(theta * score), 0);
      const draws = 20_000;
      const seen = new Map<string, number>();
      for (let i = 0; i < draws; i++) {
        const { edges } = samplePath(lattice, theta, random);
        const key = edges.map((edge) => lattice.id[edge]).join(" ");
        seen.set(key, (seen.get(key) ?? 0) + 1);
      }
      for (const { ids, score } of cuts) {
        const p = Math.exp(theta * score) / total;
        const off = Math.abs((seen.get(ids.join(" ")) ?? 0) / draws - p);
        assert.ok(off < 5 * Math.sqrt((p * (1 - p)) / draws), `theta ${theta}: ${ids} is off by ${off}`);
      }
    }
  });
});

describe("Unigram: tokenizer", () => {
  const [english, chinese, bytes] = reference.cases.map(({ model }) => unigramTokenizer(model));
  const text = fc.string({ unit: "binary", maxLength: 40 });
  const wellFormed = (text: string) => text.replace(/\p{Surrogate}/gu, "\ufffd");

  it("bytes: decode gives the text back, whatever it is", () => {
    const keeping = unigramTokenizer({ ...bytes.model, removeExtraSpaces: false });
    fc.assert(fc.property(text, (text) => {
      assert.equal(keeping.decode(keeping.encode(text)), wellFormed(text).replaceAll("\u2581", " "));
    })); // prettier-ignore
  });

  it("pieces are the ids, and tile the text", () => {
    for (const tokenizer of [english, chinese, bytes])
      fc.assert(
        fc.property(
          fc.oneof(text, fc.string({ unit: fc.constantFrom(" ", "the", "學", "😀", "q") })),
          (text) => {
            const pieces = tokenizer.pieces(text);
            assert.deepEqual(pieces.map(({ id }) => id), tokenizer.encode(text)); // prettier-ignore
            let at = 0;
            for (const { start, end } of pieces) {
              assert.equal(start, at);
              assert.ok(end >= start);
              at = end;
            }
            if (pieces.length > 0) assert.equal(at, text.length);
          },
        ),
      );
  });

  it("special tokens: ordinary text by default, themselves where allowed", () => {
    const [bos, eos] = [english.special["<s>"], english.special["</s>"]];
    assert.ok(!english.encode("<s>hello</s>").includes(bos));
    const ids = english.encode("<s>hello</s>", { allowSpecial: "all" });
    assert.equal(ids[0], bos);
    assert.equal(ids.at(-1), eos);
    assert.equal(english.decode(ids), "<s>hello</s>");
  });

  it("a long line gives what its parts give, digits are not lost", () => {
    const line = corpora.tinyshakespeare().replaceAll("\n", " ").replace(/ +/g, " ").trim();
    const whole = english.encode(line);
    const parts = line.split(" ").flatMap((word) => english.encode(word));
    // 32-bit sums may decide a near tie otherwise; sums that had lost their digits would be far off.
    assert.ok(
      Math.abs(whole.length - parts.length) <= 20,
      `${whole.length} tokens, ${parts.length} in parts`,
    );
    const score = (ids: number[]) => ids.reduce((sum, id) => sum + english.model.scores[id], 0);
    assert.ok(Math.abs(score(whole) / score(parts) - 1) < 1e-6);
  });

  it("sampling: alpha large gives the best, small gives others, each spells the text", () => {
    let state = 1;
    const random = () => (state = (state * 48271) % 2147483647) / 2147483647;
    const word = "unbelievable kingdoms";
    const best = english.encode(word);
    assert.deepEqual(english.sample(word, 1000, random).ids, best);
    const seen = new Set<string>();
    for (let i = 0; i < 200; i++) {
      const { ids } = english.sample(word, 0.1, random);
      assert.equal(english.decode(ids), word);
      seen.add(ids.join(" "));
    }
    assert.ok(seen.size > 50, `${seen.size} different segmentations`);
  });

  it("models that contradict themselves are refused", () => {
    const { model } = english;
    assert.throws(() => unigramTokenizer({ ...model, scores: [0] }), /1500 tokens but 1 scores/);
    assert.throws(
      () => unigramTokenizer({ ...model, unknown: "<none>" }),
      /"<none>" is not in the vocabulary/,
    );
    assert.throws(() => unigramTokenizer({ ...model, byteFallback: true }), /needs the token <0x00>/);
  });
});
