import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runLab } from "../helpers/lab-command";

interface Report {
  readonly model: string;
  readonly prompt: string;
  readonly promptTokens: number;
  readonly seed: number | null;
  readonly answers: { text: string; ids: number[]; finished: string | null; logProb: number }[];
  readonly firstTokenSeconds: number;
  readonly tokensPerSecond: number;
}
const small = ["generate", "--model", "shakespeare-char", "--engine", "wasm"];
const json = (...args: string[]): Report => {
  const { stdout, stderr, status } = runLab([...small, ...args, "--json"]);
  assert.equal(status, 0, stderr);
  return JSON.parse(stdout) as Report;
};

describe("lab generate", function () {
  this.timeout(300_000);

  it("--help tells what can be chosen", () => {
    const { stdout, status } = runLab(["generate", "--help"]);
    assert.equal(status, 0);
    for (const flag of ["--model", "--max-new-tokens", "--temperature", "--top-k", "--top-p", "--min-p", "--typical-p", "--repetition-penalty", "--seed", "--stop", "--beams", "--chat", "--json", "--engine"])
      assert.ok(stdout.includes(flag), flag); // prettier-ignore
  });

  it("writes prompt and text, its speed apart; the same seed gives the same text", () => {
    const args = ["ROMEO:\n", "--max-new-tokens", "12", "--top-k", "5", "--seed"];
    const { stdout, stderr, status } = runLab([...small, ...args, "4"]);
    assert.equal(status, 0, stderr);
    assert.match(stderr, /\(shakespeare-char: 12 tokens, [\d.]+ tokens\/s after the first, which took/);
    const report = json(...args, "4");
    assert.equal(stdout, `ROMEO:\n${report.answers[0]!.text}\n`);
    assert.deepEqual([report.seed, report.promptTokens, report.answers.length], [4, 7, 1]);
    assert.deepEqual([report.answers[0]!.finished, report.answers[0]!.ids.length], ["length", 12]);
    assert.ok(report.answers[0]!.logProb < 0 && report.tokensPerSecond > 0 && report.firstTokenSeconds > 0);
    assert.notEqual(json(...args, "5").answers[0]!.text, report.answers[0]!.text);
  });

  it("greedy, stop strings, and a prompt from the standard input", () => {
    const greedy = ["--temperature", "0", "--max-new-tokens", "20"];
    const whole = json("KING ", ...greedy).answers[0]!.text;
    const stop = whole.slice(5, 8);
    const { text, finished } = json("KING ", ...greedy, "--stop", stop).answers[0]!;
    assert.equal(finished, "stop string");
    assert.equal(text, whole.slice(0, whole.indexOf(stop)));
    const piped = runLab([...small, ...greedy], { input: "KING " });
    assert.equal(piped.stdout, `KING ${whole}\n`);
  });

  it("beams, best first; one beam is greedy", () => {
    const args = ["KING ", "--max-new-tokens", "8"];
    const { answers, seed } = json(...args, "--beams", "3");
    assert.equal(seed, null);
    assert.equal(answers.length, 3);
    assert.ok(answers[0]!.logProb >= answers[1]!.logProb && answers[1]!.logProb >= answers[2]!.logProb);
    const [greedy, one] = [json(...args, "--temperature", "0"), json(...args, "--beams", "1")];
    assert.deepEqual(one.answers[0]!.ids, greedy.answers[0]!.ids);
    assert.ok(answers[0]!.logProb >= one.answers[0]!.logProb - 1e-4);
  });

  it("what goes wrong says what to do, with exit code 1", () => {
    const folder = mkdtempSync(join(tmpdir(), "generate-"));
    writeFileSync(join(folder, "readme"), "");
    const wrong: [string[], RegExp][] = [
      [["x", "--temperature", "-1"], /temperature must be a number from 0/],
      [["x", "--top-p", "1.5"], /top-p: p must be above 0 and at most 1, got 1.5/],
      [["x", "--top-k", "0"], /must be a whole number from 1/],
      [["x", "--max-new-tokens", "500"], /1 tokens and 500 new ones are more than the model's context of 128\. Cure/],
      [["", "--max-new-tokens", "5"], /The prompt is empty.*Cure/],
      [["x", "--beams", "2", "--top-k", "3", "--seed", "1"], /nothing is drawn\. Cure: leave out --top-k, --seed/],
      [["x", "--beams", "2", "--stop", "a"], /leave out --stop/],
      [["x", "--chat"], /shakespeare-char has no chat layout/],
      [["x", "--model", "shakespeare"], /No model "shakespeare": .*smollm2-135m-instruct/],
      [["x", "--model", folder], /a model's folder has a config\.json/],
      [["x", "--engine", "abacus"], /abacus/],
    ]; // prettier-ignore
    try {
      for (const [args, message] of wrong) {
        const { stderr, stdout, status } = runLab([...small, ...args]);
        assert.match(stderr, message);
        assert.equal(status, 1, args.join(" "));
        assert.equal(stdout, "");
        assert.ok(!/\n {4}at /.test(stderr), "no stack");
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
