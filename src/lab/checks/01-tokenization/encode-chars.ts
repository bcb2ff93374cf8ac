import type { Exercise } from "../../exercise";
import type { Wrong } from "../toolkit";

type Args = [text: string, vocabulary: readonly string[]];

/** The right answer, by search instead of by table. */
const encode = (text: string, vocabulary: readonly string[]): number[] =>
  Array.from(text, (character) => Math.max(0, vocabulary.indexOf(character)));

const graphemes = (text: string): string[] =>
  Array.from(new Intl.Segmenter("en").segment(text), ({ segment }) => segment);

const wrong: readonly Wrong<Args>[] = [
  {
    message: "An unknown character got -1 (what indexOf says). -1 is no id: use 0, the place of [UNK].",
    answer: (text, vocabulary) => Array.from(text, (c) => vocabulary.indexOf(c)),
  },
  {
    message:
      "Unknown characters were left out. They become 0, so that the model sees that something stood there.",
    answer: (text, vocabulary) => encode(text, vocabulary).filter((id) => id > 0),
  },
  {
    message:
      "The text was cut into UTF-16 units, so 🙂 became two halves. Walk over code points: [...text] or for...of.",
    answer: (text, vocabulary) => text.split("").map((c) => Math.max(0, vocabulary.indexOf(c))),
  },
  {
    message:
      "Characters were taken as a reader sees them, so that several code points became one. Here each code point " +
      "has its own id: [...text].",
    answer: (text, vocabulary) => graphemes(text).map((c) => Math.max(0, vocabulary.indexOf(c))),
  },
  {
    message:
      "These are the characters' Unicode numbers. What is asked is each character's place in the vocabulary.",
    answer: (text) => Array.from(text, (c) => c.codePointAt(0)),
  },
  {
    message: "The ids are one off: [UNK] itself takes place 0, so the first character has id 1.",
    answer: (text, vocabulary) => encode(text, vocabulary).map((id) => id - 1),
  },
];

const plain = ["[UNK]", ..."abcdefgh "];
const wide = ["[UNK]", "a", "é", "中", "文", "🙂", "👍", " "];

export const encodeChars: Exercise = {
  id: "encode-chars",
  fn: "encodeChars",
  title: "Characters to ids",
  difficulty: 1,
  importance: 3,
  minutes: 5,
  hints: [
    "A Map from character to id answers in one step. What should happen where the Map has no answer?",
    [
      "ids = Map of each vocabulary entry to its place",
      "for each code point of the text:",
      "  its id, or 0 where the Map has none",
    ].join("\n"),
  ],
  errors: [
    {
      see: /UTF-16|halves|surrogate/i,
      help: '"🙂".length is 2, as JavaScript stores it in two units. [..."🙂"] has one item.',
    },
    { see: /-1/, help: "indexOf gives -1 for what is not there. Math.max(0, ...) or ?? 0 makes it [UNK]." },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: ids, and 0 for the unknown",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            ["abz", ["[UNK]", "a", "b"]],
            ["ba", ["[UNK]", "a", "b"]],
          ],
          expected: encode,
          wrong,
        }),
    },
    {
      id: "random",
      title: "random texts, the empty one too",
      points: 2,
      run: (learner, t) => {
        const texts = Array.from({ length: 60 }, () =>
          t.random.text([..."abcdefgh xyz"], t.random.int(1, 30)),
        );
        return t.cases<Args>(learner, {
          args: ["", ...texts].map((text): Args => [text, plain]),
          expected: encode,
          wrong,
        });
      },
    },
    {
      id: "unicode",
      title: "accents, Chinese and emoji are one character each",
      points: 3,
      run: (learner, t) => {
        const texts = Array.from({ length: 40 }, () => t.random.text([...wide.slice(1), "🚀", "语"], 8));
        return t.cases<Args>(learner, {
          args: ["a🙂", "中文👍", "👍🏽", "e\u0301a", ...texts].map((text): Args => [text, wide]),
          expected: encode,
          wrong,
        });
      },
    },
  ],
};
