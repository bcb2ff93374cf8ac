/**
 * Mocha's spec reporter, which also leaves the outcome as data: `npm test` adds lint and types to it, and names each
 * failed test with its error, each skipped one with its reason and the slowest files at the very end. The file is named
 * by LAB_TEST_OUTCOME.
 */
const fs = require("node:fs");
const path = require("node:path");
const { Spec } = require("mocha").reporters;

/** The reason that skipLoudly left on the test, or on a suite around it. */
function reasonOf(test) {
  for (let at = test; at; at = at.parent) {
    if (at.skipReason) return at.skipReason;
  }
  return "no reason given";
}

module.exports = class LabReporter extends Spec {
  constructor(runner, options) {
    super(runner, options);
    const outcome = { finished: false, passed: 0, failed: [], skipped: [], seconds: {} };
    let since = performance.now();
    /** What passed since the last hook or test belongs to the file of this one. */
    const spent = ({ file }) => {
      const now = performance.now();
      const name = file && path.relative(process.cwd(), file);
      if (name) outcome.seconds[name] = (outcome.seconds[name] ?? 0) + (now - since) / 1000;
      since = now;
    };
    runner.on("hook end", spent);
    runner.on("test end", spent);
    runner.on("pass", () => outcome.passed++);
    // A hook that fails is counted here too, as mocha does.
    runner.on("fail", (test, error) =>
      outcome.failed.push({
        title: test.fullTitle(),
        message: String(error?.message ?? error).slice(0, 1500),
      }),
    );
    runner.on("pending", (test) => outcome.skipped.push({ title: test.fullTitle(), reason: reasonOf(test) }));
    runner.once("end", () => {
      outcome.finished = true;
      const file = process.env.LAB_TEST_OUTCOME;
      if (file) fs.writeFileSync(file, JSON.stringify(outcome));
    });
  }
};
