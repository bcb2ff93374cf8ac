import type { Exercise, Lab } from "../exercise";
import { startHereLab } from "./00-start-here";
import { tokenizationLab } from "./01-tokenization";
import { embeddingsLab } from "./02-embeddings";
import { positionalEncodingLab } from "./03-positional-encoding";
import { multiHeadLab } from "./04-multi-head-attention";
import { architecturesLab } from "./05-architectures";
import { pretrainingLab } from "./06-pretraining";
import { generationLab } from "./07-generation";
import { inContextLab } from "./08-in-context-learning";
import { chainOfThoughtLab } from "./09-chain-of-thought";
import { petVerbalizersLab } from "./10-pet-verbalizers";
import { rlhfLab } from "./11-rlhf";

/** Every lab, in order. */
export const labs: readonly Lab[] = [
  startHereLab,
  tokenizationLab,
  embeddingsLab,
  positionalEncodingLab,
  multiHeadLab,
  architecturesLab,
  pretrainingLab,
  generationLab,
  inContextLab,
  chainOfThoughtLab,
  petVerbalizersLab,
  rlhfLab,
];

/** The lab with this number ("01" or "1") or name ("01-tokenization"). Throws a RangeError that lists the labs. */
export function findLab(name: string): Lab {
  const padded = name.padStart(2, "0");
  const lab = labs.find(({ id, topic }) => id === padded || topic === name);
  if (lab === undefined) {
    throw new RangeError(
      `There is no lab "${name}". The labs are: ${labs.map(({ topic }) => topic).join(", ")}.`,
    );
  }
  return lab;
}

/** The exercise "01/count-pairs". Throws a RangeError that lists what there is. */
export function findExercise(id: string): { lab: Lab; exercise: Exercise } {
  const [number = "", name = ""] = id.split("/");
  const lab = findLab(number);
  const exercise = lab.exercises.find((candidate) => candidate.id === name);
  if (exercise === undefined) {
    const all = lab.exercises.map((candidate) => `${lab.id}/${candidate.id}`);
    throw new RangeError(`There is no exercise "${id}". Lab ${lab.id} has: ${all.join(", ")}.`);
  }
  return { lab, exercise };
}

/** An exercise of a lab by its number (from 1), its name or its function. Throws a RangeError that lists them. */
export function exerciseOf(lab: Lab, name: string): Exercise {
  const found = lab.exercises.find(
    ({ id, fn }, i) => String(i + 1) === name || id === name || fn === name || `${lab.id}/${id}` === name,
  );
  if (found !== undefined) return found;
  const all = lab.exercises.map(({ id }, i) => `${i + 1} ${id}`).join(", ");
  throw new RangeError(`Lab ${lab.id} has no exercise "${name}". It has: ${all}`);
}
