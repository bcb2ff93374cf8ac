import js from "@eslint/js";
import tseslint from "typescript-eslint";

/** The layers of src/, lowest first. A layer imports only from itself and from the layers before it. */
const layers = [
  ...["engine", "ops", "tree", "nn", "models", "text", "embeddings", "checkpoints", "data", "train", "lens"],
  ...["generate", "prompt", "align", "lab", "grade", "demo", "cli"],
];

const oneWay = layers.map((layer, i) => ({
  files: [`src/${layer}/**/*.ts`],
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          ...layers.slice(i + 1).map((above) => ({
            regex: `^(\\.\\./)+${above}(/|$)`,
            message: `src/${layer} lies below src/${above}: layers import only downwards (${layers.join(" < ")}).`,
          })),
          ...(layer === "engine"
            ? []
            : [
                {
                  regex: "^@tensorflow/",
                  message: "Import tf from src/engine: it alone chooses the backend.",
                },
              ]),
        ],
      },
    ],
  },
}));

export default tseslint.config(
  { ignores: ["labs/", "dist/", "node_modules/", ".venv/", ".lab/", "coverage/", "notebooks/"] },
  js.configs.recommended,
  ...tseslint.configs.recommended,
  {
    // `{ a, ...rest }` is how a field is left out.
    rules: { "@typescript-eslint/no-unused-vars": ["error", { ignoreRestSiblings: true }] },
  },
  {
    files: ["**/*.{mjs,cjs}"],
    languageOptions: {
      globals: {
        process: "readonly",
        console: "readonly",
        Buffer: "readonly",
        URL: "readonly",
        setTimeout: "readonly",
        clearTimeout: "readonly",
        setInterval: "readonly",
        clearInterval: "readonly",
        require: "readonly",
        module: "writable",
        __dirname: "readonly",
        globalThis: "readonly",
        performance: "readonly",
        fetch: "readonly",
        AbortSignal: "readonly",
        TextDecoder: "readonly",
        TextEncoder: "readonly",
      },
    },
  },
  { files: ["**/*.cjs"], rules: { "@typescript-eslint/no-require-imports": "off" } },
  {
    // A wrong solution may ignore what the right answer needs.
    files: ["test/mutants/**/*.ts"],
    rules: { "@typescript-eslint/no-unused-vars": "off" },
  },
  ...oneWay,
);
