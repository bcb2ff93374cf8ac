// expect: seen before is there again
// Begins with nothing known.
interface Thought {
  readonly key: string;
  readonly score: number;
}
interface Kept extends Thought {
  readonly parent: number;
}

export function treeStep(
  proposals: readonly (readonly Thought[])[],
  seen: readonly string[],
  beam: number,
): Kept[] {
  const known = new Set(seen.slice(0, 0));
  const fresh: Kept[] = [];
  for (const [parent, thoughts] of proposals.entries())
    for (const { key, score } of thoughts) {
      if (known.has(key)) continue;
      known.add(key);
      fresh.push({ key, score, parent });
    }
  return fresh.sort((a, b) => b.score - a.score).slice(0, beam);
}
