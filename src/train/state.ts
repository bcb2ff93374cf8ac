import { makeRng } from "../engine";
import type { Rng } from "../engine";
import { disposeTree } from "../tree";
import { initAdamW } from "./adamw";
import type { AdamWState } from "./adamw";

/**
 * All that a training run carries from step to step. `train` replaces what is in it and frees what was there, so read
 * `state.params` anew after each record. With the same state, data and engine a run goes on as if it had never stopped.
 */
export interface Training<P> {
  params: P;
  optimizer: AdamWState;
  /** Updates done. */
  step: number;
  /** Batches and dropout of step t draw from forks of this key and t, so that t alone says where they are. */
  readonly rng: Rng;
}

/**
 * A run before its first step. It owns `params` from now on: `disposeTraining(state)` frees them.
 * @param params nested arrays and records of float32 tensors
 * @param seed of batches and dropout; the parameters have their own
 */
export function startTraining<P>(params: P, seed = 0): Training<P> {
  return { params, optimizer: initAdamW(params), step: 0, rng: makeRng(seed) };
}

/** Frees parameters and optimizer. */
export function disposeTraining<P>({ params, optimizer }: Training<P>): void {
  disposeTree([params, optimizer]);
}
