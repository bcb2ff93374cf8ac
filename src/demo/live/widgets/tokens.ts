import { tokenFigure, tokenRow } from "../../../lab/browser";
import { bertModel, bpeTokenizer, byteTokenizer, charTokenizer, gpt2Model, trainChar, wordPieceTokenizer } from "../../../text"; // prettier-ignore
import { textOf } from "../fields";
import { linesOf, textFile } from "../models";
import type { Widget } from "../widget";

/** Characters that are drawn at once. */
const MOST = 600;

/** Chapter 01: one text, four ways to cut it. No model is needed. */
export const tokensWidget: Widget = {
  id: "live-tokens",
  chapter: "01",
  title: "Cut the audience's text",
  intro:
    "GPT-2's byte pairs, MiniLM's WordPiece, characters and bytes, side by side. Move over a token, or walk with the arrow keys, to see the same characters in the other rows.",
  after: "7 · Chinese, emoji, code: who pays?",
  fields: [
    {
      kind: "text",
      name: "text",
      label: "Text",
      value: "Tokenization isn't free: 12345 naïve tokens, 你好 and 🙂 cost more.",
    },
  ],
  models: ["gpt2-bpe", "minilm-wordpiece"],
  async open(files) {
    const bpe = bpeTokenizer(gpt2Model(linesOf(await textFile(files, "gpt2-bpe/tokens.txt"))));
    const wordPiece = wordPieceTokenizer(
      bertModel(linesOf(await textFile(files, "minilm-wordpiece/vocab.txt"))),
    );
    const bytes = byteTokenizer({ kind: "byte", version: 1, special: [] });
    return {
      answer: async (input) => {
        const text = textOf(input, "text", MOST);
        const rows = [
          tokenRow("Byte pairs of GPT-2", bpe, text),
          tokenRow("WordPiece of MiniLM", wordPiece, text),
          tokenRow("Characters", charTokenizer(trainChar([text])), text),
          tokenRow("Bytes of UTF-8", bytes, text),
        ];
        const counts = rows.map(({ pieces }) => pieces.length);
        return {
          html: tokenFigure(rows, { title: "One text, four vocabularies" }).html as string,
          say: `${counts[0]} byte-pair tokens, ${counts[1]} word pieces, ${counts[2]} characters, ${counts[3]} bytes.`,
          numbers: rows.flatMap(({ pieces }) => [pieces.length, ...pieces.map(({ id }) => id)]),
        };
      },
      dispose: () => {},
    };
  },
};
