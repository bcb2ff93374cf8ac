import { createHash } from "node:crypto";

const hash = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 8);

/** Names that Windows keeps for itself. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * A name of a file for each learner, good on every system and in a link: what is not gets "-" and a hash, and so do two
 * names that differ in capitals or accents alone.
 */
export function fileNames(learners: readonly string[]): ReadonlyMap<string, string> {
  const flat = (name: string): string => name.normalize("NFKC").toLowerCase();
  const counts = new Map<string, number>();
  for (const name of learners) counts.set(flat(name), (counts.get(flat(name)) ?? 0) + 1);
  return new Map(
    learners.map((name) => {
      const plain = name.replace(/[^\p{L}\p{N}._@+-]/gu, "-").replace(/^[.-]+|[.]+$/g, "").slice(0, 80); // prettier-ignore
      const good = plain === name && name !== "" && !DEVICE.test(name) && counts.get(flat(name)) === 1;
      return [name, good ? name : `${plain}-${hash(name)}`];
    }),
  );
}
