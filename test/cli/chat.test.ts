import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { saveModel } from "../../src/checkpoints";
import { makeRng } from "../../src/engine";
import { initLlama } from "../../src/models";
import { byteToPrintable } from "../../src/text";
import { disposeTree } from "../../src/tree";
import { labArguments, runLab } from "../helpers/lab-command";

/** The ChatML layout as Jinja: its text is known by its hash. */
const chatml =
  "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>'" +
  " + '\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

/** A folder as Hugging Face lays it out: a small random LLaMA with bytes as tokens and a chat layout. */
async function saveSmallChat(folder: string): Promise<void> {
  const config = { vocabSize: 258, context: 256, dModel: 16, nLayer: 1, nHead: 2, dFfn: 24, tied: true };
  const params = initLlama(config, makeRng(3));
  const vocab = Object.fromEntries(Array.from({ length: 256 }, (_, byte) => [byteToPrintable[byte], byte]));
  const tokenizer = {
    pre_tokenizer: { type: "ByteLevel", add_prefix_space: false, use_regex: true },
    added_tokens: ["<|im_start|>", "<|im_end|>"].map((content, i) => ({ id: 256 + i, content })),
    model: { type: "BPE", vocab, merges: [] },
  };
  await saveModel(folder, { family: "llama", config, params }, { tokenizerJson: JSON.stringify(tokenizer) });
  disposeTree(params);
  writeFileSync(join(folder, "tokenizer_config.json"), JSON.stringify({ chat_template: chatml }));
  writeFileSync(join(folder, "generation_config.json"), JSON.stringify({ eos_token_id: 257 }));
}

describe("lab chat", function () {
  this.timeout(300_000);
  let folder = "";
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "chat-"));
    await saveSmallChat(folder);
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  const chat = (...args: string[]): string[] => ["chat", "--model", folder, "--engine", "cpu", ...args];

  it("answers piped lines, begins anew, and ends with them or at /exit", () => {
    const run = (input: string) => runLab(chat("--max-new-tokens", "5"), { input });
    const { stdout, stderr, status } = run("Hi\n\n/reset\n/dance\nHi");
    assert.equal(status, 0, stderr);
    assert.match(stderr, /There is no \/dance\. \/reset begins anew, \/exit ends/);
    assert.match(stderr, /\(a new conversation\)/);
    assert.equal(stderr.match(/\([15] tokens?, .* tokens in the cache\)/g)?.length, 2);
    const half = stdout.length / 2;
    assert.ok(half > 1);
    assert.equal(stdout.slice(half), stdout.slice(0, half), "the same question of a new conversation");
    const again = run("Hi\nHi\n/exit\nHi\n");
    assert.equal(again.stderr.match(/tokens in the cache/g)?.length, 2);
    assert.ok(again.stdout.startsWith(stdout.slice(0, half)));
    assert.equal(again.status, 0);
  });

  it("a full conversation forgets its beginning; a message that is too long is refused, and the chat goes on", () => {
    const input = ["one", "two", "three", "x".repeat(300), "four"].join("\n");
    const { stderr, status } = runLab(chat("--max-new-tokens", "4", "--context", "80"), { input });
    assert.equal(status, 0, stderr);
    assert.match(stderr, /\(full: the oldest question is forgotten\)/);
    assert.match(stderr, /The conversation is full: with this message/);
    assert.equal(stderr.match(/tokens in the cache/g)?.length, 4);
  });

  it("Ctrl-C ends an answer and not the chat", async () => {
    const args = labArguments(chat("--max-new-tokens", "200", "--temperature", "1"));
    const child = spawn(process.execPath, args, { cwd: join(__dirname, "..", ".."), stdio: "pipe" });
    let [shown, told] = ["", ""];
    child.stderr.on("data", (data) => (told += String(data)));
    const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
    child.stdin.write("Hi\n");
    await new Promise<void>((resolve) =>
      child.stdout.on("data", (data) => {
        shown += String(data);
        resolve();
      }),
    );
    child.kill("SIGINT");
    child.stdin.end("/reset\n");
    assert.equal(await ended, 0, told);
    assert.match(told, /tokens in the cache; stopped\)\n\(a new conversation\)/);
    assert.ok(shown.endsWith("\n"));
  });

  it("what goes wrong says what to do, with exit code 1", () => {
    const wrong: [string[], RegExp][] = [
      [["chat", "--model", "shakespeare-char", "--engine", "cpu"], /has no chat layout\. Cure: lab generate --model/],
      [chat("--top-p", "0"), /top-p: p must be above 0/],
      [chat("--context", "9999"), /9999 tokens: the model's context is 1 to 256/],
      [chat("--context", "8"), /must be a whole number from 32/],
    ]; // prettier-ignore
    for (const [args, message] of wrong) {
      const { stderr, status } = runLab(args, { input: "Hi\n" });
      assert.match(stderr, message);
      assert.equal(status, 1);
    }
  });
});
