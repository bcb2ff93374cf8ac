/** A small text whose counts can be done by hand. */
export const sentences = [
  ["the", "king", "loves", "the", "queen"],
  ["the", "queen", "loves", "the", "king"],
  ["the", "dog", "bites", "the", "man"],
  ["a", "man", "feeds", "a", "dog"],
];
