/**
 * Lab 09: chain of thought.
 *
 * Eight functions: the chain of a sum and three ways to spoil it; a prompt whose demonstrations think aloud, and the
 * answer read out of what comes back; the questions that Auto-CoT shows; the vote of many chains; one step of a search
 * over thoughts, and a checker for the game of 24 that believes nobody. Replace each `throw` by your code, save, and run
 * the check: in a notebook `await check("09/scratchpad", scratchpad)`, in a terminal `lab grade --lab 09`.
 *
 * All of them work on plain texts, numbers and arrays. Leave the arguments as they are.
 */

/**
 * 1. The scratchpad of a sum.   Difficulty 2 of 5, importance 5 of 5, about 20 minutes
 *
 * Add as people do on paper, from the right, one step a digit: "x+y+carry=total", x of a, y of b. The tens of the total
 * are the carry of the next step. Steps are joined by a space; then comes "#" and the sum.
 * There are as many steps as the longer number has digits; the shorter one goes on with zeros. The carry that is left at
 * the end is not a step of its own: it shows in the last total already.
 *
 * scratchpad(345, 678)  ->  "5+8+0=13 4+7+1=12 3+6+1=10#1023"
 * scratchpad(7, 95)     ->  "7+5+0=12 0+9+1=10#102"
 *
 * @param a whole, 0 or more, below a million; b too
 *
 * Nye et al. (2021), "Show your work: scratchpads for intermediate computation with language models", section 3.
 */
export function scratchpad(a: number, b: number): string {
  // BEGIN SOLUTION take the last digits of both, write the step, keep its tens as the carry
  const steps: string[] = [];
  let [left, right, carry] = [a, b, 0];
  do {
    const [x, y] = [left % 10, right % 10];
    const total = x + y + carry;
    steps.push(`${x}+${y}+${carry}=${total}`);
    [left, right, carry] = [Math.floor(left / 10), Math.floor(right / 10), Math.floor(total / 10)];
  } while (left > 0 || right > 0);
  return `${steps.join(" ")}#${a + b}`;
  // END SOLUTION
}

/** What becomes of a chain: its equation alone, dots in its place, or the same chain after the answer. */
export type Ablation = "equation" | "dots" | "after";

/**
 * 2. Three ways to spoil a chain.   Difficulty 2 of 5, importance 4 of 5, about 15 minutes
 *
 * Why does a chain help? Wei et al. took one thing away at a time. A worked line is a question up to its first "=", the
 * chain, "#" and the answer. Give the line back with the question and the answer as they are, and
 *   equation: the question without its "=" in place of the chain: is writing the numbers down once more enough?
 *   dots:     a dot for EACH character of the chain, spaces too: is it the time to compute?
 *   after:    "#", the answer, a space, and the chain: does it help what was learned, or what is written?
 *
 * With line = "12+9=2+9+0=11 1+0+1=2#21":
 * ablate(line, "equation")  ->  "12+9=12+9#21"
 * ablate(line, "dots")      ->  "12+9=................#21"
 * ablate(line, "after")     ->  "12+9=#21 2+9+0=11 1+0+1=2"
 *
 * Wei et al. (2022), "Chain-of-thought prompting elicits reasoning in large language models", section 3.3.
 */
export function ablate(line: string, form: Ablation): string {
  // BEGIN SOLUTION cut the line at the FIRST "=" and at "#"; then put the parts together by form
  const [equals, hash] = [line.indexOf("="), line.indexOf("#")];
  const [asked, chain, answer] = [line.slice(0, equals), line.slice(equals + 1, hash), line.slice(hash + 1)];
  if (form === "equation") return `${asked}=${asked}#${answer}`;
  if (form === "dots") return `${asked}=${".".repeat(chain.length)}#${answer}`;
  return `${asked}=#${answer} ${chain}`;
  // END SOLUTION
}

/** A demonstration: a question, how it is worked out, and the answer. */
export interface Worked {
  readonly question: string;
  readonly chain: string;
  readonly answer: string;
}

/**
 * 3. A prompt that thinks aloud.   Difficulty 2 of 5, importance 5 of 5, about 20 minutes
 *
 * Each demonstration is "Q: ", its question, a new line, "A: ", its chain, " The answer is ", its answer, a full stop, and
 * two ends of line (an empty line). At the end stands the question that is really asked, as "Q: ", the question, a new
 * line and "A:". Nothing after the colon: tokenizers put a space in front of the next word, and a prompt that ends with
 * one asks for something rare.
 * The prompt may have at most `limit` characters. Where it would be longer, whole demonstrations are left out, from the
 * FIRST on: the last stand next to the question and count most. Questions and chains come trimmed.
 *
 * chainPrompt([{ question: "1+2?", chain: "1 and 2 are 3.", answer: "3" }], "2+2?", 100)
 *   ->  "Q: 1+2?\nA: 1 and 2 are 3. The answer is 3.\n\nQ: 2+2?\nA:"
 *
 * @throws RangeError where not even the question fits
 *
 * Wei et al. (2022), appendix G.
 */
export function chainPrompt(shots: readonly Worked[], question: string, limit: number): string {
  // BEGIN SOLUTION the question's own text first; then demonstrations before it, the last one first, while they fit
  let prompt = `Q: ${question}\nA:`;
  if (prompt.length > limit)
    throw new RangeError(`The question takes ${prompt.length} characters, the limit is ${limit}`);
  for (const shot of [...shots].reverse()) {
    const text = `Q: ${shot.question}\nA: ${shot.chain} The answer is ${shot.answer}.\n\n`;
    if (text.length + prompt.length > limit) break;
    prompt = text + prompt;
  }
  return prompt;
  // END SOLUTION
}

/**
 * 4. The answer of a chain.   Difficulty 3 of 5, importance 5 of 5, about 25 minutes
 *
 * A model answers with sentences. What counts is the first number after the LAST "the answer is" (in whatever case): it
 * may have said it before, of a step. Where these words never come, the last number of the text counts. Where they come
 * and no number follows, there is no answer: nothing is guessed.
 * A number may begin with "-" and "$" and have commas between thousands: "$1,234.50" is 1234.5. A full stop belongs to it
 * only when more digits follow: "18." is 18. A "-" that has a digit or a letter right before it is no sign: "5-3" has the
 * numbers 5 and 3.
 *
 * chainAnswer("3 + 4 = 7. The answer is 7.")  ->  7
 * chainAnswer("It is $1,200, so 600 each")    ->  600
 * chainAnswer("The answer is unknown. 5")     ->  undefined
 *
 * Wei et al. (2022), section 3.1; Kojima et al. (2022), "Large language models are zero-shot reasoners", appendix A.6.
 */
export function chainAnswer(text: string): number | undefined {
  // BEGIN SOLUTION the text after the last trigger, or all of it; then its numbers by a regular expression
  const number = /(?:(?<!\w)-)?\$?\d+(?:,\d{3})*(?:\.\d+)?/g;
  const trigger = "the answer is";
  const at = text.toLowerCase().lastIndexOf(trigger);
  const found = (at < 0 ? text : text.slice(at + trigger.length)).match(number) ?? [];
  const chosen = at < 0 ? found[found.length - 1] : found[0];
  return chosen === undefined ? undefined : Number(chosen.replace(/[$,]/g, ""));
  // END SOLUTION
}

/** One round of k-means, and the question that each cluster shows. */
export interface Clusters {
  readonly assigned: number[]; // by vector: its cluster
  readonly centres: number[][]; // by cluster: the mean of its vectors
  readonly chosen: (number | undefined)[]; // by cluster: the vector nearest to its new centre
}

/**
 * 5. Auto-CoT's choice.   Difficulty 3 of 5, importance 4 of 5, about 30 minutes
 *
 * Alike questions go wrong alike, so the demonstrations should differ: cluster the questions by their embeddings, and show
 * the most typical question of each cluster. One round of k-means, and the choice:
 *   - each vector belongs to the nearest centre (Euclidean; of equally near ones the first);
 *   - each centre moves to the mean of its vectors; one that has none stays where it was;
 *   - each cluster chooses the vector of its own that is nearest to the NEW centre (of equally near ones the first);
 *     undefined where it has none.
 *
 * chooseShots([[0], [1], [5], [9]], [[0], [8]])
 *   ->  { assigned: [0, 0, 1, 1], centres: [[0.5], [7]], chosen: [0, 2] }
 *
 * @param vectors one a question, all of the same length
 *
 * Zhang et al. (2022), "Automatic chain of thought prompting in large language models", section 4.1; Lloyd (1982).
 */
export function chooseShots(
  vectors: readonly (readonly number[])[],
  centres: readonly (readonly number[])[],
): Clusters {
  // BEGIN SOLUTION squared distances are enough; assign, move, choose
  const far = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, value, i) => sum + (value - b[i]) ** 2, 0);
  const nearest = (distances: readonly number[]): number => distances.indexOf(Math.min(...distances));
  const assigned = vectors.map((vector) => nearest(centres.map((centre) => far(vector, centre))));
  const members = centres.map((_, c) => [...vectors.keys()].filter((i) => assigned[i] === c));
  const moved = centres.map((centre, c) =>
    members[c].length === 0
      ? [...centre]
      : centre.map((_, d) => members[c].reduce((sum, i) => sum + vectors[i][d], 0) / members[c].length),
  );
  const chosen = members.map((own, c) =>
    own.length === 0 ? undefined : own[nearest(own.map((i) => far(vectors[i], moved[c])))],
  );
  return { assigned, centres: moved, chosen };
  // END SOLUTION
}

/** The winner of a vote, and its share of the votes. */
export interface Vote {
  readonly answer: number | undefined;
  readonly share: number;
}

/**
 * 6. The vote of many chains.   Difficulty 2 of 5, importance 5 of 5, about 15 minutes
 *
 * Self-consistency: draw many chains for one question, take the answer of each, and let them vote. The answer that came
 * most often wins; among equals the one that came first. Chains without an answer (undefined) do not vote, also not in
 * the share: it is the winner's votes over all votes, a measure of how sure the crowd is. Without any vote the answer is
 * undefined and the share 0.
 *
 * majorityVote([18, 26, 18, undefined])  ->  { answer: 18, share: 0.667 }
 * majorityVote([5, 7])                   ->  { answer: 5, share: 0.5 }
 *
 * Wang et al. (2022), "Self-consistency improves chain of thought reasoning in language models", section 2.
 */
export function majorityVote(answers: readonly (number | undefined)[]): Vote {
  // BEGIN SOLUTION count in a Map, which keeps the order of first appearance; the winner needs MORE votes than the best so far
  const counts = new Map<number, number>();
  for (const answer of answers) if (answer !== undefined) counts.set(answer, (counts.get(answer) ?? 0) + 1);
  let [winner, most, votes]: [number | undefined, number, number] = [undefined, 0, 0];
  for (const [answer, count] of counts) {
    votes += count;
    if (count > most) [winner, most] = [answer, count];
  }
  return { answer: winner, share: votes === 0 ? 0 : most / votes };
  // END SOLUTION
}

/** What may come next after a state: the numbers that are left, as a text, and how good the verifier finds that. */
export interface Thought {
  readonly key: string;
  readonly score: number;
}

/** A thought that the search goes on with, and the place of the state that it came from. */
export interface Kept extends Thought {
  readonly parent: number;
}

/**
 * 7. One step of a search over thoughts.   Difficulty 3 of 5, importance 4 of 5, about 20 minutes
 *
 * Breadth first: proposals[i] are the thoughts that may follow state i of the frontier. Put all of them together, in
 * order, and keep the `beam` best of ALL: not of each state. A good state may keep many children, a bad one none.
 * A key that is in `seen`, or that came before in this step, leads nowhere new: only the first of it counts, whatever its
 * score. The best come first; of equal scores those that were proposed earlier.
 *
 * treeStep([[{ key: "4 6", score: 1 }, { key: "3 8", score: 20 }], [{ key: "4 6", score: 1 }]], ["1 1"], 2)
 *   ->  [{ key: "3 8", score: 20, parent: 0 }, { key: "4 6", score: 1, parent: 0 }]
 *
 * @param beam b of the paper, 1 or more
 *
 * Yao et al. (2023), "Tree of thoughts", algorithm 1.
 */
export function treeStep(
  proposals: readonly (readonly Thought[])[],
  seen: readonly string[],
  beam: number,
): Kept[] {
  // BEGIN SOLUTION all thoughts with their parents; drop what was seen; sort (it keeps the order of equals); cut
  const known = new Set(seen);
  const fresh: Kept[] = [];
  for (const [parent, thoughts] of proposals.entries())
    for (const { key, score } of thoughts) {
      if (known.has(key)) continue;
      known.add(key);
      fresh.push({ key, score, parent });
    }
  return fresh.sort((a, b) => b.score - a.score).slice(0, beam);
  // END SOLUTION
}

/** What a solution of the game of 24 is worth. */
export type Verdict24 = "solved" | "unreadable" | "wrong numbers" | "not 24";

/**
 * 8. A judge of the game of 24.   Difficulty 4 of 5, importance 4 of 5, about 45 minutes
 *
 * A model says that it has made 24 out of its numbers. Never believe it, and never run what it wrote: no eval. A solution
 * has whole numbers (digits only), + - * / between two values, parentheses and spaces. * and / bind before + and -; equals
 * are worked out from the left. No sign ("-3"), no "(2)(3)", no end that is missing.
 *   "unreadable":    it is not such a text, to its end;
 *   "wrong numbers": it does not use exactly the given numbers, each as often as it is given;
 *   "not 24":        its value is not EXACTLY 24, or it divides by 0;
 *   "solved":        else.
 * The first of them that is true counts. Exactly means in fractions: 8 / (3 - 8 / 3) is 24, and floating point says
 * 23.99999999999999. The numbers stay so small that numerators and denominators are exact.
 *
 * judge24([4, 9, 10, 13], "(13 - 9) * (10 - 4)")  ->  "solved"
 * judge24([4, 9, 10, 13], "4 * 6")                ->  "wrong numbers"
 * judge24([3, 3, 8, 8], "8 / (3 - 8 / 3)")        ->  "solved"
 *
 * Yao et al. (2023), section 4.1. A parser by recursive descent: sum = product {+- product}, product = value {* / value},
 * value = number or ( sum ).
 */
export function judge24(numbers: readonly number[], solution: string): Verdict24 {
  // BEGIN SOLUTION cut into tokens; read by recursive descent, with [numerator, denominator]; then ask the three questions
  const tokens = solution.match(/\d+|\S/g) ?? [];
  const used: number[] = [];
  let at = 0;
  let readable = true;
  type Fraction = readonly [n: number, d: number]; // d = 0 where it was divided by 0
  const work = ([an, ad]: Fraction, operator: string, [bn, bd]: Fraction): Fraction => {
    if (operator === "+") return [an * bd + bn * ad, ad * bd];
    if (operator === "-") return [an * bd - bn * ad, ad * bd];
    if (operator === "*") return [an * bn, ad * bd];
    return bd === 0 ? [0, 0] : [an * bd, ad * bn];
  };
  const chain = (operators: string, next: () => Fraction): Fraction => {
    let value = next();
    while (at < tokens.length && operators.includes(tokens[at])) value = work(value, tokens[at++], next());
    return value;
  };
  const sum = (): Fraction => chain("+-", () => chain("*/", single));
  function single(): Fraction {
    const token = tokens[at++] ?? "";
    if (token === "(") {
      const value = sum();
      if (tokens[at++] !== ")") readable = false;
      return value;
    }
    if (!/^\d+$/.test(token)) readable = false;
    used.push(Number(token));
    return [Number(token), 1];
  }
  const [n, d] = sum();
  if (!readable || at < tokens.length) return "unreadable";
  const ordered = (list: readonly number[]): string => [...list].sort((a, b) => a - b).join();
  if (ordered(used) !== ordered(numbers)) return "wrong numbers";
  return d !== 0 && n === 24 * d ? "solved" : "not 24";
  // END SOLUTION
}
