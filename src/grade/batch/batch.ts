import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { findLab, labs as allLabs } from "../../lab/checks";
import type { Lab } from "../../lab/exercise";
import type { GradedSubmission } from "../class/model";
import { readHidden, withHidden } from "../hidden";
import { chooseLauncher, type IsolationName } from "../isolation";
import { probe } from "../probe";
import { DEFAULT_LIMITS, type Limits } from "../sandbox";
import { fixedFiles, keyOf } from "./fixed";
import { givenBy, type Plan } from "./grade-one";
import { overall, ungraded } from "./outcome";
import { readResult, writeResult } from "./results";
import { inShard, type Shard } from "./shards";
import { listSubmissions, readSubmission, readTimes, type Submission } from "./submissions";
import { runWorkers, type Done, type Work } from "./workers";

export interface BatchOptions {
  /** The project's folder. */
  readonly root: string;
  /** The folder of submissions. */
  readonly dir: string;
  /** Where results/<learner>.json goes. */
  readonly out: string;
  readonly jobs: number;
  /** Numbers or names of labs; all that somebody handed in, if left out. */
  readonly labs?: readonly string[];
  readonly limits?: Limits;
  readonly seed?: number;
  readonly isolation?: IsolationName | "auto";
  readonly shard?: Shard;
  /** A teacher's module of hidden checks; see hidden.ts. */
  readonly hidden?: string;
  /** Grades also what has a result already. */
  readonly fresh?: boolean;
  /** Ends the batch: what is done stays, and the next run goes on from there. */
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: BatchProgress) => void;
}

export interface BatchProgress {
  readonly done: number;
  /** Of `done`, how many had their result from an earlier run. */
  readonly kept: number;
  readonly total: number;
  /** The result that has just come. */
  readonly latest?: GradedSubmission;
}

export interface BatchOutcome {
  /** By learner; not complete when the batch was stopped. */
  readonly results: readonly GradedSubmission[];
  readonly kept: number;
  readonly total: number;
  readonly isolation: Plan["isolation"];
  readonly labs: readonly string[];
  /** Files of the folder that are no submissions. */
  readonly skipped: readonly string[];
  /** Submissions without a grade by a fault of the grader, with what happened. */
  readonly faults: readonly { readonly learner: string; readonly fault: string }[];
}

/**
 * Grades a class: every submission in a process of its own below one of `jobs` workers, results on the disk as they
 * come. A result whose key has not changed is not made again.
 *
 * @throws RangeError for a folder, lab or file of times that is wrong; IsolationError where the isolation that was
 * asked for does not work
 */
export async function gradeClass(options: BatchOptions): Promise<BatchOutcome> {
  const { root, dir, out, jobs, shard, fresh = false, onProgress = () => undefined } = options;
  const { limits = DEFAULT_LIMITS, seed = 1, signal = new AbortController().signal } = options;
  const { entries, skipped } = listSubmissions(dir);
  const times = readTimes(dir);
  const all: Submission[] = [];
  for (const entry of entries) all.push(await readSubmission(entry, times));
  const hidden = options.hidden === undefined ? undefined : path.resolve(options.hidden);
  const added = hidden === undefined ? undefined : await readHidden(hidden);
  const labs = withHidden(chosenLabs(options.labs, all), added?.checks ?? []);
  const launcher = chooseLauncher(options.isolation);
  const isolation = await probe(launcher, limits);
  const ids = labs.map(({ id }) => id);
  const fixed = { ...fixedFiles(labs), ...(added && { "hidden checks": added.sha256 }) };
  const plan: Plan = { root, labs: ids, limits, seed, isolation, fixed, ...(hidden && { hidden }) };

  const mine = shard === undefined ? all : all.filter(({ learner }) => inShard(learner, shard));
  const results: GradedSubmission[] = [];
  const faults: { learner: string; fault: string }[] = [];
  const works: Work[] = [];
  for (const submission of mine) {
    const key = keyFor(submission, plan);
    const there = fresh ? undefined : readResult(out, submission.learner);
    if (there?.key === key) results.push(kept(there, submission, out));
    else works.push({ submission, key });
  }
  const state = { kept: results.length, total: mine.length };
  onProgress({ ...state, done: results.length });
  const take = (done: Done): void => {
    const result = "result" in done ? done.result : faultyResult(done.work, plan, labs);
    if ("fault" in done) faults.push({ learner: result.learner, fault: done.fault });
    writeResult(out, result);
    results.push(result);
    onProgress({ ...state, done: results.length, latest: result });
  };
  await runWorkers(works, jobs, plan, launcher.by, take, signal);
  results.sort((a, b) => (a.learner < b.learner ? -1 : 1));
  return { results, ...state, isolation, labs: ids, skipped, faults };
}

/** The labs that are named, else those of which somebody handed something in. */
function chosenLabs(named: readonly string[] | undefined, all: readonly Submission[]): readonly Lab[] {
  if (named !== undefined) {
    const wanted = new Set(named.map(findLab));
    return allLabs.filter((lab) => wanted.has(lab));
  }
  const found = allLabs.filter(({ topic }) => all.some(({ files }) => `${topic}.ts` in files));
  if (found.length > 0) return found;
  const problem = all.find(({ problems }) => problems.length > 0)?.problems[0];
  throw new RangeError(
    "No submission has a file named like a lab (01-tokenization.ts), so it is not clear what to grade. " +
      `Name the lab: --lab 01.${problem === undefined ? "" : `\nThe first problem: ${problem}`}`,
  );
}

/** Changes with everything on which points can depend. */
function keyFor({ source, files }: Submission, { root, labs, limits, seed, fixed }: Plan): string {
  const given = [...new Set(Object.values(files).flatMap((text) => givenBy(text)))].map((topic) =>
    createHash("sha256")
      .update(readFileSync(path.join(root, "labs", `${topic}.ts`)))
      .digest("hex"),
  );
  return keyOf(1, source.kind, source.sha256, files, labs, limits, seed, fixed, given);
}

/** A result from before, with what can change without grading anew: the name of its file and the time of handing in. */
function kept(result: GradedSubmission, { source }: Submission, out: string): GradedSubmission {
  if (JSON.stringify(result.source) === JSON.stringify(source)) return result;
  const now = { ...result, source };
  writeResult(out, now);
  return now;
}

/** A submission that the grader failed on: error, no points, and a key that no later run takes for its own. */
function faultyResult({ submission, key }: Work, plan: Plan, chosen: readonly Lab[]): GradedSubmission {
  const message = "The grader failed on this submission; its teacher was told.";
  const labs = chosen.map((lab) => ungraded(lab, "error", message));
  return {
    version: 1,
    learner: submission.learner,
    source: submission.source,
    key: `${key}-fault`,
    isolation: plan.isolation,
    fixed: plan.fixed,
    problems: [...submission.problems, message],
    ...overall(labs),
    labs,
    gradedAt: new Date().toISOString(),
    seconds: 0,
  };
}
