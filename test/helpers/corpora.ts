import { readFileSync } from "node:fs";
import { join } from "node:path";
import { mixedText } from "./mixedText";

const root = join(__dirname, "..", "..");
const read = (path: string) => readFileSync(join(root, "datasets", path), "utf8");

/** The texts that the golden scripts hash, by the name they use for them. */
export const corpora: Readonly<Record<string, () => string>> = {
  tinyshakespeare: () => read("tinyshakespeare/input.txt"),
  "chinese-classics": () => read("chinese-classics/lunyu.txt") + read("chinese-classics/tangshi300.txt"),
  mixed: () => mixedText(7, 300_000),
};

/** Golden values that an independent implementation wrote (test/golden/NAME.py). */
export function golden<T>(name: string): T {
  return JSON.parse(readFileSync(join(root, "test", "golden", `${name}.json`), "utf8")) as T;
}
