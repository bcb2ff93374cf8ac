"use strict";
/**
 * A second thread that stays awake when a cell keeps the first one busy. It
 * - stops an endless loop that no signal reaches: once a cell has awaited something, Node hears the stop button only
 *   between two turns of the event loop, and `await x; while (true) {}` has no next turn;
 * - ends the kernel when Jupyter itself is gone (killed, crashed): it cannot end its kernels then.
 *
 * The button is a SIGINT to the whole process group, so a small child process hears it too and tells this thread.
 */
const { Worker, isMainThread, parentPort } = require("worker_threads");

/** A cell that gives the event loop no turn for this long after the stop button is cut off. */
const BUSY_MS = 3000;

const LISTENER =
  'process.on("SIGINT", () => process.stdout.write("!")); process.stdin.resume().on("end", () => process.exit());';

/** Starts the thread; `cutOff` is called after it has stopped a loop. */
function startWatchman(cutOff) {
  const worker = new Worker(require.resolve("./watchman.cjs"), { stdout: true, stderr: true });
  worker.on("message", (message) => (message === "ping" ? worker.postMessage("pong") : cutOff()));
  worker.unref();
}

function watch() {
  const { spawn } = require("child_process");
  const { Session } = require("inspector");
  const parent = process.ppid;
  setInterval(() => process.ppid === parent || process.kill(process.pid, "SIGKILL"), 1000);

  if (typeof Session.prototype.connectToMainThread !== "function") return; // Node before 20.11
  let busy;
  parentPort.on("message", () => clearTimeout(busy)); // "pong": the loop turns
  listen();

  function listen() {
    const child = spawn(process.execPath, ["-e", LISTENER], { stdio: ["pipe", "pipe", "ignore"] });
    child.on("error", () => undefined); // no process to be had: the button then works between turns only
    child.stdout.on("data", pressed);
    child.on("exit", (_code, signal) => {
      if (signal !== "SIGINT") return;
      pressed(); // before it could listen
      listen();
    });
  }

  function pressed() {
    clearTimeout(busy);
    busy = setTimeout(stopMainThread, BUSY_MS);
    parentPort.postMessage("ping");
  }

  function stopMainThread() {
    const session = new Session();
    session.connectToMainThread();
    session.post("Runtime.terminateExecution", () => {
      session.disconnect();
      parentPort.postMessage("cut off");
    });
  }
}

if (isMainThread) module.exports = { startWatchman };
else watch();
