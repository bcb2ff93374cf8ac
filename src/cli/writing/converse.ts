import { usualRate } from "../../generate";
import type { Chat } from "../../generate";
import type { Lines } from "./lines";
import { speed, status } from "./status";

const help = "/reset begins anew, /exit ends the chat; Ctrl-C ends an answer.";

/** Says each line and shows the answer while it is written, until the lines end or one is /exit. */
export async function converse(chat: Chat, lines: Lines): Promise<void> {
  for (;;) {
    const line = (await lines.next())?.trim();
    if (line === undefined || line === "/exit" || line === "/quit") return;
    if (line === "") continue;
    if (line === "/reset") {
      chat.reset();
      console.error("(a new conversation)");
    } else if (line.startsWith("/")) console.error(`There is no ${line.split(" ")[0]}. ${help}`);
    else await answer(chat, line, lines);
  }
}

/** An error, such as a message that is too long, ends the answer and not the chat. */
async function answer(chat: Chat, line: string, lines: Lines): Promise<void> {
  let stopped = false;
  let [tokens, first, text] = [0, 0, ""];
  const rates: number[] = [];
  status("reading ...");
  try {
    await lines.during(
      () => void (stopped = true),
      async () => {
        for await (const step of chat.say(line, () => stopped)) {
          if (step.step === 1) {
            status("");
            if (step.forgotten > 0)
              console.error(`(full: the oldest ${step.forgotten === 1 ? "question is" : `${step.forgotten} questions are`} forgotten)`); // prettier-ignore
            first = step.seconds;
          } else rates.push(1 / step.seconds);
          process.stdout.write(step.text);
          text += step.text;
          tokens = step.step;
        }
      },
    );
  } catch (error) {
    status("");
    if (tokens > 0) process.stdout.write("\n");
    console.error((error as Error).message);
    return;
  }
  status("");
  if (!text.endsWith("\n")) process.stdout.write("\n");
  console.error(
    `(${speed(tokens, first, usualRate(rates))}; ${chat.length} tokens in the cache${stopped ? "; stopped" : ""})`,
  );
}
