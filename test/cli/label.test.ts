import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { labArguments, runLab } from "../helpers/lab-command";

const root = join(__dirname, "..", "..");

describe("lab label", function () {
  this.timeout(120_000);
  let folder = "";
  before(() => (folder = mkdtempSync(join(tmpdir(), "label-cli-"))));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const place = (name: string) => join(folder, name);

  /** Starts the command, labels the first item, and presses Ctrl-C. */
  async function session(args: readonly string[]) {
    const child = spawn(process.execPath, labArguments(["label", ...args]), { cwd: root, stdio: "pipe" });
    let [out, told] = ["", ""];
    child.stdout.on("data", (data) => (out += String(data)));
    child.stderr.on("data", (data) => (told += String(data)));
    const ended = new Promise<number | null>((resolve) => child.on("exit", resolve));
    const url = await new Promise<string>((resolve, reject) => {
      const look = (): void => {
        const found = /Open (http:\S+)\n[^]*Ctrl-C ends/.exec(out + told)?.[1];
        if (found) resolve(found);
      };
      child.stdout.on("data", look);
      child.stderr.on("data", look);
      child.on("exit", () => reject(new Error(out + told)));
    });
    const { view } = (await (await fetch(`${url}view`)).json()) as { view: { item: { id: number; answers: string[] } } }; // prettier-ignore
    const body = JSON.stringify({
      id: view.item.id,
      ranks: view.item.answers.map((_, i) => i + 1),
      seconds: 1,
    });
    await fetch(`${url}label`, { method: "POST", headers: { "content-type": "application/json" }, body });
    child.kill("SIGINT");
    return { code: await ended, out, told };
  }

  it("serves the real answers until Ctrl-C, says what it has, and goes on the next time", async () => {
    const out = place("own.jsonl");
    const first = await session(["--out", out, "--count", "3"]);
    assert.equal(first.code, 0, first.told);
    assert.match(
      first.out,
      /\(0 of 3 are there\)[^]*1 of 3 are labelled, in .*own\.jsonl\. To go on: the same command/,
    );
    const second = await session(["--out", out, "--count", "3", "--json"]);
    assert.deepEqual(JSON.parse(second.out), { file: out, labelled: 2, items: 3 });
    assert.match(second.told, /\(1 of 3 are there\)/);
    assert.equal(readFileSync(out, "utf8").trim().split("\n").length, 2);
  });

  it("labels a file's pairs, or all of a prompt's answers in order", async () => {
    const pairs = place("mine.items.jsonl");
    const line = (row: object): string => `${JSON.stringify(row)}\n`;
    writeFileSync(
      pairs,
      line({ prompt: "p", chosen: "a", rejected: "b" }) + line({ prompt: "p", answers: ["b", "c"] }),
    );
    const { out } = await session(["--pairs", pairs, "--out", place("order.jsonl"), "--rank", "--json"]);
    assert.deepEqual(JSON.parse(out), { file: place("order.jsonl"), labelled: 1, items: 1 });
    const label = JSON.parse(readFileSync(place("order.jsonl"), "utf8")) as {
      answers: string[];
      ranks: number[];
    };
    assert.deepEqual([[...label.answers].sort(), [...label.ranks].sort()], [["a", "b", "c"], [1, 2, 3]]); // prettier-ignore
  });

  it("what goes wrong says what to do, with exit code 1", () => {
    writeFileSync(place("empty.jsonl"), "\n");
    writeFileSync(place("broken.jsonl"), "{\n");
    const wrong: [string[], RegExp][] = [
      [["--pairs", place("broken.jsonl"), "--out", place("x.jsonl")], /broken\.jsonl: line 1: no JSON/],
      [["--pairs", place("empty.jsonl"), "--out", place("empty.jsonl")], /are the same file\. Cure/],
    ];
    for (const [args, message] of wrong) {
      const { stderr, status } = runLab(["label", ...args]);
      assert.match(stderr, message);
      assert.equal(status, 1);
    }
  });

  it("a page in a script, as in a kernel, keeps nothing alive", () => {
    const script =
      'require("./src/lab/node").labelPage({ pairs: [{ prompt: "p", answers: ["a", "b"] }], file: process.argv[1] })' +
      ".then(async ({ url }) => console.log((await fetch(url)).status))";
    const env = { ...process.env };
    delete env["LAB_HEADLESS"];
    const args = ["--require", "tsx/cjs", "-e", script, "--", place("script.jsonl")];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: root, encoding: "utf8", timeout: 60_000, env }); // prettier-ignore
    assert.equal(status, 0, stderr);
    assert.match(stdout, /Label at http:\/\/127\.0\.0\.1:\d+\/[\w-]+\/ \(0 of 1 labelled[^]*\n200\n$/);
  });
});
