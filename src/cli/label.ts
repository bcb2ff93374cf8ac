import path from "node:path";
import { type Command } from "commander";
import type { Ranking } from "../align";
import { readPreferences } from "../align/node";
import { groupByPrompt, preferenceText } from "../data";
import { loadPreferences } from "../data/node";
import { makeRng, shuffle } from "../engine";
import { keyOf, MAX_ANSWERS, openLabelFile, prepareItems, startLabelServer } from "../lab/node";
import type { LabelItem } from "../lab/node";
import { interrupted } from "./writing/interrupted";
import { whole } from "./numbers";

interface Options {
  readonly pairs?: string;
  readonly out?: string;
  readonly port?: number;
  readonly seed: number;
  readonly count?: number;
  readonly rank?: boolean;
  readonly json?: boolean;
}

/** How many of the shipped prompts are asked without --count: some twenty minutes' work. */
const USUAL = 40;

/** `lab label`: a page where answers are compared, and a file that a reward model learns from. */
export function registerLabel(program: Command): void {
  program
    .command("label")
    .description("serve a page to compare answers by hand; every label is saved at once, Ctrl-C ends")
    .option(
      "--pairs <file>",
      "what to label: .jsonl with prompt and answers, or prompt, chosen and rejected (default: real answers of five models)",
    )
    .option(
      "--out <file>",
      "where labels go (default: .lab/labels/NAME.jsonl); those in it are not asked again",
    )
    .option(
      "--count <n>",
      `label n of them, drawn by the seed (default: ${USUAL} of the real answers, all of a file)`,
      whole(1),
    ) // prettier-ignore
    .option("--rank", "put all answers to a prompt in order, where more than two are known")
    .option("--seed <n>", "of what is drawn, and of the places where answers stand", whole(0), 1)
    .option("--port <n>", "listen on this port (default: a free one)", whole(1))
    .option("--json", "print the result as JSON and nothing else; the address goes to the error output")
    .action(async (options: Options) => {
      try {
        await label(path.resolve(__dirname, "..", ".."), options);
      } catch (error) {
        console.error((error as Error).message);
        process.exitCode = 1;
      }
    });
}

async function label(root: string, options: Options): Promise<void> {
  const { pairs, out, port, seed, json } = options;
  const name =
    pairs === undefined ? "preferences" : path.basename(pairs).replace(/(\.items)?\.jsonl(\.gz)?$/, "");
  const target = path.resolve(out ?? path.join(root, ".lab", "labels", `${name}.jsonl`));
  if (pairs !== undefined && path.resolve(pairs) === target)
    throw new Error("--pairs and --out are the same file. Cure: another file for the labels.");
  const items = prepareItems(await itemsOf(options), seed);
  if (items.length === 0) throw new Error(`${pairs}: nothing in it can be labelled.`);
  const file = openLabelFile(target);
  const shown = path.relative(process.cwd(), target) || target;
  const server = await startLabelServer({
    items,
    file,
    fileName: shown,
    ...(port === undefined ? {} : { port }),
  });
  const say = json === true ? console.error : console.log;
  say(`Open ${server.url}`);
  say(`Labels go to ${shown} (${doneOf()} of ${items.length} are there). Ctrl-C ends.`);
  await interrupted();
  await server.close();
  if (json === true)
    console.log(JSON.stringify({ file: target, labelled: doneOf(), items: items.length }, null, 2));
  else
    console.log(
      `${doneOf()} of ${items.length} are labelled, in ${shown}. To go on: the same command again.`,
    );

  function doneOf(): number {
    const labelled = new Set(file.labels().map(keyOf));
    return items.filter(({ key }) => labelled.has(key)).length;
  }
}

async function itemsOf({ pairs, rank, seed, count }: Options): Promise<LabelItem[]> {
  const known = pairs === undefined ? shippedItems(rank) : await fileItems(pairs, rank);
  const all = [...new Map(known.map((item) => [keyOf(item), item])).values()];
  const wanted = count ?? (pairs === undefined ? USUAL : all.length);
  return wanted < all.length ? shuffle(makeRng(seed), all).slice(0, wanted) : all;
}

function shippedItems(rank = false): LabelItem[] {
  const real = loadPreferences();
  if (!rank) return real.map((pair) => ({ prompt: preferenceText(pair), answers: pair.answers }));
  return groupByPrompt(real)
    .filter(({ answers }) => answers.length > 2)
    .map((group) => ({ prompt: preferenceText(group), answers: group.answers.slice(0, MAX_ANSWERS) }));
}

async function fileItems(file: string, rank = false): Promise<LabelItem[]> {
  const { rankings } = await readPreferences(file, { unlabelled: true });
  return rank ? gathered(rankings) : [...rankings];
}

/** All answers that a file has for a prompt as one item. */
function gathered(rankings: readonly Ranking[]): LabelItem[] {
  const answers = new Map<string, Set<string>>();
  for (const { prompt, answers: own } of rankings)
    answers.set(prompt, new Set([...(answers.get(prompt) ?? []), ...own]));
  return [...answers].map(([prompt, all]) => ({ prompt, answers: [...all].slice(0, MAX_ANSWERS) }));
}
