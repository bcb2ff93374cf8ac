import assert from "node:assert/strict";
import { Worker, workerTrainer } from "../../bench/train/worker";

/** A process that answers each line by `body`, an expression of `command`. */
const answering = (body: string): Worker =>
  new Worker("peer", process.execPath, [
    "-e",
    `require("readline").createInterface(process.stdin).on("line", (line) => {
      const command = JSON.parse(line);
      console.log("a library's greeting");
      ${body}
    })`,
  ]);
const echo = `console.log(JSON.stringify({ version: "1.2", seconds: 0.5, losses: [command.steps] }))`;

describe("bench workers", () => {
  it("load once, then train again and again; what libraries print is no answer", async () => {
    const trainer = await workerTrainer("peer $", answering(echo), { config: {} }, 3);
    assert.deepEqual([trainer.name, trainer.comparable], ["peer 1.2", 3]);
    assert.deepEqual((await trainer.train(4)).losses, [4]);
    assert.deepEqual((await trainer.train(7)).losses, [7]);
    trainer.close();
  });

  it("an error of the peer, and a peer that ends or cannot start, are errors that say what it said", async () => {
    const wrong: [Worker, RegExp][] = [
      [answering(`console.log(JSON.stringify({ error: "no such module" }))`), /peer: no such module/],
      [answering(`console.error("out of memory"); process.exit(3)`), /peer ended: out of memory/],
      [new Worker("peer", "no-such-program", []), /peer ended: .*ENOENT/],
    ];
    for (const [worker, message] of wrong) await assert.rejects(workerTrainer("peer $", worker, {}), message);
  });
});
