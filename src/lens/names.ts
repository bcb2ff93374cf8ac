/**
 * What a model shows of itself: the name and the shape of every activation. As TransformerLens has it (Nanda and Bloom
 * 2022, "hooks"), in the words of this library.
 */
export interface ActivationKind {
  /** The name; I stands for a layer's number. */
  readonly name: string;
  /**
   * One letter an axis. B: texts, T: places that look, S: places that are looked at, C: width of the model, H: heads, K:
   * heads of keys and values (H, or fewer), D: width of a head, F: width of the feed-forward part, V: vocabulary.
   */
  readonly shape: string;
  readonly meaning: string;
}

/** Attention, after the name of its part ("attn"; in a decoder that looks at an encoder also "cross"). */
const attention: readonly ActivationKind[] = [
  { name: "q", shape: "BHTD", meaning: "queries, turned by their positions where a model does that" },
  { name: "k", shape: "BKSD", meaning: "keys, likewise" },
  { name: "v", shape: "BKSD", meaning: "values" },
  { name: "scores", shape: "BHTS", meaning: "scaled dot products, before mask and softmax" },
  { name: "pattern", shape: "BHTS", meaning: "probabilities: how much place t takes from place s" },
  { name: "mixed", shape: "BHTD", meaning: "values mixed by the pattern, head by head" },
  { name: "out", shape: "BTC", meaning: "what attention writes into the residual stream" },
];

const under = (prefix: string, kinds: readonly ActivationKind[]): ActivationKind[] =>
  kinds.map((kind) => ({ ...kind, name: `${prefix}.${kind.name}` }));

/** Every name, in the order in which a model shows them. A model shows those that it has. */
export const activationKinds: readonly ActivationKind[] = [
  { name: "embed", shape: "BTC", meaning: "vectors of the tokens" },
  {
    name: "segments",
    shape: "BTC",
    meaning: "BERT: vectors of the sentences; [1, C] where all is of the first one",
  },
  {
    name: "positions",
    shape: "TC",
    meaning: "vectors of the positions, where a model adds some (a cache: BTC)",
  },
  { name: "blocks.I.pre", shape: "BTC", meaning: "the residual stream before the layer" },
  { name: "blocks.I.norm1", shape: "BTC", meaning: "what attention reads" },
  ...under("blocks.I.attn", attention),
  { name: "blocks.I.mid", shape: "BTC", meaning: "the residual stream after attention" },
  { name: "blocks.I.norm2", shape: "BTC", meaning: "what the feed-forward part reads" },
  {
    name: "blocks.I.between",
    shape: "BTC",
    meaning: "a decoder's residual stream between its two attentions",
  },
  { name: "blocks.I.normCross", shape: "BTC", meaning: "what cross attention asks with" },
  ...under("blocks.I.cross", attention),
  { name: "blocks.I.ffn.hidden", shape: "BTF", meaning: "the wide layer, after its activation" },
  {
    name: "blocks.I.ffn.out",
    shape: "BTC",
    meaning: "what the feed-forward part writes into the residual stream",
  },
  { name: "blocks.I.post", shape: "BTC", meaning: "the residual stream after the layer" },
  { name: "norm", shape: "BTC", meaning: "what the head reads" },
  { name: "pooled", shape: "BC", meaning: "BERT: what stands for the whole text" },
  { name: "logits", shape: "BTV", meaning: "scores of the next token" },
];

const byName = new Map(activationKinds.map((kind) => [kind.name, kind]));

/**
 * The kind of an activation: "blocks.3.attn.q" is "blocks.I.attn.q", with or without "encoder." or "decoder." before it.
 * Nothing for a name that is not in the table.
 */
export function kindOfActivation(name: string): ActivationKind | undefined {
  return byName.get(name.replace(/^(encoder|decoder)\./, "").replace(/^blocks\.\d+\./, "blocks.I."));
}

/** Which activations are meant: names, a pattern, or a function of the name. */
export type Names = readonly string[] | RegExp | ((name: string) => boolean);

export function matcher(names: Names): (name: string) => boolean {
  if (typeof names === "function") return names;
  if (names instanceof RegExp) return (name) => name.search(names) >= 0;
  return (name) => names.includes(name);
}

/** Names as an error message shows them. */
export const namesText = (names: Names): string =>
  typeof names === "function"
    ? "the given function"
    : names instanceof RegExp
      ? String(names)
      : names.join(", ");
