import type { Exercise } from "../../exercise";
import type { Wrong } from "../toolkit";

type Table = readonly (readonly number[])[];
type Args = [ids: readonly number[], table: Table];

const bytesOf = (ids: readonly number[], table: Table): Uint8Array =>
  Uint8Array.from(ids.flatMap((id) => [...table[id]!]));
const decode = (ids: readonly number[], table: Table): string =>
  new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytesOf(ids, table));

const wrong: readonly Wrong<Args>[] = [
  {
    message:
      "Each token was decoded on its own, so a character that is spread over two tokens broke. Put the bytes of all " +
      "tokens together first, then decode once.",
    answer: (ids, table) => ids.map((id) => decode([id], table)).join(""),
  },
  {
    message:
      "Each byte became a character of its own (that is Latin-1). Two to four bytes can be one character.",
    answer: (ids, table) => String.fromCharCode(...bytesOf(ids, table)),
  },
  {
    message:
      "The byte order mark (U+FEFF) at the start is gone: TextDecoder drops it unless it is made with " +
      '{ ignoreBOM: true }, as in new TextDecoder("utf-8", { ignoreBOM: true }).',
    answer: (ids, table) => decode(ids, table).replace(/^\ufeff/, ""),
  },
  {
    message:
      "Bytes at the end that begin a character and do not finish it vanished. A decoder with { stream: true } keeps " +
      "them back; a last decode() without arguments gives them as U+FFFD.",
    answer: (ids, table) =>
      new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytesOf(ids, table), { stream: true }),
  },
  {
    message: "Bytes that are no UTF-8 vanished. Each broken part becomes U+FFFD, so that the loss is seen.",
    answer: (ids, table) => decode(ids, table).replaceAll("\ufffd", ""),
  },
];

/** A table in which each byte is a token (ids 0..255), followed by some longer tokens. */
const longer = ["the", " 中", "🙂", "é"].map((text) => [...new TextEncoder().encode(text)]);
const bytes: Table = [
  ...Array.from({ length: 256 }, (_, byte) => [byte]),
  ...longer,
  [0xf0, 0x9f],
  [0x99, 0x82, 0x21],
];
const idsOf = (text: string): number[] => [...new TextEncoder().encode(text)];

export const decodeBytes: Exercise = {
  id: "decode-bytes",
  fn: "decodeBytes",
  title: "Ids back to text, by bytes",
  difficulty: 2,
  importance: 4,
  minutes: 15,
  hints: [
    "First only bytes, then only text: collect the bytes of every token in one array, and decode that once.",
    [
      "bytes = []",
      "for each id:",
      "  if the table has no such id: throw a RangeError with the id in its message",
      "  add the bytes table[id]",
      'return new TextDecoder("utf-8", { ignoreBOM: true }).decode(Uint8Array.from(bytes))',
    ].join("\n"),
  ],
  errors: [
    {
      see: /encoded data was not valid/,
      help: "A TextDecoder with { fatal: true } throws; the default gives U+FFFD.",
    },
    {
      see: /URI malformed/,
      help: "decodeURIComponent refuses bytes that are no UTF-8. A TextDecoder gives U+FFFD for them.",
    },
    {
      see: /not iterable|of undefined/,
      help: "table[id] is undefined for an unknown id: look before you use it.",
    },
    {
      see: /\ufffd|�/,
      help: "U+FFFD stands where bytes were no whole character. Were they decoded too early?",
    },
  ],
  checks: [
    {
      id: "hand",
      title: "by hand: é over two tokens",
      points: 3,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [
              [1, 0, 2],
              [[0xc3], [0x68], [0xa9, 0x21]],
            ],
            [[256, 257, 260, 261], bytes],
          ],
          expected: decode,
          wrong,
        }),
    },
    {
      id: "random",
      title: "100 random texts, one byte a token",
      points: 3,
      run: (learner, t) => {
        const texts = Array.from({ length: 100 }, () => t.random.text(["a", " ", "é", "中", "🙂", "\0"], 12));
        return t.cases<Args>(learner, {
          args: texts.map((text): Args => [idsOf(text), bytes]),
          expected: decode,
          wrong,
        });
      },
    },
    {
      id: "invalid",
      title: "bytes that are no UTF-8 become U+FFFD",
      points: 2,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [[0x61, 0xff, 0x62], bytes],
            [[0x61, 0xf0, 0x9f, 0x99], bytes],
            [[0xed, 0xa0, 0x80, 0x21], bytes],
            [[0x80, 256, 0xc3], bytes],
          ],
          expected: decode,
          wrong,
        }),
    },
    {
      id: "bom",
      title: "a byte order mark is kept",
      points: 1,
      run: (learner, t) =>
        t.cases<Args>(learner, {
          args: [
            [[0xef, 0xbb, 0xbf, 0x61], bytes],
            [[0xef, 0xbb, 0xbf], bytes],
          ],
          expected: decode,
          wrong,
        }),
    },
    {
      id: "unknown-id",
      title: "an unknown id is refused by name",
      points: 3,
      run: async (learner, t) => {
        await t.cases<Args>(learner, {
          args: [
            [[0x61, 258], bytes],
            [[0x62], bytes],
          ],
          expected: decode,
          wrong,
        });
        await t.refuses(
          learner,
          [[0x61, 9999], bytes],
          /RangeError.*\b9999\b/,
          "a RangeError that names the id 9999",
        );
        await t.refuses(learner, [[-1], bytes], /RangeError.*-1\b/, "a RangeError that names the id -1");
      },
    },
  ],
};
