import assert from "node:assert/strict";
import { errorOf, KernelClient, textOf } from "./client";

const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));

describe("kernel: interrupts and ends", function () {
  this.timeout(300_000);
  let kernel: KernelClient;
  before(async () => {
    kernel = await KernelClient.start();
    await kernel.run('import { stopFlag, interrupted, nextTurn } from "transformer-lab/lab"; let kept = 41;');
  });
  after(() => kernel.close());

  const stays = async () => assert.equal(textOf(await kernel.run("kept + 1")), "42");

  it("a loop without await is stopped", async () => {
    const result = await kernel.run("while (true) {}", { interrupt_after: 0.5, timeout: 60 });
    assert.equal(errorOf(result)?.ename, "Interrupted");
    await stays();
  });

  it("stopped while it is compiled, an endless loop does not take the kernel with it", async () => {
    const result = await kernel.run('import * as nn from "transformer-lab/nn"; while (true) {}', {
      interrupt_after: 0.02,
      timeout: 60,
    });
    assert.equal(errorOf(result)?.ename, "Interrupted");
    await stays();
  });

  it("an endless loop behind an await is stopped, and the variables stay", async () => {
    const result = await kernel.run("await 0; while (true) {}", { interrupt_after: 0.5, timeout: 60 });
    assert.equal(errorOf(result)?.ename, "Interrupted");
    await stays();
  });

  it("a loop with the stop flag ends well, keeps its result and does not go on", async () => {
    const code =
      "let steps = 0; const stop = stopFlag(); while (!stop()) { steps++; await nextTurn(); } const seen = interrupted();";
    const result = await kernel.run(code, { interrupt_after: 0.5, timeout: 60 });
    assert.equal(result.reply?.status, "ok");
    const first = textOf(await kernel.run("`${steps} ${seen} ${interrupted()}`"));
    assert.match(first, /^[1-9]\d* true false$/);
    await sleep(500);
    assert.equal(textOf(await kernel.run("`${steps} ${seen} ${interrupted()}`")), first);
  });

  it("a cell that waits for ever is given up after a moment", async () => {
    const result = await kernel.run("await new Promise(() => {})", { interrupt_after: 0.3, timeout: 60 });
    assert.equal(errorOf(result)?.ename, "Interrupted");
    assert.ok(result.seconds < 30, `${result.seconds} s`);
  });

  it("a cell that listens to SIGINT itself does not end the kernel", async () => {
    const code = 'process.on("SIGINT", () => {}); await new Promise(() => {});';
    const result = await kernel.run(code, { interrupt_after: 0.3, timeout: 60 });
    assert.equal(errorOf(result)?.ename, "Interrupted");
    await stays();
  });

  it("the kernel ends when its front end is killed, even in an endless loop", async () => {
    const other = await KernelClient.start();
    const { pid } = await other.alive();
    void other.run("await 0; while (true) {}", { timeout: 60 }).catch(() => undefined);
    await sleep(500);
    other.crash();
    const runs = () => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    };
    for (let i = 0; i < 60 && runs(); i++) await sleep(100);
    assert.equal(runs(), false);
  });
});
