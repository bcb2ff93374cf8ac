/** Whole checkpoints through a table of names. Every difference is an error that names the tensor and the file. */
import { groupSize, tf } from "../../engine";
import { packNumbers } from "../../ops";
import type { Weight } from "../../ops";
import { disposeTree, namedTensors } from "../../tree";
import type { Blocks } from "../blocks";
import { oursOf, shapeOfTheirs, theirsOf } from "./layout";
import type { NameRule, NameTable, WeightSource } from "./types";

/**
 * A checkpoint as our tree of parameters, whose tensors are the caller's. Names and shapes are compared before any
 * tensor is read, so nothing is allocated for a file that does not fit.
 *
 * @throws Error that names file and tensor: one that is missing, surplus, there twice, of another shape, or no floats;
 *   whatever the file throws. No tensor is left then.
 */
export async function toTree<P>(source: WeightSource, table: NameTable): Promise<P> {
  const names = namesInFile(source, table);
  const groups = groupsOf(table);
  checkNames(source, table, names, groups);
  const found = new Map<string, Weight>();
  try {
    for (const [theirs, rules] of groups) {
      const name = names.get(theirs);
      if (name === undefined) continue; // optional
      const blocks = await source.blocks?.(name);
      if (blocks) {
        for (const rule of rules) found.set(rule.ours, await packedOf(rule, blocks));
        continue;
      }
      const tensor = await source.tensor(name);
      try {
        if (tensor.dtype !== "float32")
          throw new Error(
            `${source.name}: tensor ${show(name)} holds ${tensor.dtype} numbers, weights are floats.`,
          );
        for (const rule of rules) found.set(rule.ours, oursOf(rule, tensor));
      } finally {
        tensor.dispose();
      }
    }
  } catch (error) {
    disposeTree([...found.values()]);
    throw error;
  }
  return grow(found) as P;
}

/**
 * Our parameters under their names: new tensors, which the caller disposes.
 *
 * @throws Error that names the tensor: one that the table has and the parameters have not, or the other way round, or
 *   of another shape
 */
export function fromTree(params: unknown, table: NameTable): Record<string, tf.Tensor> {
  const ours = namedTensors(params);
  const known = new Set(table.rules.map((rule) => rule.ours));
  for (const name of ours.keys())
    if (!known.has(name)) throw new Error(`${table.name}: the parameter ${show(name)} has no name there.`);
  return tf.tidy(() => {
    const out: Record<string, tf.Tensor> = {};
    for (const [theirs, rules] of groupsOf(table)) {
      const parts = rules.flatMap((rule) => {
        const tensor = ours.get(rule.ours);
        if (tensor) return [ownPart(rule, tensor, table)];
        if (rule.optional) return [];
        throw new Error(`${table.name}: the parameter ${show(rule.ours)} is missing.`);
      });
      if (parts.length === 0) continue;
      // Rules of one tensor stand in the order of its parts.
      const whole = parts.length === 1 ? (parts[0] as tf.Tensor) : tf.concat(parts, rules[0]?.part?.axis);
      if (!same(whole.shape, shapeOfTheirs(rules[0] as NameRule)))
        throw new Error(`${table.name}: only a part of ${show(theirs)} is among the parameters.`);
      out[theirs] = whole;
    }
    return out;
  });
}

function ownPart(rule: NameRule, tensor: tf.Tensor, table: NameTable): tf.Tensor {
  if (same(tensor.shape, rule.shape)) return theirsOf(rule, tensor);
  throw new Error(
    `${table.name}: the parameter ${show(rule.ours)} has shape ${list(tensor.shape)}, expected ${list(rule.shape)}.`,
  );
}

/** The rules by the tensor of theirs. */
function groupsOf(table: NameTable): Map<string, NameRule[]> {
  const groups = new Map<string, NameRule[]>();
  for (const rule of table.rules) groups.set(rule.theirs, [...(groups.get(rule.theirs) ?? []), rule]);
  return groups;
}

/** What the table calls a tensor -> what the file calls it. */
function namesInFile(source: WeightSource, table: NameTable): Map<string, string> {
  const names = new Map<string, string>();
  for (const name of source.shapes.keys()) {
    const spelt = (table.spellings ?? []).reduce((text, [from, to]) => text.replace(from, to), name);
    const other = names.get(spelt);
    if (other !== undefined)
      throw new Error(`${source.name}: ${show(other)} and ${show(name)} are names of one tensor.`);
    names.set(spelt, name);
  }
  return names;
}

function checkNames(
  source: WeightSource,
  table: NameTable,
  names: ReadonlyMap<string, string>,
  groups: ReadonlyMap<string, readonly NameRule[]>,
): void {
  const missing: string[] = [];
  for (const [theirs, rules] of groups) {
    const name = names.get(theirs);
    if (name === undefined) {
      if (!rules.every((rule) => rule.optional)) missing.push(theirs);
      continue;
    }
    const shape = source.shapes.get(name) ?? [];
    for (const rule of rules) {
      if (same(shape, shapeOfTheirs(rule))) continue;
      throw new Error(
        `${source.name}: tensor ${show(name)} has shape ${list(shape)}; ${table.name} with this configuration ` +
          `expects ${list(shapeOfTheirs(rule))}.`,
      );
    }
  }
  const surplus = [...names].flatMap(([spelt, name]) =>
    groups.has(spelt) || table.ignored?.test(spelt) ? [] : [name],
  );
  if (missing.length === 0 && surplus.length === 0) return;
  const said = [
    ...(missing.length > 0 ? [`${missing.length} missing (${some(missing)})`] : []),
    ...(surplus.length > 0 ? [`${surplus.length} surplus (${some(surplus)})`] : []),
  ].join(", ");
  throw new Error(
    `${source.name}: tensors differ from ${table.name} with this configuration: ${said}. ` +
      "Is it a whole checkpoint, and its config.json the one of these weights?",
  );
}

/** Ours as a packed weight [I, O]; a table, which is not turned, as that of its transpose. */
async function packedOf(rule: NameRule, { kind, ...numbers }: Blocks): Promise<Weight> {
  const [rows, columns] = shapeOfTheirs(rule) as [number, number];
  const ours = async (values: Float32Array, width: number): Promise<Float32Array> => {
    const [theirs, turned] = tf.tidy(() => {
      const theirs = tf.tensor2d(values, [rows, width]);
      const x = oursOf(rule, theirs);
      return [theirs, rule.transpose ? x : x.transpose()]; // [I, O]
    }) as [tf.Tensor, tf.Tensor];
    const data = (await turned.data()) as Float32Array;
    tf.dispose([theirs, turned]);
    return data;
  };
  return packNumbers(kind, {
    shape: [columns, rows],
    numbers: await ours(numbers.numbers, columns),
    scale: await ours(numbers.scale, columns / groupSize),
    ...(numbers.least ? { least: await ours(numbers.least, columns / groupSize) } : {}),
  });
}

type Tree = Weight | Tree[] | { [name: string]: Tree };

/** "blocks.0.norm.gain" and the like as nested arrays and records. */
function grow(named: ReadonlyMap<string, Weight>): Tree {
  const branches = new Map<string, Map<string, Weight>>();
  for (const [name, tensor] of named) {
    if (name === "") return tensor;
    const dot = name.indexOf(".");
    const head = dot < 0 ? name : name.slice(0, dot);
    const branch = branches.get(head) ?? new Map<string, Weight>();
    branches.set(head, branch.set(dot < 0 ? "" : name.slice(dot + 1), tensor));
  }
  const entries = [...branches].map(([head, branch]): [string, Tree] => [head, grow(branch)]);
  return entries.every(([head], i) => head === String(i))
    ? entries.map(([, branch]) => branch)
    : Object.fromEntries(entries);
}

const same = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((length, i) => length === b[i]);

const list = (shape: readonly number[]): string => `[${shape.join(", ")}]`;

const show = (name: string): string => JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}...` : name);

const some = (names: readonly string[]): string =>
  names.slice(0, 3).map(show).join(", ") + (names.length > 3 ? ", ..." : "");
