"use strict";
/**
 * tslab's compiler, with four additions:
 * - source maps from the code that runs back to the cell or lab file that was written (tslab makes none);
 * - files are looked at when a cell asks for them, instead of being watched: an edit is always seen, and the
 *   kernel holds no watches (tslab would hold several hundred);
 * - an edited file reloads the project's other files too: otherwise a lab that imports the edited file would keep the old code;
 * - LAB_LABS=solutions (or any folder) answers for ./labs/, so that one notebook runs with the reference answers.
 *
 * It must be required before any other part of tslab, since it replaces functions in the compiler that tslab loads.
 */
const fs = require("fs");
const path = require("path");
const { SourceMap } = require("module");

const typescriptPath = require.resolve("@tslab/typescript-for-tslab", {
  paths: [require.resolve("tslab/package.json")],
});
const ts = require(typescriptPath);

// --- Source maps -----------------------------------------------------------------------------------------

const lookups = new Set();

/** Output text -> the way back. Emptied by each conversion, which gives the map its place. */
const fresh = new Map();
const INLINE_MAP = /\n?\/\/# sourceMappingURL=data:application\/json;base64,([A-Za-z0-9+/=]+)\s*$/;
const MAP_COMMENT = /\n?\/\/# sourceMappingURL=\S*\s*$/;

/** Two steps lead from TypeScript to what runs: TS -> ES module, ES module -> CommonJS. This goes both back. */
function chain(first, second) {
  return (line, column) => {
    const middle = second.findEntry(line, column);
    if (middle.originalLine === undefined) return undefined;
    const start = first ? first.findEntry(middle.originalLine, middle.originalColumn) : middle;
    if (start.originalLine === undefined) return undefined;
    return { line: start.originalLine, column: start.originalColumn };
  };
}

function transpileModule(input, options) {
  const inline = INLINE_MAP.exec(input);
  const source = inline ? input.slice(0, inline.index) + "\n" : input;
  const compilerOptions = { ...options.compilerOptions, sourceMap: true };
  const result = ts.transpileModule(source, { ...options, compilerOptions });
  const outputText = result.outputText.replace(MAP_COMMENT, "\n");
  const first = inline && new SourceMap(JSON.parse(Buffer.from(inline[1], "base64").toString()));
  fresh.set(outputText, chain(first, new SourceMap(JSON.parse(result.sourceMapText))));
  return { ...result, outputText };
}

/**
 * The compiler wants two timers, one to rebuild and one to look again for files it did not find; tslab keeps only
 * one. The second waits in `lookups` until lookAtFiles runs it.
 */
function createWatchCompilerHost(files, options, ...rest) {
  const host = ts.createWatchCompilerHost(files, { ...options, inlineSourceMap: true }, ...rest);
  const { setTimeout, clearTimeout } = host;
  host.setTimeout = (callback, ...args) => {
    if (callback.name !== "invalidateResolutionsOfFailedLookup") return setTimeout(callback, ...args);
    lookups.add(callback);
    return callback;
  };
  host.clearTimeout = (timer) => lookups.delete(timer) || clearTimeout(timer);
  return host;
}

// The compiler's exports are getters that cannot be set: tslab is given a copy with two functions exchanged.
require.cache[typescriptPath].exports = { ...ts, transpileModule, createWatchCompilerHost };

// --- Files ------------------------------------------------------------------------------------------------

/** Each watched file or folder with how it looked last, and what to call when it looks different. */
const watched = new Set();

function watch(name, look, changed) {
  const entry = { look, seen: look(name), name, changed };
  watched.add(entry);
  return { close: () => watched.delete(entry) };
}

function fileStamp(name) {
  const stat = fs.statSync(name, { throwIfNoEntry: false });
  return stat ? `${stat.mtimeMs} ${stat.size} ${stat.ino}` : "";
}

/** The paths in a folder. Of node_modules only the packages: what lies in them does not change under our hands. */
function folderNames(name, recursive) {
  try {
    return fs
      .readdirSync(name, { recursive: recursive && !name.includes("node_modules") })
      .sort()
      .join("\n");
  } catch {
    return "";
  }
}

/** Tells the compiler of every file and folder that changed since the last call. About 4 ms for 800 files. */
function lookAtFiles() {
  for (const entry of [...watched]) {
    const now = entry.look(entry.name);
    if (now === entry.seen) continue;
    const before = entry.seen;
    entry.seen = now;
    entry.changed(before, now);
  }
  for (const lookAgain of lookups) {
    lookups.delete(lookAgain);
    lookAgain();
  }
}

function redirectLabs(root) {
  const labs = path.join(root, "labs") + path.sep;
  const other = process.env.LAB_LABS && path.resolve(root, process.env.LAB_LABS) + path.sep;
  if (!other || other === labs) return (name) => name;
  return (name) => {
    const full = path.resolve(name);
    return full.startsWith(labs) ? other + full.slice(labs.length) : name;
  };
}

function lookWhenAsked(sys, root) {
  const redirect = redirectLabs(root);
  const { readFile, fileExists } = sys;
  sys.readFile = (name, encoding) => readFile(redirect(name), encoding);
  sys.fileExists = (name) => fileExists(redirect(name));
  const kinds = ts.FileWatcherEventKind;
  sys.watchFile = (name, callback) =>
    watch(
      name,
      (file) => fileStamp(redirect(file)),
      (before, now) => callback(name, now ? (before ? kinds.Changed : kinds.Created) : kinds.Deleted),
    );
  sys.watchDirectory = (name, callback, recursive) =>
    watch(
      name,
      (folder) => folderNames(folder, recursive),
      (before, now) => {
        const old = new Set(before.split("\n"));
        const names = new Set(now.split("\n"));
        for (const file of [...names].filter((x) => !old.has(x))) callback(path.posix.join(name, file));
        for (const file of [...old].filter((x) => !names.has(x))) callback(path.posix.join(name, file));
      },
    );
}

// --- The converter ----------------------------------------------------------------------------------------

/**
 * tslab's converter for cells. `places` receives, for each cell and each imported project file, the way back to
 * its source: places.set(nameInStack, { title, source, back(line, column) }), lines and columns from 0.
 */
function makeConverter(root, places) {
  lookWhenAsked(ts.sys, root);
  const { createConverter } = require("tslab/dist/converter.js");
  const converter = createConverter({ isJS: false, isBrowser: false });
  const loaded = new Map();
  let cell = { name: "lab-cell-0", title: "cell" };

  function convert(previous, source) {
    lookAtFiles();
    fresh.clear();
    const result = converter.convert(previous, source);
    result.sideOutputs = withDependents(result.sideOutputs);
    for (const { path: file, data } of result.sideOutputs ?? []) {
      if (fresh.has(data)) places.set(file, placeOfFile(root, file, fresh.get(data)));
    }
    if (result.output && fresh.has(result.output)) {
      const back = fresh.get(result.output);
      const lines = result.output.split("\n").length;
      // tslab puts one line in front of the cell's source; what lies behind the source is tslab's own call.
      const toCell = (line, column) => {
        const at = line < lines ? back(line, column) : undefined;
        return at && at.line > 0 ? { line: at.line - 1, column: at.column } : undefined;
      };
      places.set(cell.name, { title: cell.title, source, back: toCell });
      result.output += `\n//# sourceURL=${cell.name}`;
    }
    return result;
  }

  /** Once a known file is new, all known files are handed over again, so that each sees the others' new code. */
  function withDependents(outputs) {
    const edited = outputs?.some(({ path: file, data }) => loaded.has(file) && loaded.get(file) !== data);
    for (const { path: file, data } of outputs ?? []) loaded.set(file, data);
    return edited ? [...loaded].map(([file, data]) => ({ path: file, data })) : outputs;
  }

  return {
    ...converter,
    convert,
    setCell: (number) => (cell = { name: `lab-cell-${number}`, title: `cell [${number}]` }),
  };
}

function placeOfFile(root, file, back) {
  const source = file.replace(/\.js$/, ".ts");
  const named = fs.existsSync(source) ? source : file;
  return { title: path.relative(root, named), file: named, back };
}

/** The text of a file as cells import it: with LAB_LABS, that of the other folder. */
const readSource = (file) => ts.sys.readFile(file) ?? "";

module.exports = { makeConverter, readSource, typescriptVersion: ts.version };
