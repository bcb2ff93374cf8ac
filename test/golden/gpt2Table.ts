/**
 * Makes datasets/gpt2-bpe/tokens.txt: GPT-2's tokens in its printable form, one a line, the line number is the id.
 *
 *   npx tsx test/golden/gpt2Table.ts
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import ranks from "gpt-tokenizer/cjs/bpeRanks/r50k_base";
import { bytesToPrintable, textToBytes } from "../../src/text";

// The package keeps a token as text where its bytes are UTF-8, and as a list of bytes elsewhere.
const tokens = Array.from(ranks, (token) =>
  bytesToPrintable(typeof token === "string" ? textToBytes(token) : Uint8Array.from(token)),
);
const file = join(__dirname, "..", "..", "datasets", "gpt2-bpe", "tokens.txt");
writeFileSync(file, tokens.map((token) => `${token}\n`).join(""));
console.log(`${file}: ${tokens.length} tokens`);
