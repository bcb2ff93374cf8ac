import type { Command } from "commander";
import { makeRng } from "../engine";
import { beamSteps, collect, generate, usualRate } from "../generate";
import type { BeamStep, GenerateStep } from "../generate";
import { encodeChat } from "../text";
import { openWriter } from "./writing/open";
import type { Writer } from "./writing/open";
import { whole } from "./numbers";
import { processorsOf, withWritingOptions } from "./writing/options";
import type { WritingOptions } from "./writing/options";
import { speed, status } from "./writing/status";

interface Options extends WritingOptions {
  readonly beams?: number;
  readonly chat?: boolean;
  readonly json?: boolean;
}

/** How a text goes on that nobody chose a temperature for: lively, seldom odd. */
const usualTemperature = 0.7;

/** What `lab generate --json` prints. */
interface Report {
  readonly model: string;
  readonly engine: string;
  readonly prompt: string;
  readonly promptTokens: number;
  /** Null where nothing was drawn. */
  readonly seed: number | null;
  /** Best first; one, or as many as beams. */
  readonly answers: readonly { readonly text: string; readonly ids: readonly number[]; readonly finished: string | null; readonly logProb: number }[]; // prettier-ignore
  readonly loadSeconds: number;
  readonly firstTokenSeconds: number;
  /** Of the best answer, after its first token; the median. */
  readonly tokensPerSecond: number;
}

/** `lab generate "Once upon a time"`: how a text goes on. */
export function registerGenerate(program: Command): void {
  const command = program
    .command("generate")
    .description("how a text goes on; Ctrl-C ends it")
    .argument("[prompt]", "the beginning; without it, what comes on the standard input");
  withWritingOptions(command, 100, `${usualTemperature} without it`)
    .option("--beams <n>", "beam search: the n likeliest texts at a time, and nothing is drawn", whole(1))
    .option("--chat", "the prompt is a message, to be answered in the model's chat layout")
    .option("--json", "print the answer as JSON and nothing else")
    .action(async (prompt: string | undefined, options: Options) => {
      const stop = stopOnInterrupt();
      try {
        const text = prompt ?? (await standardInput());
        const wanted = checked(options); // before a model is loaded
        const writer = await openWriter(options.model, options.engine);
        try {
          const report = await (wanted.beams === undefined ? sampled : searched)(writer, text, wanted, stop.asked); // prettier-ignore
          if (options.json) console.log(JSON.stringify(report, null, 2));
          else {
            const tokens = report.answers[0]?.ids.length ?? 0;
            const { firstTokenSeconds: first, tokensPerSecond: rate } = report;
            console.error(`(${writer.name}: ${speed(tokens, first, rate)}; ${writer.engine})`);
          }
        } finally {
          writer.dispose();
        }
        if (stop.asked()) process.exitCode = 130;
      } catch (error) {
        status("");
        console.error((error as Error).message);
        process.exitCode = 1;
      } finally {
        stop.end();
      }
    });
}

/** @throws RangeError for options that do not fit together, or a number that a processor does not take */
function checked(options: Options) {
  const { beams, seed, stop } = options;
  const drawing = { temperature: options.temperature, topK: options.topK, topP: options.topP, minP: options.minP, typicalP: options.typicalP, seed }; // prettier-ignore
  const given = Object.entries(drawing).filter(([, value]) => value !== undefined);
  if (beams !== undefined && given.length > 0)
    throw new RangeError(`--beams searches, and nothing is drawn. Cure: leave out ${given.map(([name]) => flag(name)).join(", ")}.`); // prettier-ignore
  if (beams !== undefined && stop.length > 0)
    throw new RangeError("--beams ends a text at the model's end tokens only. Cure: leave out --stop.");
  const processors = processorsOf(options, beams === undefined ? usualTemperature : undefined);
  return { ...options, processors, seed: seed ?? 1 };
}
type Wanted = ReturnType<typeof checked>;

const flag = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** Draws an answer, and shows it while it is written. */
async function sampled(
  writer: Writer,
  prompt: string,
  wanted: Wanted,
  interrupt: () => boolean,
): Promise<Report> {
  const { tokenizer, decoder, end } = writer;
  const ids = promptIds(writer, prompt, wanted);
  const show = shown(wanted, prompt);
  const steps = generate(decoder, ids, {
    maxNewTokens: wanted.maxNewTokens,
    processors: wanted.processors,
    rng: makeRng(wanted.seed),
    tokenizer,
    stop: { ids: end, strings: wanted.stop },
    logProbs: true,
    interrupt,
  });
  status("reading the prompt ...");
  const { answers, firstTokenSeconds, tokensPerSecond } = await collect(watched(steps, show.more));
  show.end();
  return {
    ...about(writer, prompt, ids),
    seed: wanted.seed,
    answers: answers.map(({ text, ids: answer, finished = null, logProbs }) => ({
      text,
      ids: answer,
      finished,
      logProb: logProbs.reduce((a, b) => a + b, 0),
    })),
    firstTokenSeconds,
    tokensPerSecond,
  };
}

/** Searches for the likeliest answers, and shows the best. */
async function searched(
  writer: Writer,
  prompt: string,
  wanted: Wanted,
  interrupt: () => boolean,
): Promise<Report> {
  const { tokenizer, decoder, end } = writer;
  const ids = promptIds(writer, prompt, wanted);
  const beams = wanted.beams ?? 1;
  const { maxNewTokens, processors } = wanted;
  let last: BeamStep | undefined;
  let first = 0;
  const rates: number[] = [];
  for await (const step of beamSteps(decoder, ids, { beams, maxNewTokens, processors, end, interrupt })) {
    last = step;
    if (step.step === 1) first = step.seconds;
    else rates.push(1 / step.seconds);
    status(`token ${step.step} of ${maxNewTokens} ...`);
  }
  status("");
  // An interrupt can come before anything is finished: then what is running is better than nothing.
  const found = last?.finished.length ? last.finished : (last?.running ?? []);
  const answers = found.map(({ ids: answer, score }) => {
    const ended = end.includes(answer.at(-1) as number);
    const text = tokenizer.decode(ended ? answer.slice(0, -1) : answer);
    const finished = ended ? "stop id" : answer.length === maxNewTokens ? "length" : null;
    const whole = last?.finished.length ? score * answer.length : score; // a finished score is a mean
    return { text, ids: answer, finished, logProb: whole };
  });
  const show = shown(wanted, prompt);
  show.more(answers[0]?.text ?? "");
  show.end();
  return {
    ...about(writer, prompt, ids),
    seed: null,
    answers,
    firstTokenSeconds: first,
    tokensPerSecond: usualRate(rates),
  };
}

function promptIds({ tokenizer, published, name }: Writer, prompt: string, { chat }: Options): number[] {
  if (!chat) return tokenizer.encode(prompt);
  if (!published?.chat) throw new Error(`${name} has no chat layout. Cure: leave out --chat.`);
  return encodeChat(tokenizer, published.chat, [{ role: "user", content: prompt }], {
    addGenerationPrompt: true,
  });
}

const about = ({ name, engine, loadSeconds }: Writer, prompt: string, ids: readonly number[]) => ({
  model: name,
  engine,
  prompt,
  promptTokens: ids.length,
  loadSeconds,
});

/** Where the text goes: prompt and answer as one text, an answer to a message alone; nowhere where JSON is wanted. */
function shown({ json, chat }: Options, prompt: string): { more(text: string): void; end(): void } {
  if (json) return { more: () => status(""), end: () => status("") };
  let begun = false;
  const begin = (): void => {
    if (begun) return;
    begun = true;
    status("");
    if (!chat) process.stdout.write(prompt);
  };
  return {
    more(text) {
      begin();
      process.stdout.write(text);
    },
    end() {
      begin();
      process.stdout.write("\n");
    },
  };
}

async function* watched(
  steps: AsyncIterable<GenerateStep>,
  more: (text: string) => void,
): AsyncGenerator<GenerateStep> {
  for await (const step of steps) {
    more(step.text[0] ?? "");
    yield step;
  }
}

async function standardInput(): Promise<string> {
  if (process.stdin.isTTY)
    throw new Error('How does the text begin? lab generate "Once upon a time", or pipe a text to it.');
  const pieces: Buffer[] = [];
  for await (const piece of process.stdin) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString("utf8");
}

/** The first Ctrl-C ends the text after this token; the second one ends the process as always. */
function stopOnInterrupt(): { asked: () => boolean; end: () => void } {
  let asked = false;
  const hear = (): void => void (asked = true);
  process.once("SIGINT", hear);
  return { asked: () => asked, end: () => process.removeListener("SIGINT", hear) };
}
