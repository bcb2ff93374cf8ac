import type { Exercise } from "../../exercise";
import type { Random } from "../random";
import type { Wrong } from "../toolkit";

type Args = [word: string, vocabulary: ReadonlySet<string>];

interface Options {
  /** What a piece inside the word has in front. */
  readonly mark?: string;
  readonly shortest?: boolean;
  /** What becomes of the word when nothing fits at some place. */
  readonly unknown?: "whole" | "rest" | "letter" | "nothing";
  /** What counts as one character. */
  readonly letters?: readonly string[];
}

/** Longest match first, without slicing: piece lengths are tried from long to short. */
function cut(word: string, vocabulary: ReadonlySet<string>, options: Options = {}): string[] {
  const { mark = "##", shortest = false, unknown = "whole", letters = Array.from(word) } = options;
  let rest = letters;
  const pieces: string[] = [];
  while (rest.length > 0) {
    const lengths = rest.map((_, i) => (shortest ? i + 1 : rest.length - i));
    const front = rest.length < letters.length ? mark : "";
    const length = lengths.find((n) => vocabulary.has(front + rest.slice(0, n).join("")));
    if (length === undefined) {
      if (unknown === "whole") return ["[UNK]"];
      if (unknown === "nothing") return [];
      pieces.push("[UNK]");
      if (unknown === "rest") return pieces;
    } else {
      pieces.push(front + rest.slice(0, length).join(""));
    }
    rest = rest.slice(length ?? 1);
  }
  return pieces;
}

const wrong: readonly Wrong<Args>[] = [
  {
    message:
      'Pieces inside the word were looked up without "##". The vocabulary keeps "s" (a word\'s start) and "##s" ' +
      "(inside a word) apart.",
    answer: (word, vocabulary) => cut(word, vocabulary, { mark: "" }),
  },
  {
    message: 'The pieces are right, but those inside the word must keep their "##".',
    answer: (word, vocabulary) => cut(word, vocabulary).map((piece) => piece.replace(/^##/, "")),
  },
  {
    message: 'The piece that begins the word was looked up with "##". Only pieces inside the word have it.',
    answer: (word, vocabulary) =>
      cut(word, new Set([...vocabulary].filter((p) => p.startsWith("##")).map((p) => p.slice(2))), {
        mark: "",
      }).map((piece) => (piece === "[UNK]" ? piece : `##${piece}`)),
  },
  {
    message: '"[UNK]" stands for the whole word and so never has "##" in front.',
    answer: (word, vocabulary) => {
      const pieces = cut(word, vocabulary, { unknown: "rest" });
      return pieces.at(-1) === "[UNK]" && pieces.length > 1 ? ["##[UNK]"] : pieces;
    },
  },
  {
    message: "The word was cut into UTF-16 units, so 🙂 became two halves. Walk over code points: [...word].",
    answer: (word, vocabulary) => cut(word, vocabulary, { letters: word.split("") }),
  },
  {
    message: "The shortest fitting piece was taken. Try the longest first.",
    answer: (word, vocabulary) => cut(word, vocabulary, { shortest: true }),
  },
  {
    message: 'The pieces before the unknown part were kept. BERT gives up the WHOLE word: ["[UNK]"] alone.',
    answer: (word, vocabulary) => cut(word, vocabulary, { unknown: "rest" }),
  },
  {
    message:
      'Each unknown character became a [UNK] of its own. BERT gives up the WHOLE word: ["[UNK]"] alone.',
    answer: (word, vocabulary) => cut(word, vocabulary, { unknown: "letter" }),
  },
  {
    message: 'A word that cannot be cut must become ["[UNK]"], not nothing.',
    answer: (word, vocabulary) => cut(word, vocabulary, { unknown: "nothing" }),
  },
  {
    message: "The empty word has no pieces, so nothing is unknown either: give [].",
    answer: (word, vocabulary) => (word === "" ? ["[UNK]"] : cut(word, vocabulary)),
  },
];

const bert = new Set([
  "[UNK]",
  "hug",
  "hu",
  "h",
  "##u",
  "##g",
  "##s",
  "##ugs",
  "bug",
  "b",
  "s",
  "un",
  "##able",
  "##a",
]);

function randomCase(random: Random): Args {
  const vocabulary = new Set(["[UNK]"]);
  for (let i = random.int(4, 14); i > 0; i--) {
    vocabulary.add(random.pick(["", "##"]) + random.text([..."abc"], random.int(1, 3)));
  }
  return [random.text([..."abc"], random.int(1, 7)), vocabulary];
}

export const wordPiece: Exercise = {
  id: "wordpiece",
  fn: "wordPiece",
  title: "WordPiece",
  difficulty: 3,
  importance: 4,
  minutes: 15,
  hints: [
    "Two loops: the outer one moves the start, the inner one shortens the candidate until the vocabulary has it.",
    [
      "letters = [...word], start = 0, pieces = []",
      "while start < letters.length:",
      "  for end from letters.length down to start + 1:",
      '    candidate = ("##" if start > 0) + letters from start to end',
      "    in the vocabulary? take it and leave the inner loop",
      '  none found? return ["[UNK]"]',
      "  push it, start = end",
      "return pieces",
    ].join("\n"),
  ],
  errors: [
    {
      see: /did not end/,
      help: "When no piece fits, start must not stay where it is for ever: return [UNK].",
    },
    {
      see: /##/,
      help: 'Only a piece that does not begin the word has "##", both when looked up and in the answer.',
    },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: hugs, bugs, unable",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: ["hugs", "bugs", "unable"].map((word): Args => [word, bert]),
          expected: (word, vocabulary) => cut(word, vocabulary),
          wrong,
        }),
    },
    {
      id: "unknown",
      title: "no fitting piece: the whole word is [UNK]; the empty word is not",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: ["hugz", "zug", "hugsz", "", "unablez"].map((word): Args => [word, bert]),
          expected: (word, vocabulary) => cut(word, vocabulary),
          wrong,
        }),
    },
    {
      id: "random",
      title: "300 random words and vocabularies",
      points: 4,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: Array.from({ length: 300 }, () => randomCase(t.random)),
          expected: (word, vocabulary) => cut(word, vocabulary),
          wrong,
        }),
    },
    {
      id: "unicode",
      title: "emoji are not cut in half",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            ["🙂👍", new Set(["🙂", "##👍", "[UNK]"])],
            ["中🙂", new Set(["中", "##🙂", "[UNK]"])],
            ["🙂", new Set(["\ud83d", "##\ude42", "[UNK]"])],
          ],
          expected: (word, vocabulary) => cut(word, vocabulary),
          wrong,
        }),
    },
  ],
};
