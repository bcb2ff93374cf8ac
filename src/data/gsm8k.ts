/** Word problems with worked answers: GSM8K (Cobbe et al. 2021, "Training Verifiers to Solve Math Word Problems"). */

export interface WordProblem {
  readonly question: string;
  /** The lines of the worked answer, without calculator marks. */
  readonly steps: readonly string[];
  /** What stands in the calculator marks, in order: "48/2=24". */
  readonly equations: readonly string[];
  /** What stands after "####". */
  readonly answer: number;
}

/**
 * Reads JSON lines with `question` and `answer`, where the answer has a step a line, calculations marked by
 * `<<48/2=24>>`, and `#### 24` as its last line.
 * @throws SyntaxError that names the line
 */
export function parseGsm8k(jsonl: string): WordProblem[] {
  return jsonl.split(/\r?\n/).flatMap((line, i) => (line.trim() === "" ? [] : [problemOf(line, i + 1)]));
}

function problemOf(line: string, number: number): WordProblem {
  const { question, answer } = fieldsOf(line, number);
  const lines = answer.split("\n");
  const result = numberAfterMark(lines.at(-1) as string);
  if (result === undefined)
    throw new SyntaxError(
      `line ${number}: the answer must end with "#### " and a number, got "${lines.at(-1)}"`,
    );
  const steps = lines.slice(0, -1);
  return {
    question: question.trim(),
    steps: steps.map((step) => step.replace(/<<[^>]*>>/g, "").trim()),
    equations: steps.flatMap((step) =>
      [...step.matchAll(/<<([^>]*)>>/g)].map(([, inner]) => inner as string),
    ),
    answer: result,
  };
}

/** The number of `#### 1,450,000`; undefined where there is none. */
function numberAfterMark(line: string): number | undefined {
  const digits = /^#### (-?[\d,]+(?:\.\d+)?)$/.exec(line.trim())?.[1];
  return digits === undefined ? undefined : Number(digits.replaceAll(",", ""));
}

function fieldsOf(line: string, number: number): { question: string; answer: string } {
  let row: unknown;
  try {
    row = JSON.parse(line);
  } catch (error) {
    throw new SyntaxError(`line ${number}: no JSON: ${(error as Error).message}`);
  }
  const { question, answer } = (row ?? {}) as { question?: unknown; answer?: unknown };
  if (typeof question !== "string" || typeof answer !== "string" || question.trim() === "")
    throw new SyntaxError(`line ${number}: texts "question" and "answer" were expected`);
  return { question, answer };
}
