/**
 * What else may stand before an answer, on SmolLM2-135M and small samples written here: knowledge that the model itself
 * wrote, and keywords that a rule picks.
 *
 *   npx tsx bench/thought/hints.ts      writes datasets/thought-runs/hints.json
 */
import { directionalStimulus, generatedKnowledge } from "../../src/prompt";
import type { KnowledgeShot } from "../../src/prompt";
import { minutesSince, writeResult } from "./runs";
import { openSmol } from "./smol";

/** A question, its right answer, and wrong ones: common sense about numbers, after NumerSense (Lin et al. 2020). */
const questions: readonly [question: string, right: string, ...wrong: string[]][] = [
  ["How many legs does a spider have?", "eight", "six", "four"],
  ["How many legs does an ant have?", "six", "eight", "four"],
  ["How many wheels does a tricycle have?", "three", "two", "four"],
  ["How many wings does a bird have?", "two", "four", "six"],
  ["How many sides does a hexagon have?", "six", "five", "eight"],
  ["How many days are in a week?", "seven", "five", "ten"],
  ["How many months are in a year?", "twelve", "ten", "seven"],
  ["How many arms does an octopus have?", "eight", "six", "ten"],
  ["How many strings does a violin have?", "four", "six", "five"],
  ["How many players of a football team are on the field?", "eleven", "nine", "ten"],
  ["How many corners does a triangle have?", "three", "four", "two"],
  ["How many seasons does a year have?", "four", "three", "two"],
];
const instruction = "Write a fact that helps to answer the question.";
const shots: readonly KnowledgeShot[] = [
  {
    question: "How many wheels does a car have?",
    knowledge: "A car has two wheels in front and two at the back.",
  },
  {
    question: "Can penguins fly?",
    knowledge: "Penguins are birds with short wings that they use for swimming.",
  },
  { question: "Is ice lighter than water?", knowledge: "Ice floats on water because it is less dense." },
];
const statements = 4; // the paper takes 20

const articles: readonly string[] = [
  "The Nile flows through eleven countries in Africa. It is about 6,650 kilometres long. Egypt gets almost all of its water from the river.",
  "Marie Curie was born in Warsaw in 1867. She found radium and polonium with her husband Pierre. She won the Nobel Prize in physics and in chemistry.",
  "The city of Bergen will build a new tram line in spring. The line has twelve stops and costs 90 million euros. Mayor Hansen hopes that fewer people will drive to work.",
  "Honey bees dance to tell each other where flowers are. The angle of the dance shows the direction from the sun. Karl von Frisch found this out in Austria.",
  "Rosa opened a small bakery in Lisbon last year. She sells 300 loaves a day. On Sundays the queue reaches the church on the corner.",
  "The museum in Oslo shows a Viking ship that was found in 1880. A farmer had dug into a hill at Gokstad. The ship is 23 metres long and made of oak.",
];

/** Names and numbers that are not at the beginning of a sentence: what a summary should mention. At most three. */
const keywords = (article: string): string[] =>
  [...new Set(article.match(/(?<=[a-z,] )(?:[A-Z][a-z]+|\d[\d,]*)/g) ?? [])].slice(0, 3);

interface Known {
  readonly question: string;
  readonly gold: string;
  /** The answer without knowledge, with it, and the statement that won ("" where none did). */
  readonly without: string;
  readonly answer: string;
  readonly knowledge: string;
  readonly informed: readonly {
    readonly knowledge: string;
    readonly answer: string;
    readonly probability: number;
  }[];
}

async function main(): Promise<void> {
  const started = performance.now();
  const smol = await openSmol();
  const { write, score } = smol;
  const known: Known[] = [];
  for (const [question, gold, ...wrong] of questions) {
    // Sorted: the right answer is not always the first one of equals.
    const answers = [gold, ...wrong].sort().map((each) => ` ${each}`);
    const { answer, knowledge, informed, without } = await generatedKnowledge({
      question,
      answers,
      write,
      score,
      instruction,
      shots,
      count: statements,
      draw: { temperature: 0.7, maxNewTokens: 24, stop: ["\n"] },
      ask: (said, asked) => `${said === "" ? "" : `${said}\n`}Question: ${asked}\nAnswer:`,
    });
    known.push({
      question,
      gold,
      without: without.trim(),
      answer: answer.trim(),
      knowledge,
      informed: informed.map(({ knowledge: said, best, probabilities }) => ({ knowledge: said, answer: (answers[best] as string).trim(), probability: Number((probabilities[best] as number).toFixed(4)) })), // prettier-ignore
    });
  }
  const right = (of: (each: Known) => string): number =>
    known.filter((each) => of(each) === each.gold).length;
  const rightWith = right(({ answer }) => answer);
  const rightWithout = right(({ without }) => without);
  console.log(rightWithout, rightWith, "of", known.length, minutesSince(started));

  const stimuli = [];
  for (const input of articles) {
    const { hints, text, followed, plain } = await directionalStimulus({ input, instruction: "Summarize the article in one sentence", hint: keywords, write, options: { maxNewTokens: 45, stop: ["\n\n"] } }); // prettier-ignore
    // Without hints in its prompt, a text may mention them all the same: that is what following them is compared with.
    const said = hints.filter((hint) => plain.text.toLowerCase().includes(hint.toLowerCase())).length;
    stimuli.push({ hints, text, followed, plainText: plain.text, plainFollowed: said / hints.length });
    console.log(hints, followed, said / hints.length, text, "|", plain.text);
  }
  writeResult("hints", {
    about: `knowledge: ${known.length} questions, ${statements} statements each, by the most confident answer. stimulus: share of up to three names and numbers of an article that a summary of it mentions.`,
    command: "npx tsx bench/thought/hints.ts",
    ...smol.about,
    minutes: minutesSince(started),
    right: { without: rightWithout, with: rightWith, of: known.length },
    knowledge: known,
    stimulus: stimuli,
  });
  smol.close();
}

void main();
