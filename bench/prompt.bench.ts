/** Scoring prompts that begin alike with SmolLM2-135M: the beginning read once, against each prompt read whole. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { loadModel } from "../src/checkpoints";
import { useEngine } from "../src/engine";
import { decoderOf } from "../src/generate";
import { causalScorer, type CausalScorer, type ScoreRequest } from "../src/prompt";
import { bench, type Case, type Contender } from "./harness";

const quick = process.argv.includes("--quick");
const prompts = quick ? 10 : 200;
const length = 300;
const shared = 270;
/** Enough to compile every program: the round that warms up does not count, and need not be long. */
const warm = 3;

async function scoring(): Promise<Case> {
  await useEngine({ engine: "tensorflow" });
  const model = await loadModel("smollm2-135m-instruct");
  const encode = (text: string): number[] => model.tokenizer?.encode(text) as number[];
  const play = encode(readFileSync(join(__dirname, "..", "datasets", "tinyshakespeare", "input.txt"), "utf8").slice(0, 40_000)); // prettier-ignore
  const own = length - shared;
  const requests = Array.from({ length: prompts }, (_, i): ScoreRequest => ({
    prompt: [...play.slice(0, shared), ...play.slice(shared + own * i, shared + own * (i + 1))],
    answers: [" good", " bad", " neither"].map(encode),
  }));
  const decoder = decoderOf(model);
  const results: number[][][] = [];
  const read: number[] = [];
  const open: CausalScorer[] = [];

  const contender = (name: string, sharing: boolean, index: number): Contender => {
    let asked = requests.slice(0, warm);
    return {
      name,
      // A new one each time, which knows nothing of the round before; its programs stay with the decoder.
      prepare: () => {
        open[index]?.dispose();
        open[index] = causalScorer(decoder, { sharing });
      },
      run: async () => {
        const scorer = open[index] as CausalScorer;
        results[index] = await scorer.score(asked);
        read[index] = scorer.read;
        asked = requests;
      },
    };
  };
  return {
    unit: "s",
    contenders: [contender("the shared beginning once", true, 0), contender("each prompt whole", false, 1)],
    // Read after the last round.
    get notes() {
      return [`Tokens read: ${read.join(" and ")}.`, `Largest difference of a log-probability: ${largest(results)}.`]; // prettier-ignore
    },
    close: () => {
      for (const scorer of open) scorer.dispose();
      model.dispose();
    },
  };
}

/** @throws Error where the two do not give the same numbers: then neither time counts */
function largest([ours, whole]: readonly number[][][]): string {
  const differences = (ours as number[][]).flatMap((row, i) => row.map((x, k) => Math.abs(x - (whole?.[i]?.[k] as number)))); // prettier-ignore
  const most = Math.max(...differences);
  if (!(most < 1e-2)) throw new Error(`With sharing a log-probability differs by ${most} from that without.`);
  return most.toExponential(1);
}

void bench("Scoring with SmolLM2-135M", {
  [`${prompts} prompts of ${length} tokens, of which ${shared} are shared`]: scoring,
});
