import { loadMasked } from "../../../train/node";
import { namedTensors } from "../../../tree";
import { packRows } from "../rows8";

/** The folder of `Files` that has the packed model. It lies on no disk: it is made of minilm-mlm and its base. */
export const packedFolder = "minilm-packed";

export type PackedFiles = Readonly<Record<"config.json" | "model.safetensors", Uint8Array>>;

let packed: Promise<PackedFiles> | undefined;

/**
 * minilm-mlm on top of its base, whole and in 8 bits; made once a process.
 * @throws Error with the property `missing`, where the base was never pulled and cannot be now
 */
export const packedMiniLM = (): Promise<PackedFiles> => (packed ??= pack());

async function pack(): Promise<PackedFiles> {
  const { config, params, dispose } = await loadMasked("minilm-mlm").catch((error: unknown) => {
    packed = undefined;
    throw Object.assign(new Error(`MiniLM is not here: ${(error as Error).message}`), { missing: true });
  });
  try {
    const json = new TextEncoder().encode(JSON.stringify(config));
    return { "config.json": json, "model.safetensors": await packRows(namedTensors(params)) };
  } finally {
    dispose();
  }
}

/** Whether a widget cannot be shown because its model is not on this machine. */
export const isMissing = (error: unknown): error is Error =>
  error instanceof Error && (error as { missing?: unknown }).missing === true;
