#!/usr/bin/env node
/**
 * A student's own copy of a lab that is installed for all, e.g. in an image: `node deploy/student.mjs FOLDER`.
 *
 * Own are the labs, the notebooks, the progress, and the program (a few MB, so that it finds the student's labs);
 * shared and never written are npm's and Python's packages, the native engine, data and models (gigabytes). Called
 * again, e.g. at each start of a server, it brings what a new version of the lab brings, and keeps what was edited.
 */
import fs from "node:fs";
import path from "node:path";
import { createHash } from "node:crypto";
import { pathToFileURL } from "node:url";
import { writeKernelSpec } from "../tools/kernelspec.mjs";
import { filesUnder, readJson, writeJson } from "../tools/setup/files.mjs";
import { projectRoot } from "../tools/setup/paths.mjs";

/** Replaced whole where they differ: nobody edits them. */
const program = ["dist", "src", "tools", "solutions", "recipes"];
const programFiles = ["package.json", "package-lock.json", "tsconfig.json", "README.md"];
/** Copied once; afterwards a file that was edited is the student's. */
const own = ["labs", "notebooks"];
const shared = [".venv", "datasets", ".lab/native", ".lab/models", ".lab/engine.json"];

const hashOf = (file) => createHash("sha256").update(fs.readFileSync(file)).digest("hex");

/**
 * @param {{ root?: string, folder: string }} options `root` is the installed lab
 * @returns {{ made: boolean, updated: string[], kept: string[] }} files of labs/ and notebooks/ that are new in this
 *   version, and those which the student had edited: of a kept notebook the new one lies beside it, NAME.new.ipynb
 */
export function makeStudent({ root = projectRoot, folder }) {
  const at = (...parts) => path.join(folder, ...parts);
  const manifestFile = at(".lab", "student.json");
  const before = readJson(manifestFile);
  if (before === undefined && fs.existsSync(folder) && fs.readdirSync(folder).length > 0)
    throw new Error(`${folder} is there already, and is no student's lab. Give a new or an empty folder.`);
  fs.mkdirSync(at(".lab"), { recursive: true });

  for (const name of program) copyWhole(path.join(root, name), at(name));
  for (const name of programFiles)
    if (fs.existsSync(path.join(root, name))) fs.copyFileSync(path.join(root, name), at(name));
  for (const name of shared) linkTo(path.join(root, name), at(name));
  linkPackages(path.join(root, "node_modules"), at("node_modules"));

  const hashes = {};
  const [updated, kept] = [[], []];
  for (const source of own.flatMap((name) => filesUnder(path.join(root, name)))) {
    const name = path.relative(root, source).split(path.sep).join("/");
    hashes[name] = hashOf(source);
    const outcome = bring(source, at(name), hashes[name], before?.files?.[name]);
    if (outcome === "kept") kept.push(name);
    else if (outcome === "updated") updated.push(name);
  }
  writeKernelSpec(folder, at(".lab"));
  writeJson(manifestFile, { version: 1, root, files: hashes });
  return { made: before === undefined, updated, kept };
}

/** Copies a file unless it is the student's own by now. */
function bring(source, target, shipped, shippedBefore) {
  if (!fs.existsSync(target)) {
    if (shippedBefore === shipped) return "removed"; // by the student: it stays so until there is a new one
    copyFile(source, target);
    return "updated";
  }
  const now = hashOf(target);
  if (now === shipped) return "same";
  if (now === shippedBefore) {
    copyFile(source, target);
    return "updated";
  }
  if (shippedBefore === shipped) return "edited";
  if (target.endsWith(".ipynb")) copyFile(source, target.replace(/\.ipynb$/, ".new.ipynb"));
  return "kept";
}

function copyFile(source, target) {
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.copyFileSync(source, `${target}.part`);
  fs.renameSync(`${target}.part`, target);
}

/** A folder as it is in the installed lab; the new one takes the old one's place at once. */
function copyWhole(source, target) {
  if (!fs.existsSync(source)) return;
  const [next, old] = [`${target}.next`, `${target}.old`];
  for (const left of [next, old]) fs.rmSync(left, { recursive: true, force: true });
  fs.cpSync(source, next, { recursive: true });
  if (fs.existsSync(target)) fs.renameSync(target, old);
  fs.renameSync(next, target);
  fs.rmSync(old, { recursive: true, force: true });
}

function linkTo(source, target) {
  if (!fs.existsSync(source)) return;
  const there = fs.lstatSync(target, { throwIfNoEntry: false });
  if (there !== undefined && !there.isSymbolicLink()) return; // made by the student's own lab since
  if (there !== undefined) fs.unlinkSync(target);
  fs.mkdirSync(path.dirname(target), { recursive: true });
  fs.symlinkSync(source, target, fs.statSync(source).isDirectory() ? "junction" : "file");
}

/** A link for each package, since transformer-lab among them is the student's own dist. */
function linkPackages(source, target) {
  fs.rmSync(target, { recursive: true, force: true });
  for (const name of fs.readdirSync(source)) {
    if (name === "transformer-lab" || name === ".bin") continue;
    const scoped = name.startsWith("@") ? fs.readdirSync(path.join(source, name)) : undefined;
    for (const inner of scoped ?? [""])
      linkTo(path.join(source, name, inner), path.join(target, name, inner));
  }
  fs.symlinkSync(path.join("..", "dist"), path.join(target, "transformer-lab"), "junction");
}

if (process.argv[1] && import.meta.url === pathToFileURL(fs.realpathSync(process.argv[1])).href) {
  const [folder] = process.argv.slice(2);
  if (folder === undefined || folder.startsWith("-")) {
    console.error("node deploy/student.mjs FOLDER    a student's own copy of this lab, or its update");
    process.exit(2);
  }
  try {
    const { made, updated, kept } = makeStudent({ folder: path.resolve(folder) });
    console.log(made ? `Made ${folder}.` : `${folder}: ${updated.length} files are new.`);
    for (const name of kept) console.log(`${name} was edited and is kept; there is a new version of it.`);
  } catch (error) {
    console.error(error.message);
    process.exit(1);
  }
}
