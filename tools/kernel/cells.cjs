"use strict";
/**
 * Running cells: one after the other, each with its outputs, and its error if it fails.
 *
 * How a cell ends: by itself; by a throw; by an error in the background (a rejected promise that nobody awaits, a
 * throw in a timer); or by an interrupt. A first interrupt raises `globalThis.labInterrupts`, which the library's
 * loops read, and gives the cell two seconds to end well; then, or at the second interrupt, the cell is given up.
 */
const { setImmediate } = require("timers");
const util = require("util");
const { captureStreams } = require("./streams.cjs");

const GRACE_MS = 2000;
/** Node's code of a script that a SIGINT ended. */
const INTERRUPTED = "ERR_SCRIPT_EXECUTION_INTERRUPTED";
const EXIT_MESSAGE =
  "process.exit() ends the kernel, and every variable with it, so a cell may not call it. " +
  "To stop a cell early, throw an error or return from a function.";

/**
 * `executor` is tslab's, `failure` holds what it printed as errors, `errors` is installErrors' result, `wire` is
 * openWire's, `figureBundle(value)` gives the output of a value that is a figure.
 */
function makeCells({ executor, failure, converter, errors, wire, figureBundle }) {
  const queue = [];
  let working = false;
  let received = 0;
  let count = 0;
  let current; // the running cell, or the last one: late output goes there
  const streams = captureStreams((name, text) => publish("stream", { name, text }));

  function publish(type, content) {
    if (current) wire.publish(current.request, type, content);
  }

  /** Adds an execute_request to the queue. */
  function add(request) {
    received++;
    queue.push(request);
    if (!working) void work();
  }

  async function work() {
    working = true;
    while (queue.length > 0) await answer(queue.shift());
    working = false;
  }

  async function answer(request) {
    wire.publish(request, "status", { execution_state: "busy" });
    const { stop_on_error: stopOnError = true } = request.content;
    const error = await run(request);
    if (error) publish("error", error);
    const after = error && stopOnError ? await arrivedMeanwhile() : [];
    const outcome = error
      ? { status: "error", ...error }
      : { status: "ok", payload: [], user_expressions: {} };
    finish(request, { ...outcome, execution_count: count });
    for (const next of after) {
      wire.publish(next, "status", { execution_state: "busy" });
      finish(next, { status: "aborted" });
    }
  }

  function finish(request, content) {
    wire.reply(request, "execute_reply", content);
    wire.publish(request, "status", { execution_state: "idle" });
  }

  /** "Run all" sends every cell at once: those behind a failed cell must not run. Waits until no more come in. */
  async function arrivedMeanwhile() {
    let before;
    do {
      before = received;
      await new Promise((resolve) => setTimeout(resolve, 20));
    } while (received !== before);
    return queue.splice(0);
  }

  /** Runs one cell; gives its error, or undefined. */
  async function run(request) {
    const { code, silent = false, store_history: counted = true } = request.content;
    if (!silent && counted) count++;
    const cell = { request, title: `cell [${count}]`, running: true };
    current = cell;
    if (!silent) publish("execute_input", { code, execution_count: count });
    globalThis.labInterruptsAtStart = globalThis.labInterrupts ?? 0;
    converter.setCell(count);
    failure.reset();
    let ok = false;
    try {
      ok = await Promise.race([begun(code), new Promise((_, reject) => (cell.cutOff = reject))]);
    } catch (error) {
      failure.thrown = error; // a fault of the compiler itself
    }
    await new Promise((resolve) => setImmediate(resolve)); // rejections that nobody handles are known only now
    cell.running = false;
    clearTimeout(cell.grace);
    streams.flush();
    if (cell.background) return errors.describe(cell.background.error);
    if (ok) return undefined;
    if (failure.diagnostics.length > 0)
      return errors.describeDiagnostics(failure.diagnostics, code, cell.title);
    return isInterrupt(failure.thrown) ? interruptError() : errors.describe(failure.thrown);
  }

  /**
   * A turn of its own: whoever called the code that the watchman cuts off is cut off with it, and never hears of it.
   */
  async function begun(code) {
    await undefined;
    return executor.execute(code);
  }

  /** After a loop was cut off: its cell ends, for nobody else will say so where the loop was in the cell's first turn. */
  function cutOff() {
    // Node takes the listeners away during that turn, and was cut off before it put them back: the next signal would kill.
    if (!process.listeners("SIGINT").includes(interrupt)) process.on("SIGINT", interrupt);
    executor.interrupt();
    current?.cutOff?.(Object.assign(new Error("cut off"), { code: INTERRUPTED }));
  }

  /** The value of a cell's last expression. */
  function result(value) {
    streams.flush();
    const data = figureBundle(value) ?? {
      "text/plain": typeof value === "string" ? value : util.inspect(value),
    };
    publish("execute_result", { data, metadata: {}, execution_count: count });
  }

  /** Sends a bundle of MIME types; with `id` and `update` it replaces the output of that id. */
  function display(data, { id, update = false, metadata = {} } = {}) {
    streams.flush();
    publish(update ? "update_display_data" : "display_data", {
      data,
      metadata,
      transient: id ? { display_id: id } : {},
    });
  }

  function interrupt() {
    globalThis.labInterrupts = (globalThis.labInterrupts ?? 0) + 1;
    if (!current?.running) return;
    if (current.grace) executor.interrupt();
    else current.grace = setTimeout(() => executor.interrupt(), GRACE_MS);
  }

  /** An error outside the cell's own flow ends the cell: what it waits for may never come. */
  function background(error) {
    if (current?.running && !current.background) {
      current.background = { error };
      executor.interrupt();
    } else {
      process.stderr.write(`An error after the cell had ended:\n${util.inspect(error)}\n`);
    }
  }

  return { add, result, display, interrupt, cutOff, background };
}

function isInterrupt(error) {
  return error?.code === INTERRUPTED || error?.message === "Interrupted asynchronously";
}

function interruptError() {
  const evalue = "The cell was stopped.";
  return { ename: "Interrupted", evalue, traceback: [`Interrupted: ${evalue}`] };
}

/**
 * Makes what would end the kernel silently into an error that says so. `ours` is the kernel's own SIGINT listener,
 * which Node takes away while the first, synchronous part of a cell runs and puts back after it.
 */
function guardProcess(ours) {
  process.exit = () => {
    throw new Error(EXIT_MESSAGE);
  };
  // With a second listener, added in that part of a cell, the kernel would die of the next SIGINT: it has to wait.
  for (const name of ["on", "addListener", "once", "prependListener"]) {
    const add = process[name];
    process[name] = function (event, listener) {
      if (event !== "SIGINT" || listener === ours) return add.call(this, event, listener);
      setImmediate(() => add.call(this, event, listener));
      return this;
    };
  }
}

module.exports = { makeCells, guardProcess };
