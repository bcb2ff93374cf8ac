import { enliven, type Traces } from "./live";
import type { PlainTensor } from "./plain";
import { copyValue, type IsProxy } from "./values";

/** One call of a learner's function: what came back, the arguments as they are afterwards, and the time it took. */
export interface Run extends Traces {
  readonly value: unknown;
  readonly args: readonly unknown[];
  /** Milliseconds: processor time where the runner can tell it, else wall-clock time. */
  readonly ms: number;
}

/** A learner's function as checks see it: always asynchronous, since it may live in another process. */
export interface Learner {
  /** The function's name, for messages. */
  readonly fn: string;
  /**
   * Calls it on a copy of `args`. With `dy`, the value is the gradient of sum(dy * fn(...args)) with respect to
   * argument `by`, counted from 0. Throws a LearnerFault when no value comes back.
   */
  run(args: readonly unknown[], dy?: PlainTensor, by?: number): Promise<Run>;
}

/** Why no value came back. */
export type FaultKind = "threw" | "todo" | "timeout" | "crash" | "memory" | "missing" | "syntax";

export class LearnerFault extends Error {
  constructor(
    readonly kind: FaultKind,
    message: string,
    /** The same text for everybody to whom this happens; see CheckFailure. */
    readonly mistake: string | undefined = MISTAKES[kind],
  ) {
    super(message);
    this.name = "LearnerFault";
  }
}

/** What is not written, not found or does not compile is a state of the exercise, and no mistake of its code. */
const MISTAKES: Partial<Readonly<Record<FaultKind, string>>> = {
  timeout: "The call did not end in time.",
  crash: "The process ended during the call.",
  memory: "The call used more memory than it may.",
};

/** A stub as shipped throws this; it means "not started", which is no failure. */
const TODO = /^Not implemented yet\b/;

/** The fault for an error that learner code threw. `where` is a place in the learner's file, if known. */
export function faultOf(error: { name: string; message: string }, where = ""): LearnerFault {
  if (TODO.test(error.message)) return new LearnerFault("todo", error.message);
  const short = error.message.length > 300 ? `${error.message.slice(0, 300)}…` : error.message;
  const name = /^\w{1,40}$/.test(error.name) ? error.name : "an error";
  const said = `threw ${error.name}: ${short}${where === "" ? "" : ` (${where})`}`;
  return new LearnerFault("threw", said, `The call threw ${name}.`);
}

/** The fault for whatever a call in this process threw. */
export function callFault(error: unknown): LearnerFault {
  const { name, message } = error instanceof Error ? error : { name: "a value", message: String(error) };
  return faultOf({ name, message });
}

/** A learner's function in this very process, for `check` in a notebook. Endless loops are the reader's to stop. */
export function localLearner(fn: string, learnerFunction: unknown, isProxy?: IsProxy): Learner {
  return {
    fn,
    async run(args) {
      if (typeof learnerFunction !== "function") {
        throw new LearnerFault("missing", `${fn} is not a function: is it exported and imported?`);
      }
      const { args: mine, still } = enliven(copyValue(args) as unknown[]);
      const start = performance.now();
      let value: unknown;
      try {
        value = await (learnerFunction as (...args: unknown[]) => unknown)(...mine);
      } catch (error) {
        throw callFault(error);
      }
      const ms = performance.now() - start;
      return {
        value: copyValue(value, isProxy, still),
        args: copyValue(mine, isProxy, still) as unknown[],
        ms,
      };
    },
  };
}
