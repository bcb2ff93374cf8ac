/**
 * Perplexity: exp of the mean loss in nats a token, e^L. As hard as a fair choice among so many tokens. It depends on
 * the tokenizer, so compare it between models of one vocabulary only (Jelinek et al. 1977).
 */
export const perplexity = (nats: number): number => Math.exp(nats);

/** Nats to bits: log2 e = 1.4427 bits a nat. */
export const natsToBits = (nats: number): number => nats / Math.LN2;

/**
 * Bits for each byte of the text, whatever the tokens: (total nats / ln 2) / bytes. It compares models of different
 * tokenizers on one text (Gao et al. 2020, "The Pile", section 3.1).
 *
 * @param nats mean loss of a token
 * @param tokens how many tokens were scored
 * @param bytes of the scored text in UTF-8
 * @throws RangeError where there is no text
 */
export function bitsPerByte(nats: number, tokens: number, bytes: number): number {
  if (!(bytes > 0)) throw new RangeError(`bitsPerByte: the text must have bytes, got ${bytes}`);
  return (natsToBits(nats) * tokens) / bytes;
}
