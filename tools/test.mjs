/**
 * `npm test`: set-up, then lint, format, types and every test. The last line is `N passed, N failed, N skipped`;
 * the exit code is 0 only when nothing failed.
 */
import fs from "node:fs";
import { parseArgs } from "node:util";
import { SetupError } from "./setup/cures.mjs";
import { pathsOf } from "./setup/paths.mjs";
import { setUp } from "./setup.mjs";
import { checks, runChecks } from "./test/checks.mjs";
import { runMocha, specsOf } from "./test/mocha.mjs";

const help = `npm test                        set-up, lint, format, types, all tests
npm test -- --only text         the tests under test/text only (no lint, no types)
npm test -- --grep "BPE"        the tests whose name matches
npm test -- --coverage          with a table of the lines that ran
`;

const paths = pathsOf();
const total = { passed: 0, failed: [], skipped: [], seconds: {} };

/** A file of tests below this is not worth a line. */
const SLOW_SECONDS = 20;

/** Says the count as the very last thing. */
function finish() {
  const slow = Object.entries(total.seconds).filter(([, seconds]) => seconds >= SLOW_SECONDS);
  if (slow.length > 0) {
    console.log(`\nSLOW, in seconds:`);
    for (const [file, seconds] of slow.sort((a, b) => b[1] - a[1]))
      console.log(`  ${seconds.toFixed(0).padStart(5)}  ${file}`);
  }
  if (total.skipped.length > 0) {
    console.log(`\nSKIPPED, and why:`);
    for (const [reason, tests] of byReason(total.skipped)) {
      console.log(`  ${reason}`);
      for (const test of tests) console.log(`    - ${test.title}`);
    }
  }
  if (total.failed.length > 0) {
    console.log(`\nFAILED:`);
    for (const { title, message } of total.failed)
      console.log(`  ${title}\n    ${message.replaceAll("\n", "\n    ")}`);
  }
  console.log(`\n${total.passed} passed, ${total.failed.length} failed, ${total.skipped.length} skipped`);
  process.exitCode = total.failed.length > 0 ? 1 : 0;
}

function byReason(skipped) {
  const groups = new Map();
  for (const test of skipped) groups.set(test.reason, [...(groups.get(test.reason) ?? []), test]);
  return groups;
}

function readOptions() {
  try {
    return parseArgs({
      options: {
        only: { type: "string" },
        grep: { type: "string" },
        coverage: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    }).values;
  } catch (error) {
    console.error(`${error.message}\n\n${help}`);
    process.exit(2);
  }
}

const options = readOptions();
if (options.help) {
  console.log(help);
  process.exit(0);
}
let specs;
try {
  specs = specsOf(paths, options.only);
} catch (error) {
  console.error(error.message);
  process.exit(2);
}
fs.mkdirSync(paths.state, { recursive: true });
try {
  await setUp();
  // A part is asked for while working on it: the whole run looks at style and types.
  if (!options.only && !options.grep) {
    const outcome = await runChecks(checks, paths);
    total.passed += outcome.passed;
    total.failed.push(...outcome.failed);
  }
  const tests = await runMocha({ paths, specs, grep: options.grep, coverage: options.coverage });
  total.passed += tests.passed;
  total.failed.push(...tests.failed);
  total.skipped.push(...tests.skipped);
  total.seconds = tests.seconds;
} catch (error) {
  if (!(error instanceof SetupError)) console.error(error.stack);
  total.failed.push({ title: "set-up", message: error.message });
}
finish();
