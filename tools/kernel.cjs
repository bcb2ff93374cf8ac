"use strict";
/**
 * The Jupyter kernel `lab`: TypeScript cells by tslab's compiler and executor, with a front of our own.
 * Stock tslab sends no real errors, loses cells after an error, cannot import the project's files from a notebook in
 * a sub-folder and keeps old code when an imported file changes; the parts in tools/kernel/ mend these.
 *
 * Library code finds two things on globalThis: labDisplay(bundle, options) sends an output, labInterrupts counts
 * the interrupts. It runs as `node tools/kernel.cjs kernel --config-path <connection file>`; Jupyter does that.
 */
const path = require("path");

const root = path.resolve(__dirname, "..");
process.chdir(root); // cells import "./labs/..." from the project root, wherever the notebook lies

const { makeConverter, readSource, typescriptVersion } = require("./kernel/compiler.cjs"); // before any other part of tslab
const { makeCells, guardProcess } = require("./kernel/cells.cjs");
const { installErrors } = require("./kernel/errors.cjs");
const { makeQuestions } = require("./kernel/questions.cjs");
const { startWatchman } = require("./kernel/watchman.cjs");
const { openWire } = require("./kernel/wire.cjs");

/** What tslab's executor says about a failed cell: type errors, or the value that was thrown. */
function failureRecord(converter) {
  const record = { thrown: undefined, diagnostics: [] };
  const { convert } = converter;
  converter.convert = (...args) => {
    const result = convert(...args);
    record.diagnostics = result.diagnostics;
    return result;
  };
  record.reset = () => Object.assign(record, { thrown: undefined, diagnostics: [] });
  return record;
}

/** A last expression that is a figure is drawn. The library is looked up only then: it may not be built yet. */
function figureBundle(value) {
  const known = value && typeof value.text === "string" && (value.svg || value.html || value.plotly);
  return known ? require(path.join(root, "dist", "lab", "display.js")).figureBundle(value) : undefined;
}

async function main() {
  const exit = process.exit.bind(process);
  const places = new Map();
  const errors = installErrors(root, places, readSource);
  const converter = makeConverter(root, places);
  const failure = failureRecord(converter);
  const { createExecutor } = require("tslab/dist/executor.js");
  const executor = createExecutor(
    root,
    { node: converter, browser: converter, close: () => {} },
    { log: (value) => cells.result(value), error: (thrown) => (failure.thrown = thrown) },
  );
  const questions = makeQuestions({ executor, typescriptVersion });

  const connectionFile = process.argv[process.argv.indexOf("--config-path") + 1];
  const wire = await openWire(connectionFile, receive);
  const cells = makeCells({ executor, failure, converter, errors, wire, figureBundle });

  function receive(channel, message) {
    const request = { ...message, channel };
    const type = request.header.msg_type;
    if (type === "execute_request") return cells.add(request);
    wire.publish(request, "status", { execution_state: "busy" });
    try {
      if (questions[type])
        wire.reply(request, type.replace("_request", "_reply"), questions[type](request.content));
      else if (type === "interrupt_request") {
        cells.interrupt();
        wire.reply(request, "interrupt_reply", { status: "ok" });
      } else if (type === "shutdown_request") {
        wire.reply(request, "shutdown_reply", { status: "ok", restart: Boolean(request.content.restart) });
        setTimeout(() => exit(0), 100); // time for the reply to leave
      }
    } catch (error) {
      wire.reply(request, type.replace("_request", "_reply"), { status: "error", ...errors.describe(error) });
    } finally {
      wire.publish(request, "status", { execution_state: "idle" });
    }
  }

  globalThis.labDisplay = cells.display;
  // tslab's own `display` and `newDisplay` go the same way.
  require("tslab/dist/jupyter.js").lastWriteDisplayData = ({ data, metadata, transient }, update) =>
    cells.display(data, { id: transient.display_id, update: Boolean(update), metadata });
  process.on("SIGINT", cells.interrupt);
  process.on("uncaughtException", cells.background);
  process.on("unhandledRejection", cells.background);
  guardProcess(cells.interrupt);
  startWatchman(cells.cutOff);
}

void main();
