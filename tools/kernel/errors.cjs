"use strict";
/** What a failed cell says: { ename, evalue, traceback }, in places that the learner wrote ("cell [3], line 2"). */
const fs = require("fs");
const path = require("path");
const util = require("util");
const { SourceMap } = require("module");

const LOCATION = /(?:file:\/\/)?((?:\/|[A-Za-z]:\\)[^():]+|lab-cell-\d+):(\d+):(\d+)/;
/** Frames of Node, tslab and this kernel say nothing about the learner's code. */
const MACHINERY = /node:|node_modules[\\/]tslab|tools[\\/]kernel|^evalmachine/;

/** Node puts "file:line", that line and a caret in front of the stack; ours is better. */
const NODE_EXCERPT = /^\S+:\d+\n.*\n *\^*\n\n?/;

/**
 * Makes Error.stack speak of cells and .ts files from here on, and returns `describe`.
 * `places` is filled by makeConverter, `readSource(file)` reads a file as the compiler sees it (compiler.cjs).
 */
function installErrors(root, places, readSource) {
  const prefix = root + path.sep;
  const built = builtPlaces(prefix);

  /** One frame as the learner should read it, or undefined where it is the machinery's. */
  function locate(frame) {
    const found = LOCATION.exec(frame);
    if (!found) return MACHINERY.test(frame) ? undefined : frame;
    const [whole, file, line, column] = found;
    const place = places.get(file) ?? built(file);
    if (!place) {
      return MACHINERY.test(frame) ? undefined : frame.replace("file://", "").replace(prefix, "");
    }
    const at = place.back(Number(line) - 1, Number(column) - 1);
    return at && frame.replace(whole, `${place.title}, line ${at.line + 1}`).replace("Proxy.", "");
  }

  Error.prepareStackTrace = (error, frames) => {
    const lines = frames.map((frame) => locate(String(frame))).filter((line) => line !== undefined);
    return [heading(error), ...lines.map((line) => `    at ${line}`)].join("\n");
  };

  /** The source around the first frame that lies in a cell or in a file that a cell imported. */
  function excerptOf(error) {
    for (const frame of String(error.stack).split("\n")) {
      const found = /(?:\(|at )([^()]+), line (\d+)\)?$/.exec(frame);
      const place = found && [...places.values()].reverse().find(({ title }) => title === found[1]);
      if (place) return excerpt(place.source ?? readSource(place.file), Number(found[2]) - 1);
    }
    return [];
  }

  function describe(thrown) {
    if (!util.types.isNativeError(thrown)) {
      const evalue = util.inspect(thrown);
      return {
        ename: "Thrown",
        evalue,
        traceback: [`Thrown: ${evalue}`, "(throw an Error to learn where it came from)"],
      };
    }
    const evalue = String(thrown.message);
    const shown = util.inspect(thrown).replace(NODE_EXCERPT, "").split("\n");
    const stackStart = shown.findIndex((line) => line.startsWith("    at "));
    const cut = stackStart < 0 ? shown.length : stackStart;
    return {
      ename: String(thrown.name),
      evalue,
      traceback: [...shown.slice(0, cut), ...excerptOf(thrown), ...shown.slice(cut)],
    };
  }

  /** Type errors: tslab's diagnostics, with the line they speak of. */
  function describeDiagnostics(diagnostics, source, title) {
    const traceback = [];
    let before = "";
    for (const { fileName, start, messageText, code } of diagnostics) {
      const where = `${fileName ?? title}, line ${start.line + 1}`;
      const head = `${where}, column ${start.character + 1}`;
      if (head === before) {
        traceback.push(`    ${messageText}`);
        continue;
      }
      before = head;
      const text = fileName ? readSource(path.join(root, fileName)) : source;
      traceback.push(`TypeScriptError in ${head} (TS${code}): ${messageText}`);
      traceback.push(...excerpt(text, start.line, start.character));
    }
    const first = diagnostics[0];
    const evalue = `${first.fileName ?? title}, line ${first.start.line + 1}: ${first.messageText}`;
    return { ename: "TypeScriptError", evalue, traceback };
  }

  return { describe, describeDiagnostics };
}

function heading(error) {
  try {
    return Error.prototype.toString.call(error);
  } catch {
    return "Error";
  }
}

/** Files of the compiled library lead back to src/ by the maps that tsc wrote beside them. */
function builtPlaces(prefix) {
  const known = new Map();
  return (file) => {
    if (!file.startsWith(prefix + "dist" + path.sep)) return undefined;
    if (!known.has(file)) known.set(file, readBuiltMap(file));
    return known.get(file);
  };
}

function readBuiltMap(file) {
  const text = readOrEmpty(`${file}.map`);
  if (!text) return undefined;
  const map = new SourceMap(JSON.parse(text));
  return {
    title: map.payload.sources[0].replace(/^(\.\.\/)+/, ""), // "../../src/text/bpe.ts", from wherever it was built
    back: (line, column) => {
      const entry = map.findEntry(line, column);
      return entry.originalLine === undefined
        ? undefined
        : { line: entry.originalLine, column: entry.originalColumn };
    },
  };
}

function readOrEmpty(file) {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

/** One line of context above, the line itself, and a caret where the column is known. */
function excerpt(text, line, column) {
  const lines = text.split("\n");
  if (lines[line] === undefined) return [];
  const width = String(line + 1).length;
  const row = (i) => `  ${String(i + 1).padStart(width)} | ${lines[i]}`;
  const shown = line > 0 ? [row(line - 1), row(line)] : [row(line)];
  if (column === undefined) return shown;
  return [...shown, `  ${" ".repeat(width)} | ${lines[line].slice(0, column).replace(/\S/g, " ")}^`];
}

module.exports = { installErrors };
