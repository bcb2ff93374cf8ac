/** What `lab generate` and `lab chat` let choose, in the same words. */
import { type Command, InvalidArgumentError } from "commander";
import { engineNames } from "../../engine";
import type { EngineName } from "../../engine";
import { minP, noRepeatNgram, repetitionPenalty, temperature, topK, topP, typicalP } from "../../generate";
import type { Processor } from "../../generate";
import { number, whole } from "../numbers";

export interface WritingOptions {
  readonly model: string;
  readonly maxNewTokens: number;
  readonly temperature?: number;
  readonly topK?: number;
  readonly topP?: number;
  readonly minP?: number;
  readonly typicalP?: number;
  readonly repetitionPenalty?: number;
  readonly noRepeatNgram?: number;
  readonly seed?: number;
  readonly stop: readonly string[];
  readonly engine?: EngineName;
}

/** Adds the options that both commands have. */
export function withWritingOptions(command: Command, maxNewTokens: number, about: string): Command {
  return command
    .option(
      "--model <name>",
      "smollm2-135m-instruct, shakespeare-char, a folder, or a .gguf file",
      "smollm2-135m-instruct",
    )
    .option("--max-new-tokens <n>", "most tokens of an answer", whole(1), maxNewTokens)
    .option("--temperature <t>", `0 takes the most likely token; ${about}`, number)
    .option("--top-k <k>", "only the k most likely tokens", whole(1))
    .option("--top-p <p>", "only the fewest tokens whose probabilities sum to p", number)
    .option("--min-p <p>", "only tokens at least p times as likely as the likeliest", number)
    .option("--typical-p <p>", "only the most typical tokens whose probabilities sum to p", number)
    .option("--repetition-penalty <x>", "above 1, tokens that came before come less often", number)
    .option("--no-repeat-ngram <n>", "no n tokens in a row come twice", whole(1))
    .option("--seed <n>", "of the draws: the same seed gives the same text (default: 1)", whole(0))
    .option("--stop <text>", "end an answer before this text; can be given several times", listed, [])
    .option("--engine <name>", `compute on this engine: ${engineNames.join(", ")}`);
}

/** Processors in Hugging Face's order. @throws RangeError for a number that one of them does not take */
export function processorsOf(options: WritingOptions, defaultTemperature?: number): Processor[] {
  const made = <T>(argument: T | undefined, make: (argument: T) => Processor): Processor[] =>
    argument === undefined ? [] : [make(argument)];
  return [
    ...made(options.repetitionPenalty, repetitionPenalty),
    ...made(options.noRepeatNgram, noRepeatNgram),
    ...made(options.temperature ?? defaultTemperature, temperature),
    ...made(options.topK, topK),
    ...made(options.topP, topP),
    ...made(options.minP, minP),
    ...made(options.typicalP, typicalP),
  ];
}

const listed = (text: string, before: readonly string[]): string[] => {
  if (text === "") throw new InvalidArgumentError("It must not be empty.");
  // In a shell \n is easier to type than a new line.
  return [...before, text.replaceAll("\\n", "\n")];
};
