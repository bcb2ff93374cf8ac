import { createRequire } from "node:module";
import { cpus } from "node:os";
import { keepPrograms } from "./programs";
import { quietTensorflow, repairUtil, withoutBanner } from "./repair";
import { readSetupRecord } from "./setup-record";
import { tf } from "./tf";
import type { Loaded } from "./types";

/** The part of tfjs-node's backend that the lab speaks to directly. */
export interface NativeBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: { readonly TF_Version: string } & Readonly<Record<string, unknown>>;
}

export function nativeBackend(): NativeBackend | undefined {
  return (tf.findBackend("tensorflow") as unknown as NativeBackend | null) ?? undefined;
}

/**
 * Native TensorFlow through tfjs-node. Node only. Importing this file loads nothing; calling it loads TensorFlow's
 * shared library (about a second). Throws an Error with the reason and the cure.
 */
export async function loadNative(): Promise<Loaded> {
  repairUtil();
  quietTensorflow();
  keepPrograms();
  try {
    const load = createRequire(__filename);
    await withoutBanner(() => load("@tensorflow/tfjs-node") as unknown);
  } catch (error) {
    throw new Error(whyNot(error as NodeJS.ErrnoException));
  }
  const backend = nativeBackend();
  if (!backend) throw new Error("tfjs-node loaded but registered no backend. Cure: npm run setup");
  return {
    device: backend.isUsingGpuDevice ? "GPU (CUDA)" : cpuName(),
    software: false,
    versions: { tensorflow: backend.binding.TF_Version },
  };
}

/** The processor's name and threads, as the operating system tells them. */
export function cpuName(): string {
  const all = cpus();
  const model = all[0]?.model.trim() || process.arch;
  return `CPU ${model}, ${all.length} ${all.length === 1 ? "thread" : "threads"}`;
}

/** One sentence for a TensorFlow that does not load: the loader's reason, what set-up noted, and the cure. */
export function whyNot(error: NodeJS.ErrnoException, record = readSetupRecord()): string {
  const cure = "Cure: npm run setup";
  const noted =
    record === null
      ? "set-up has not run here"
      : typeof record === "string"
        ? record.replace(`. ${cure}`, "")
        : // The reasons are whole sentences.
          record.reasons.map((reason) => reason.replace(/\.$/, "")).join("; ") ||
          `set-up noted native: ${record.native}`;
  const first = error.message.split("\n")[0]?.trim() ?? String(error);
  return `native TensorFlow does not load (${first}); ${noted}. ${cure}`;
}
