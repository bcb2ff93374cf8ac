import type { Command } from "commander";
import { makeRng } from "../engine";
import { openChat } from "../generate";
import type { OpenChatOptions } from "../generate";
import { converse } from "./writing/converse";
import { openLines } from "./writing/lines";
import { openWriter } from "./writing/open";
import { whole } from "./numbers";
import { processorsOf, withWritingOptions } from "./writing/options";
import type { WritingOptions } from "./writing/options";
import { status } from "./writing/status";

interface Options extends WritingOptions {
  readonly system?: string;
  readonly context?: number;
}

/** A small model's likeliest answer is its best, and the same each time. */
const usualTemperature = 0;

/** `lab chat`: a conversation in the terminal, or with piped lines as what is said. */
export function registerChat(program: Command): void {
  const command = program
    .command("chat")
    .description("a conversation with a model; Ctrl-C ends an answer, /reset begins anew, /exit ends");
  withWritingOptions(command, 512, `${usualTemperature} without it`)
    .option("--system <text>", "what the model is told before the conversation")
    .option(
      "--context <n>",
      "most tokens of the conversation; its beginning is forgotten then (default: 2048)",
      whole(32),
    ) // prettier-ignore
    .action(async (options: Options) => {
      try {
        const wanted = chatOptions(options); // before a model is loaded
        const writer = await openWriter(options.model, options.engine);
        try {
          if (!writer.published)
            throw new Error(`${writer.name} has no chat layout. Cure: lab generate --model ${writer.name}`);
          const chat = openChat(writer.published, { ...wanted, decoder: writer.decoder });
          try {
            if (process.stdin.isTTY)
              console.error(`${writer.name} on ${writer.engine}. /reset begins anew, /exit ends; Ctrl-C ends an answer.`); // prettier-ignore
            const lines = openLines();
            try {
              await converse(chat, lines);
            } finally {
              lines.close();
            }
          } finally {
            chat.dispose();
          }
        } finally {
          writer.dispose();
        }
      } catch (error) {
        status("");
        console.error((error as Error).message);
        process.exitCode = 1;
      }
    });
}

/** @throws RangeError for a number that a processor does not take */
function chatOptions(options: Options): OpenChatOptions {
  return {
    processors: processorsOf(options, usualTemperature),
    rng: makeRng(options.seed ?? 1),
    maxNewTokens: options.maxNewTokens,
    stopStrings: options.stop,
    whenFull: "forget",
    ...(options.system === undefined ? {} : { system: options.system }),
    ...(options.context === undefined ? {} : { size: options.context }),
  };
}
