/** Models of a hub, by Hugging Face's own client, which is loaded when it is asked for. */
import { join } from "node:path";
import { writeChecked } from "./checked";
import { writeRecord } from "./place";
import type { FileToPull, PulledModel, PullOptions } from "./types";

/** Small files that say what the weights are. */
const around = ["config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", "chat_template.jinja"]; // prettier-ignore
const weights = /^model(-\d{5}-of-\d{5})?\.safetensors$|^model\.safetensors\.index\.json$/;

/** Whether a name can be one of a hub: "org/name". */
export function isHubName(name: string): boolean {
  return /^[A-Za-z0-9][\w.-]{0,95}\/[A-Za-z0-9][\w.-]{0,95}$/.test(name) && !name.includes("..");
}

/**
 * Pulls a repository's configuration, tokenizer and safetensors, or one GGUF file of it, to a folder. A download that
 * was cut off is gone on with.
 *
 * @throws Error that names the repository: no network, no such repository or file, nothing that can be loaded; the file
 *   whose size or hash is not what the hub says
 */
export async function pullFromHub(
  name: string,
  folder: string,
  options: PullOptions = {},
): Promise<PulledModel> {
  const { onProgress, signal, revision = "main", hub = process.env["HF_ENDPOINT"] } = options;
  const client = await import("@huggingface/hub");
  const token = process.env["HF_TOKEN"];
  const place = {
    repo: { type: "model" as const, name },
    revision,
    ...(hub ? { hubUrl: hub } : {}),
    ...(token ? { accessToken: token } : {}),
  };
  const files: FileToPull[] = [];
  try {
    for await (const entry of client.listFiles(place)) {
      if (entry.type !== "file") continue;
      const hash = entry.lfs
        ? { kind: "sha256" as const, hex: entry.lfs.oid.replace(/^sha256:/, "") }
        : { kind: "git" as const, hex: entry.oid ?? "" };
      files.push({ file: entry.path, bytes: entry.lfs?.size ?? entry.size, hash });
    }
  } catch (error) {
    throw new Error(`${name}: the hub cannot be asked for its files: ${reasonOf(error)}`, { cause: error });
  }
  const wanted = choose(name, files, options.file);
  for (const each of wanted) {
    signal?.throwIfAborted();
    await writeChecked(
      join(folder, each.file),
      each,
      async (start) => {
        // By plain HTTP: the chunked protocol cannot begin in the middle of a file.
        const blob = await client
          .downloadFile({ ...place, path: each.file, xet: false })
          .catch((error: unknown) => {
            throw new Error(`${name}: ${each.file} cannot be had: ${reasonOf(error)}`, { cause: error });
          });
        if (!blob) throw new Error(`${name}: the hub has no ${each.file}.`);
        return stream(blob.slice(start), signal);
      },
      (done) => onProgress?.({ model: name, step: "download", file: each.file, done, total: each.bytes }),
    );
  }
  const model = { name, source: `hub, ${name}, ${revision}`, files: wanted };
  await writeRecord(folder, model);
  return model;
}

function choose(name: string, files: readonly FileToPull[], gguf: string | undefined): FileToPull[] {
  const known = new Map(files.map((each) => [each.file, each]));
  const ggufs = files.filter(({ file }) => /^[^/]+\.gguf$/.test(file));
  const list = ggufs.map(({ file }) => file).join(", ");
  if (gguf !== undefined) {
    const one = ggufs.find(({ file }) => file === gguf);
    if (one) return [one];
    throw new Error(`${name}: there is no GGUF file ${gguf}; there are ${list || "none"}.`);
  }
  const found = files.filter(({ file }) => weights.test(file));
  if (found.length === 0)
    throw new Error(
      `${name}: it has no model.safetensors. ` +
        (list ? `Cure: lab model pull ${name} --file NAME with one of ${list}.` : "Take another repository."),
    );
  if (!known.has("config.json")) throw new Error(`${name}: it has no config.json.`);
  // Shards and one file together: one file is enough.
  const whole = known.get("model.safetensors");
  return [...around.flatMap((file) => known.get(file) ?? []), ...(whole ? [whole] : found)];
}

async function* stream(blob: Blob, signal: AbortSignal | undefined): AsyncGenerator<Uint8Array, void> {
  const reader = (blob.stream() as ReadableStream<Uint8Array>).getReader();
  try {
    for (;;) {
      signal?.throwIfAborted();
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

function reasonOf(error: unknown): string {
  const { message, cause, statusCode } = error as Error & { cause?: unknown; statusCode?: number };
  if (statusCode === 401 || statusCode === 403 || statusCode === 404)
    return `${message} (no such repository, or one that needs an account: set HF_TOKEN)`;
  const why = cause instanceof Error && cause.message ? `: ${cause.message}` : "";
  return message === "fetch failed" ? `no network${why}` : `${message}${why}`;
}
