import type { Bundle, KernelHooks } from "../../src/lab/kernel";

export interface Sent {
  readonly data: Bundle;
  readonly id?: string;
  readonly update?: boolean;
}

const hooks = globalThis as typeof globalThis & KernelHooks;

/** Runs `work` as if in a notebook and gives what it sent. */
export async function inFakeNotebook(work: () => unknown): Promise<Sent[]> {
  const sent: Sent[] = [];
  hooks.labDisplay = (data, options = {}) => void sent.push({ data, ...options });
  try {
    await work();
  } finally {
    delete hooks.labDisplay;
  }
  return sent;
}

/** Runs `work` and gives what it printed by console.log. */
export function printed(work: () => void): string[] {
  const lines: string[] = [];
  const log = console.log;
  console.log = (...parts: unknown[]) => void lines.push(parts.join(" "));
  try {
    work();
  } finally {
    console.log = log;
  }
  return lines;
}
