// ---
// jupyter:
//   jupytext:
//     text_representation:
//       extension: .ts
//       format_name: percent
//       format_version: '1.3'
//   kernelspec:
//     display_name: Lab (TypeScript)
//     language: typescript
//     name: lab
// ---

// %% [markdown]
// # 11 · RLHF
//
// A language model writes what is *likely*. People want what is *good*: helpful, honest, harmless. Nobody can write "good" down
// as a formula, but anybody can say which of two answers is better. **Reinforcement learning from human feedback** makes a
// training signal of such comparisons. It is how GPT-3 became InstructGPT, and later ChatGPT (Ouyang et al. 2022).
//
// This chapter does all of it, on models that you train here in minutes. Labellers are simulated, and what is truly good is
// known exactly, as it never is with people. So you can watch what papers must guess at: how far the reward model is right,
// when the policy begins to cheat, and what every nat of freedom costs.
//
// **After this chapter you can**
// - name the three steps of InstructGPT, and say what each brings;
// - train a reward model from rankings, with all answers of a prompt as one example, and test whether its numbers mean anything;
// - write PPO's parts: the KL penalty for each token, advantages, the clipped objective, the pretraining mix;
// - compare with best-of-n and with DPO, at the same distance from the first model;
// - see over-optimisation, reward hacking and a collapsed policy, and name them from their curves.
//
// **Time:** about 3 hours, 2 of them for the exercises. In a hurry? Sections 4, 5 and 7 are the core.
//
// **How it works.** Run a cell with Shift+Enter. You write your answers in the file `labs/11-rlhf.ts`, beside this notebook.
// Save it, run the check cell again: it always takes your newest code. `npx lab reset 11` in a terminal brings the empty
// exercises back and keeps a copy of yours.

// %%
import { readFileSync } from "fs";
import * as align from "transformer-lab/align";
import { loadReward } from "transformer-lab/align/node";
import { readSafetensors } from "transformer-lab/checkpoints";
import * as data from "transformer-lab/data";
import { loadPreferences } from "transformer-lab/data/node";
import { fork, makeRng, tf, useEngine } from "transformer-lab/engine";
import { trainedDecoder } from "transformer-lab/generate";
import { barPlot, check, linePlot, live, lossCurve, measured, quiz, scatterPlot, show, stopFlag, table } from "transformer-lab/lab"; // prettier-ignore
import { labelPage } from "transformer-lab/lab/node";
import type { Decoder } from "transformer-lab/models";
import * as prompt from "transformer-lab/prompt";
import { startTraining } from "transformer-lab/train";
import type { CausalParams } from "transformer-lab/train";
import { loadTrained } from "transformer-lab/train/node";
import { disposeTree, mapTensors } from "transformer-lab/tree";

await useEngine();
console.log(`ready, on ${tf.getBackend()}`);

// %% [markdown]
// ## 1 · Predict first
//
// Choose before you open an answer. Each of the three comes back in the chapter.

// %%
show(
  quiz({
    question:
      "A reward model scores two answers 3.0 and 1.0. Somebody adds 100 to all of its scores. How does its loss on comparisons change?",
    choices: [
      { text: "It grows: the scores are now far too large", why: "The loss never sees a score alone." },
      {
        text: "Not at all",
        correct: true,
        why: "Only differences are compared: sigmoid(3 - 1) before and after. So its zero must be set by hand (section 4).",
      },
      {
        text: "It falls: both answers are now good",
        why: "Nothing in a comparison says how good the better one is.",
      },
    ],
  }),
);
show(
  quiz({
    question:
      "You draw 16 answers and give the one that the reward model likes best. How far is that from giving the first one, as a KL divergence?",
    choices: [
      { text: "0: the model is the same", why: "The model is, but not the distribution of what you give." },
      {
        text: "1.8 nats",
        correct: true,
        why: "log 16 - 15/16, whatever the model and the reward (section 7, exercise 7). PPO often goes ten times as far.",
      },
      { text: "16 nats", why: "It grows with the logarithm of n." },
      {
        text: "That depends on the model",
        why: "Surprisingly it does not, as long as no two answers score the same.",
      },
    ],
  }),
);
show(
  quiz({
    question:
      "PPO runs on, and the reward model's score goes up and up. The KL penalty is switched off. What happens to the TRUE quality?",
    choices: [
      {
        text: "It rises as well, only more slowly",
        why: "At first. The reward model is a proxy, right about the answers it has seen.",
      },
      {
        text: "It rises, turns over, and falls",
        correct: true,
        why: "Gao et al. 2022: the gold reward follows d (a - b log d) with d = sqrt(KL). Section 7 draws ours.",
      },
      {
        text: "It stays: the policy only learns to please",
        why: "Early on the proxy is a good guide, and following it helps.",
      },
    ],
  }),
);

// %% [markdown]
// ## 2 · A model that writes, and what is wanted
//
// Somebody asks for a tale, *Mia the fox wants the red kite .*, and a model writes it. Tales come from a grammar of some thirty
// sentences (`src/data/tales.ts`), so a small GPT (2 layers of width 64, a word a token) learns to write them in four minutes.
// The **base model** has read 60,000 texts of any kind: tales by writers who did not care, and short notes such as
// *two plus three is five .* And since it is a grammar, a rule can tell how good a tale is. That is the **gold reward**:
//
// | | InstructGPT's aim | here, in points |
// |---|---|---|
// | **helpful** | does what was asked | 1 where the hero gets the thing, in the colour that was asked for |
// | **honest** | does not make things up | -1 for each fact told wrongly: Mia the *dog*, the *blue* kite |
// | **harmless** | hurts nobody | -1 for each sentence in which somebody is bitten, hit, robbed |
// | pleasant | | 0.25 for each different warm sentence, up to three |
// | writing | | -0.5 for a sentence said twice or that is none; -0.05 for each word beyond 40 |
//
// Nobody in this chapter may look at the rule: not the policy, not the reward model. We look at it, to measure.

// %%
const world = align.taleWorld();
const { tokenizer, end } = world;
const open = async (name: string) => trainedDecoder(await loadTrained(name)) as Decoder<CausalParams>;
const base = await open("tales-base");
const sft = await open("tales-sft");
const mean = (list: readonly number[]): number => list.reduce((sum, each) => sum + each, 0) / list.length;
const told = ({ estimate, low, high }: prompt.Interval, digits = 2) =>
  `${estimate.toFixed(digits)} (${low.toFixed(digits)} to ${high.toFixed(digits)})`;

/** 240 requests that no model has learned from: everybody answers the same ones. */
const requests = data.taleRequests(240, "test", makeRng(5));
const answersOf = (writer: Decoder<CausalParams>, count = 1, rng = makeRng(6)) =>
  align.drawTales(world, writer, count === 1 ? requests : requests.slice(0, 20), count, rng);
const goldOf = (drawn: readonly align.TaleAnswers[]) => drawn.map((each) => each.judged[0].reward);
const baseAnswers = await answersOf(base);
show(
  table(
    [0, 1, 2, 3].map((i) => {
      const { request, answers, judged } = baseAnswers[i];
      const { helpful, honest, harmless, pleasant, writing, reward } = judged[0];
      return {
        request: data.talePrompt(request),
        "the base model goes on": tokenizer.decode(answers[0].answer).replace(" [END]", ""),
        helpful: helpful,
        honest: honest,
        harmless: harmless,
        "pleasant + writing": pleasant + writing,
        gold: reward,
      };
    }),
    { title: "It writes well. It does not do what it was asked" },
  ),
);
measured("gold reward of the base model", mean(goldOf(baseAnswers)), { band: [-0.5, 0.15] });

// %% [markdown]
// ## 3 · Step one: demonstrations
//
// InstructGPT's first step is plain: 40 people wrote 13,000 good answers, and GPT-3 was trained on them. **Supervised
// fine-tuning**, SFT, is the loss of chapter 06 with one change: only the tokens of the *answer* are labels. Here are two
// thousand demonstrations by careful writers. They are careful, and not perfect: they forget the wish now and then.
// `lab train rlhf` went over them for 300 steps. Here are the first 40, live:

// %%
const demonstrations = world.demonstrations(2000, makeRng(21));
const ROW = align.TALE_LENGTH - 1; // places of a row: the last token is only a label
const copy = <P>(tree: P): P => mapTensors(tree, (tensor) => tensor.clone()) as P;
async function fineTune(steps: number) {
  const state = startTraining(copy(base.params), 1);
  const run = align.trainSft({
    model: base,
    state: state,
    demonstrations: demonstrations,
    batch: 32,
    length: ROW,
    steps: steps,
    schedule: 1e-3,
    stop: stopFlag(),
  });
  let last = NaN;
  for await (const record of lossCurve(run, { title: "Forty steps of SFT" })) last = record.loss;
  disposeTree(state.optimizer);
  return { params: state.params, loss: last };
}
const forty = await fineTune(40);
const fortyGold = goldOf(await answersOf({ ...base, params: forty.params }));
const sftAnswers = await answersOf(sft);
disposeTree(forty.params);
show(
  table(
    [
      { model: "base", golds: goldOf(baseAnswers) },
      { model: "after 40 steps of SFT", golds: fortyGold },
      { model: "after 300 steps (shipped)", golds: goldOf(sftAnswers) },
    ].map(({ model, golds }) => {
      const against = align.winRate(golds, goldOf(baseAnswers));
      return {
        model: model,
        "gold reward": told(prompt.meanInterval(golds)),
        "wins against base": told(against.rate),
      };
    }),
    { title: "240 requests, 95 % intervals; a draw is half a win" },
  ),
);
measured("gold reward after SFT", mean(goldOf(sftAnswers)), { band: [0.3, 0.75] });
measured("gold reward after 40 steps", mean(fortyGold), { band: [0.1, 0.75] });

// %% [markdown]
// Two thousand demonstrations bring most of what they can: the model now writes as *the demonstrators did*, and so it repeats
// their faults. To write better than they did it would need better writers. But whoever writes badly may still *know* which of
// two tales is better, and comparing costs seconds where writing costs minutes. That is the idea of the next step.
//
// ## 4 · Step two: a model of what people prefer
//
// ### Labellers
//
// The SFT model writes six tales to each request, and a labeller puts them in order. Ours are simulated. *exact* judges as
// the gold reward does, *kind* loves warm words and overlooks wrong facts, *hasty* takes longer for better and hardly checks facts.
// All of them are noisy: of two tales that differ by $u$ points the better one wins with probability $\sigma(u / 0.5)$, the model of
// Bradley and Terry (1952). How often do two of them agree?

// %%
const noise = 0.5;
const drawnTrain = await align.drawTales(world, sft, data.taleRequests(160, "train", makeRng(31)), 6, makeRng(32));
/** How often two labellers put a pair of answers in the same order. */
function agreement(first: align.TaleLabeller, second: align.TaleLabeller, temperature: number): number {
  const by = (who: align.TaleLabeller, seed: number) =>
    align.labelTales(world, drawnTrain, who, temperature, makeRng(seed));
  const [one, other] = [by(first, 1), by(second, 2)];
  let [same, all] = [0, 0];
  one.forEach(({ comparisons }, n) => {
    const theirs = new Set(other[n].comparisons.map((pair) => pair.join()));
    for (const [winner, loser] of comparisons) {
      const [yes, no] = [theirs.has(`${winner},${loser}`), theirs.has(`${loser},${winner}`)];
      if (!yes && !no) continue; // a tie of the other one
      all++;
      if (yes) same++;
    }
  });
  return same / all;
}
const [exact, kind, hasty] = align.taleLabellers;
const noises = [0, 0.25, 0.5, 1, 2];
const pairsOfLabellers: [string, align.TaleLabeller, align.TaleLabeller][] = [
  ["exact and exact, another day", exact, exact],
  ["exact and kind", exact, kind],
  ["exact and hasty", exact, hasty],
  ["kind and hasty", kind, hasty],
];
show(
  linePlot(
    pairsOfLabellers.map(([name, one, other]) => ({
      name: name,
      x: noises,
      y: noises.map((each) => agreement(one, other, each)),
    })),
    { title: "How often two labellers agree", x: "noise of both", y: "share of pairs, 0.5 is chance" },
  ),
);
const agreed = mean(pairsOfLabellers.slice(1).map(([, one, other]) => agreement(one, other, noise)));
measured("agreement of different labellers at noise 0.5", agreed, {
  band: [0.62, 0.82],
  reference: 0.73,
  source: "InstructGPT's labellers, Ouyang et al. 2022, section 3.4",
});

// %% [markdown]
// A noise of 0.5 makes our three about as unlike as InstructGPT's forty were. No reward model can agree with people more than they
// agree with one another, so this number is a ceiling.
//
// ### From comparisons to a number
//
// The reward model is the SFT model without its unembedding, the layer that turned states into scores of words. In its place
// stands one column of numbers, so that a text gets **one number**, $r(x, y)$, read at its last token. Bradley and Terry say what
// it must do: the preferred answer should win with probability $\sigma(r_w - r_l)$. **Exercise 1** is that loss for one pair.

// %%
import { pairLoss } from "./labs/11-rlhf";
await check("11/pair-loss", pairLoss);

// %% [markdown]
// A labeller who puts $K$ answers in order has judged $\binom{K}{2}$ pairs at once. InstructGPT takes them as **one** example:
//
// $$\text{loss}(\theta) = -\frac{1}{\binom{K}{2}}\, E_{(x, y_w, y_l)}\big[\log \sigma\big(r_\theta(x, y_w) - r_\theta(x, y_l)\big)\big]$$
//
// Each answer is read once instead of $K - 1$ times, and a prompt counts the same whatever its $K$. **Exercise 2.**

// %%
import { rankingLoss } from "./labs/11-rlhf";
await check("11/ranking-loss", rankingLoss);

// %% [markdown]
// ### Train one
//
// 160 requests with six answers each, ranked by the three labellers in turn: 2,400 pairs, twenty steps, **one epoch**. The cell
// takes half a minute. How often does the result agree with the *gold* order of answers to new requests?

// %%
const ranked = drawnTrain.flatMap((own, i) =>
  align.labelTales(world, [own], align.taleLabellers[i % 3], noise, fork(makeRng(33), i)),
);
const drawnTest = await align.drawTales(world, sft, requests.slice(0, 80), 6, makeRng(34));
const goldOrder = align.labelTales(world, drawnTest, exact, 0, makeRng(0));
const judge = align.rewardJudge(sft, { length: align.TALE_LENGTH, batch: 96 });
async function rewardOf(compared: readonly align.ComparedAnswers[], epochs: number) {
  const state = startTraining(align.initReward(sft.params, 64, makeRng(1)), 1);
  const run = align.trainReward({
    model: sft,
    state: state,
    compared: compared,
    answers: 6,
    length: align.TALE_LENGTH,
    batch: 8,
    epochs: epochs,
    peak: 2e-3,
    stop: stopFlag(),
  });
  for await (const _ of lossCurve(run, { title: "The ranking loss; log 2 = 0.69 is a coin" }));
  disposeTree(state.optimizer);
  return state.params;
}
/** Agreement with an order, with its interval. */
async function agreesWith(params: align.RewardParams<CausalParams>, compared: readonly align.ComparedAnswers[]) {
  const scores = await align.comparedScores(judge, params, compared);
  const { right, pairs } = align.pairAccuracy(compared, scores);
  return { scores: scores, accuracy: prompt.accuracyInterval(Math.round(right), pairs) };
}
const ownReward = await rewardOf(ranked, 1);
const ownTest = await agreesWith(ownReward, goldOrder);
const shippedReward = await loadReward("tales-reward");
const shippedTest = await agreesWith(shippedReward, goldOrder);
const byLength = goldOrder.map(({ answers }) => answers.map((answer) => answer.length));
const longer = align.pairAccuracy(goldOrder, byLength);
show(
  table(
    [
      { "reward model": "a coin", "agrees with the gold order": "0.50" },
      {
        "reward model": "the longer answer wins",
        "agrees with the gold order": told(prompt.accuracyInterval(Math.round(longer.right), longer.pairs)),
      },
      { "reward model": "yours: 160 requests", "agrees with the gold order": told(ownTest.accuracy) },
      { "reward model": "shipped: 960 requests", "agrees with the gold order": told(shippedTest.accuracy) },
    ],
    { title: "Pairs of answers to 80 new requests, in the right order" },
  ),
);
measured("own reward model, 160 requests", ownTest.accuracy.estimate, { band: [0.6, 0.85] });
measured("shipped reward model, 960 requests", shippedTest.accuracy.estimate, {
  band: [0.7, 0.85],
  reference: 0.724,
  source: "InstructGPT's, on its labellers' pairs",
});

// %% [markdown]
// ### What its numbers mean
//
// A lead of 2 points says: *I am sure by* $\sigma(2)$ = 88 %. Is that so? A reward model is **calibrated** when of all
// pairs with a lead of 2, 88 in 100 are in the right order. And one thing a comparison never tells is where **zero** lies (quiz 1). PPO
// wants rewards around 0, so the mean over demonstrations is taken off. The shipped model had that done:

// %%
const calibration = align.rewardCalibration(goldOrder, shippedTest.scores, 5);
const ideal = [0.5, 1];
show(
  linePlot(
    [
      {
        name: "shipped reward model",
        x: calibration.map((bin) => bin.predicted),
        y: calibration.map((bin) => bin.observed),
      },
      { name: "calibrated", x: ideal, y: ideal },
    ],
    {
      title: "How sure it is, and how often it is right (gold order)",
      x: "sigmoid of the lead",
      y: "share in the right order",
    },
  ),
);
const zero = mean(await judge.judge(shippedReward, world.demonstrations(200, makeRng(51))));
measured("mean reward of new demonstrations", zero, {
  band: [-0.15, 0.15],
  reference: 0,
  source: "Ouyang et al. 2022, section 3.5",
});

// %% [markdown]
// It nearly is: a small lead means little, and a large one holds.
//
// ### More answers, more requests, more epochs
//
// Recorded with three seeds (`npx tsx bench/rlhf/run.ts reward`; the labeller is *exact*, with noise): the same 240 requests with 2 to
// 9 answers each; 60 to 960 requests; and one of the paper's warnings, that the pairs of a prompt must not be shuffled apart.

// %%
interface Recorded {
  readonly what: Readonly<Record<string, string | number>>;
}
const recordedRuns = <R extends Recorded>(name: string) =>
  (JSON.parse(readFileSync(`datasets/rlhf-runs/${name}.json`, "utf8")) as { runs: R[] }).runs;
interface RewardRun extends Recorded {
  readonly accuracy: number;
  readonly own: number;
  readonly loss: number;
  readonly steps: number;
}
const rewardRuns = recordedRuns<RewardRun>("reward");
/** Accuracies of an experiment by its values, in their order: mean and interval over seeds. */
function byValue(experiment: string, name: string, field: "accuracy" | "own" = "accuracy") {
  const own = rewardRuns.filter((run) => run.what["experiment"] === experiment);
  const values = [...new Set(own.map((run) => run.what["value"]))] as number[];
  const intervals = values.map((value) =>
    prompt.meanInterval(own.filter((run) => run.what["value"] === value).map((run) => run[field])),
  );
  return {
    name: name,
    x: values,
    y: intervals.map((each) => each.estimate),
    low: intervals.map((each) => each.low),
    high: intervals.map((each) => each.high),
  };
}
show(
  linePlot([byValue("answers", "240 requests")], {
    title: "More answers to each request",
    x: "K, answers ranked at once",
    y: "agrees with the gold order",
  }),
);
show(
  linePlot([byValue("requests", "6 answers each")], {
    title: "More requests",
    x: "requests",
    y: "agrees with the gold order",
  }),
);
show(
  linePlot(
    [
      byValue("epochs, together", "together: new requests"),
      byValue("epochs, together", "together: its own labels", "own"),
      byValue("epochs, split small", "split: new requests"),
      byValue("epochs, split small", "split: its own labels", "own"),
    ],
    { title: "Passes over 240 requests with 9 answers", x: "epochs", y: "pairs in the right order" },
  ),
);

// %% [markdown]
// **More answers** to the same 240 requests bring 58 % with two and 74 % with nine, and reading a request is the larger part of a labeller's
// work: that is why InstructGPT's saw up to nine at once. **More requests** bring more still: 60 % with 60, 81 % with 960, and no end is in sight. And
// **passes**: with all pairs of a request together the model is best after two to four, and at eight it has learned the labellers' noise by heart: 82 % of its own labels,
// 73 % of the gold order. **Split** into single pairs every answer comes back eight times in *one* pass. That is worth eight times the steps, so the first pass brings
// 79 %; from the second on new requests get worse while its own labels go to 86 %. InstructGPT's reward model, with more data and far more numbers to
// remember it with, over-fitted within the first pass when split, and within the second when not.
//
// ### Real people
//
// Enough of simulated labellers. PandaLM's test set (Wang et al. 2023) has 999 pairs of answers to 170 instructions, and three people
// judged each. How far do they agree? And what does a rule know that reads nothing?

// %%
const pairs = loadPreferences();
const groups = data.groupByPrompt(pairs);
const kappas = [
  [0, 1],
  [0, 2],
  [1, 2],
].map(([a, b]) => align.cohenKappa(align.votesOf(pairs, a), align.votesOf(pairs, b)));
const ceiling = align.humanCeiling(pairs);
const rule = (name: string, by: align.Rule) => ({
  "who says which answer is better": name,
  "right (per cent)": told(align.accuracyByPrompt(pairs, by, { rng: makeRng(3) })),
});
show(
  table(
    [
      rule("a coin", align.coinWins(makeRng(2))),
      rule("always the first", () => 1),
      rule("the shorter one", align.shorterWins()),
      rule("the longer one", align.longerWins()),
      ...ceiling.map((person, i) => ({
        "who says which answer is better": `person ${i + 1}, against the two others`,
        "right (per cent)": told(person.agrees),
      })),
    ],
    {
      title: `Share of ${align.decidedPairs(pairs).length} decided pairs; intervals over prompts (of persons: Wilson)`,
    },
  ),
);
measured("all three say the same", pairs.filter(({ votes }) => new Set(votes).size === 1).length / pairs.length, {
  band: [0.85, 0.9],
});
measured("Cohen's kappa, mean of three pairs of people", mean(kappas), {
  band: [0.84, 0.89],
  reference: 0.863,
  source: "PandaLM's README: 0.85, 0.86, 0.88",
});
measured("the longer answer wins", align.ruleAccuracy(pairs, align.longerWins()).estimate, { band: [0.65, 0.69] });

// %% [markdown]
// These people agree much more than InstructGPT's (and the set was chosen so: its authors kept what the three agreed on). A rule that
// only counts letters is right in two of three cases. **Length** is the first thing that a reward model learns, and many learn
// little else. Note the interval: pairs of one prompt are not independent, so whole prompts are drawn again.
//
// Now a reward head on **SmolLM2-135M**. It has read all 722 answers once (`bench/rlhf/preferenceStates.ts`), and the state after the last
// token of each is shipped: 576 numbers. The head is one column; the ranking loss is the one above, prompt by prompt. A fifth of the
// *prompts* is held out, five times over.

// %%
async function readRows(name: "states" | "logProbs"): Promise<number[][]> {
  const file = await readSafetensors("datasets/preference-states/states.safetensors");
  const tensor = await file.tensor(name);
  const rows = (await tensor.array()) as number[][];
  tensor.dispose();
  await file.close();
  return rows;
}
const stateRows = await readRows("states");
const likelyRows = await readRows("logProbs");
/** Each prompt's states and who was preferred, in the order of `groupByPrompt`. */
let at = 0;
const comparedStates = groups.map((group) => {
  const from = at;
  at += group.answers.length;
  return {
    from: from,
    states: stateRows.slice(from, at),
    comparisons: align.comparedByMajority([group])[0]?.comparisons ?? [],
  };
});
const usable = comparedStates.filter((each) => each.comparisons.length > 0);
/** Right pairs of held-out prompts, by prompt, over five parts. */
const byHead: { right: number; pairs: number }[] = [];
for (let part = 0; part < 5; part++) {
  const head = await align.trainRewardHead(
    usable.filter((_, i) => i % 5 !== part),
    { seed: part },
  );
  for (const each of usable.filter((_, i) => i % 5 === part))
    byHead.push(align.pairAccuracy([each], [await align.headScores(head, each.states)]));
  disposeTree(head);
}
const byLikelihood = usable.map((each) =>
  align.pairAccuracy(
    [each],
    [each.states.map((_, k) => likelyRows[each.from + k][0] / likelyRows[each.from + k][1])],
  ),
);
const byTokens = usable.map((each) =>
  align.pairAccuracy([each], [each.states.map((_, k) => likelyRows[each.from + k][1])]),
);
const shareRight = (counts: readonly { readonly right: number; readonly pairs: number }[]) =>
  counts.reduce((sum, each) => sum + each.right, 0) / counts.reduce((sum, each) => sum + each.pairs, 0);
/** With an interval over prompts: whole prompts are drawn again. */
function overPrompts(counts: readonly { readonly right: number; readonly pairs: number }[]): prompt.Interval {
  const estimate = shareRight(counts);
  const perPrompt = counts.reduce((sum, each) => sum + each.pairs, 0) / counts.length;
  const { low, high } = prompt.bootstrapMean(
    counts.map((each) => (each.right - estimate * each.pairs) / perPrompt),
    { rng: makeRng(4) },
  );
  return { estimate: estimate, low: estimate + low, high: estimate + high };
}
show(
  table(
    [
      { "who says which answer is better": "the answer of more tokens", right: told(overPrompts(byTokens)) },
      {
        "who says which answer is better": "the answer that SmolLM2 finds likelier, a token",
        right: told(overPrompts(byLikelihood)),
      },
      { "who says which answer is better": "the reward head", right: told(overPrompts(byHead)) },
    ],
    { title: "Pairs of held-out prompts in the order of the majority; intervals over prompts" },
  ),
);
measured("reward head on SmolLM2, held-out prompts", shareRight(byHead), { band: [0.55, 0.85] });

// %% [markdown]
// A reward head on a model of GPT-2's size, with 700 judged pairs, knows about as much as a ruler: the answer of more tokens wins 69 % of the pairs. That is
// not a defect of the loss. The simulated labellers above gave 14,000 pairs to a model that was made for tales, InstructGPT had 33,000 prompts for
// 6 billion numbers. A hundred prompts are **too few to train on**; they are enough to *measure* with, and to see how hard length is to beat. Where
// there is a network, larger public sets drop in: `readPreferences("file.jsonl")` (in `transformer-lab/align/node`) reads the usual
// `prompt / chosen / rejected`.
//
// ### Your own labels
//
// Be a labeller for five minutes. The cell below opens a page with three tales side by side: click them in order, the best one first, or
// press the keys 1 to 3. Your choices go to a file, a line each; close the page whenever you like, and go on tomorrow. (With two answers
// each the page asks for the better one. `npx lab label` does the same in a browser, with the real answers from above.) The cell after it
// trains a reward model on *your* taste. Try to be somebody: always the shorter tale, never one with rain.

// %%
const toCompare = drawnTrain.slice(0, 60).flatMap(({ request, answers }) => {
  const texts = answers.slice(0, 3).map((each) => tokenizer.decode(each.answer).replace(" [END]", ""));
  return texts.length === 3 ? [{ prompt: data.talePrompt(request), answers: texts }] : [];
});
const page = await labelPage({ pairs: toCompare, file: "labs/11-my-labels.jsonl" });

// %%
const mine = page.labels();
if (mine.length < 16)
  console.log(`${mine.length} labels so far. With 16 or more this cell trains a reward model on them: run it again.`);
else {
  const ids = mine.map(({ prompt: text, answers, ranks }) =>
    align.rankedAnswers(
      tokenizer.encode(text),
      answers.map((each) => [...tokenizer.encode(each), end]),
      ranks,
    ),
  );
  const cut = Math.floor(ids.length * 0.75);
  const myReward = await rewardOf(
    ids.slice(0, cut).map((each) => each),
    4,
  );
  const { accuracy } = await agreesWith(myReward, ids.slice(cut));
  console.log(`trained on ${cut} of your labels, right about ${told(accuracy)} of the other ${ids.length - cut}`);
  disposeTree(myReward);
}

// %% [markdown]
// ## 5 · Step three: PPO
//
// Now the model writes, the reward model scores, and what scored well becomes likelier. That is reinforcement learning, with the
// language model as the **policy** $\pi$. The objective of InstructGPT is
//
// $$E_{(x, y) \sim \pi}\Big[ r(x, y) - \beta \log \frac{\pi(y \mid x)}{\pi^{SFT}(y \mid x)} \Big] + \gamma\, E_{x \sim \text{pretraining}} \big[ \log \pi(x) \big]$$
//
// Its second term keeps the policy near the SFT model, where the reward model knows what it is talking about; the third keeps what
// the model knew before. An answer gets one score at its end, but each of its tokens was a choice. So the penalty is paid **token by token**,
// and the score is added at the last one. **Exercise 3.**

// %%
import { shapedRewards } from "./labs/11-rlhf";
await check("11/shaped-rewards", shapedRewards);

// %% [markdown]
// Which of the forty tokens earned the score? A **value function** (a second model, begun as a copy of the reward model) says at each
// token how much it expects from here on. A token's **advantage** is what came beyond that. *Generalised advantage estimation* mixes
// one step's surprise with all later ones. **Exercise 4.**

// %%
import { gae } from "./labs/11-rlhf";
await check("11/gae", gae);

// %% [markdown]
// Answers are expensive, so PPO learns from each several times. By the second time the policy has moved, and a step that was right for
// the old policy may be too far for the new one. So the ratio $\pi / \pi_{old}$ is **clipped**: once a token has become 20 % likelier
// (or less likely) in the direction that its advantage asks for, there is nothing more to gain from it. **Exercise 5.** The advantage is a
// *constant* here: no gradient may flow into the value function through it.

// %%
import { clippedLoss } from "./labs/11-rlhf";
await check("11/clipped-loss", clippedLoss);

// %% [markdown]
// **Exercise 6** puts the three losses together: policy, value function, and the pretraining mix that makes PPO into PPO-ptx.

// %%
import { ptxLoss } from "./labs/11-rlhf";
await check("11/ptx-loss", ptxLoss);

// %% [markdown]
// ### Run it
//
// Twenty iterations, live: each draws 64 tales with the cached decoder of chapter 07, scores them, and takes four steps. Watch reward
// and gold reward rise, and the KL with them. (The policy never sees the gold reward.)

// %%
interface Point {
  readonly iteration: number;
  readonly reward: number;
  readonly gold: number;
  readonly kl: number;
  readonly entropy: number;
  readonly length: number;
}
async function runPpo(iterations: number, beta: number) {
  const state = startTraining({ policy: copy(sft.params), value: copy(shippedReward) }, 1);
  const points: Point[] = [];
  let asked: data.TaleRequest[] = [];
  const frame = live();
  const run = align.ppo({
    model: sft, // its own parameters are the reference
    state: state,
    prompts: (_, rng) => (asked = data.taleRequests(64, "train", rng)).map(world.prompt),
    promptLength: align.TALE_PROMPT,
    maxNewTokens: align.TALE_ANSWER,
    end: end,
    score: (answers) => judge.judge(shippedReward, answers),
    iterations: iterations,
    beta: beta,
    epochs: 2,
    minibatches: 2,
    schedule: 1e-3,
    gradientClip: 1,
    stop: stopFlag(),
  });
  const seconds = { generate: 0, score: 0, learn: 0 };
  for await (const record of run) {
    const gold = mean(record.answers.map((answer, i) => world.gold(asked[i], answer).reward));
    points.push({
      iteration: record.iteration,
      reward: record.reward,
      gold: gold,
      kl: record.kl,
      entropy: record.entropy,
      length: record.length,
    });
    if (record.iteration > 1)
      for (const part of ["generate", "score", "learn"] as const) seconds[part] += record.seconds[part];
    const x = points.map((each) => each.iteration);
    frame.show(
      linePlot(
        [
          { name: "reward model", x: x, y: points.map((each) => each.reward) },
          { name: "gold", x: x, y: points.map((each) => each.gold) },
          { name: "KL / 10", x: x, y: points.map((each) => each.kl / 10) },
        ],
        { title: "PPO from the SFT model", x: "iteration", y: "mean of 64 answers" },
      ),
    );
  }
  frame.done();
  disposeTree(state.optimizer);
  return { points: points, policy: state.params.policy, value: state.params.value, seconds: seconds };
}
const ownPpo = await runPpo(20, 0.2);

// %%
const ownPolicyAnswers = await answersOf({ ...sft, params: ownPpo.policy });
const ownWins = align.winRate(goldOf(ownPolicyAnswers), goldOf(sftAnswers));
const split = ownPpo.seconds;
console.log(
  `an iteration: ${(split.generate / 19).toFixed(2)} s writing, ${(split.score / 19).toFixed(2)} s scoring, ${(split.learn / 19).toFixed(2)} s learning`,
);
console.log(`20 iterations against SFT, by the gold reward: ${told(ownWins.rate)} of 240 requests won`);
measured(
  "reward, last five iterations less the first",
  mean(ownPpo.points.slice(-5).map((each) => each.reward)) - ownPpo.points[0].reward,
  { band: [0.3, 3] },
);
measured("KL after 20 iterations, nats an answer", ownPpo.points[ownPpo.points.length - 1].kl, { band: [1, 25] });
measured("won against SFT after 20 iterations", ownWins.rate.estimate, { band: [0.5, 0.85] });

// %% [markdown]
// One answer, taken apart by the policy and the value function that you have just trained: the reward of each token (the KL penalty,
// and the score at the end), and its advantage, what came beyond what was expected. Which words was it glad of, and which did it regret?

// %%
/** What a policy and the SFT model say of an answer's tokens, and what the value function expects at each. */
async function lookAt(policy: CausalParams, written: align.Written) {
  const { ids, mask } = align.writtenRows([written]);
  const first = mask.data.indexOf(1);
  const [logPolicy, logReference, values] = tf.tidy(() => {
    const rows = data.intsTensor(ids);
    const scores = align.placeScores(sft, ownPpo.value, rows); // [1, T]
    return [align.tokenLogProbs(sft, policy, rows, rows), align.tokenLogProbs(sft, sft.params, rows, rows), scores];
  });
  const rowOf = async (row: tf.Tensor) => Array.from(await row.data()).slice(first, first + written.answer.length);
  const looked = [await rowOf(logPolicy), await rowOf(logReference), await rowOf(values)];
  tf.dispose([logPolicy, logReference, values]);
  return looked;
}
const ownPolicy = { ...sft, params: ownPpo.policy };
const [oneAnswer] = await align.drawTales(world, ownPolicy, requests.slice(2, 3), 1, makeRng(8));
const one = { prompt: world.prompt(oneAnswer.request), answer: oneAnswer.answers[0].answer };
const [oneScore] = await judge.judge(shippedReward, [one]);
const [logPolicy, logReference, values] = await lookAt(ownPpo.policy, one);
const tokenRewards = align.shapedRewards(oneScore, logPolicy, logReference, 0.2);
const { advantages } = align.gae(tokenRewards, values, { gamma: 1, lambda: 0.95 });
console.log(data.talePrompt(oneAnswer.request));
show(
  barPlot(
    one.answer.map((id, t) => `${t + 1}: ${tokenizer.token(id)}`),
    [
      { name: "reward r", values: tokenRewards },
      { name: "advantage A", values: advantages },
    ],
    { title: `Token by token; the whole answer scores ${oneScore.toFixed(2)}`, value: "points" },
  ),
);
measured(
  "sum of the rewards, less score and KL penalty",
  tokenRewards.reduce((sum, r) => sum + r, 0) -
    oneScore +
    0.2 * logPolicy.reduce((sum, log, t) => sum + log - logReference[t], 0),
  { band: [-1e-4, 1e-4] },
);

// %% [markdown]
// ### A hundred iterations, and what the knobs do
//
// Recorded (`npx tsx bench/rlhf/run.ts ppo`): the same run with other prices of a nat, and with and without the pretraining mix.

// %%
interface PolicyRun extends Recorded {
  readonly curve: readonly Readonly<Record<string, number>>[];
  readonly test: readonly number[];
  readonly samples?: readonly string[];
}
const ppoRuns = recordedRuns<PolicyRun>("ppo");
const ppoRun = (beta: number, ptx: number, seed = 1) =>
  ppoRuns.filter(({ what }) => what["beta"] === beta && what["ptx"] === ptx && what["seed"] === seed)[0];
const curveOf = (run: PolicyRun, field: string, name: string) => ({
  name: name,
  x: run.curve.map((point) => point["iteration"]),
  y: run.curve.map((point) => point[field]),
});
const betas = [0.01, 0.05, 0.2];
for (const [field, title] of [
  ["reward", "Reward model"],
  ["gold", "Gold reward"],
  ["kl", "KL from the SFT model, nats an answer"],
  ["entropy", "Entropy of a token's choice, nats"],
  ["length", "Tokens of an answer"],
] as const)
  show(
    linePlot(
      betas.map((beta) => curveOf(ppoRun(beta, 0.5), field, `beta ${beta}`)),
      { title: title, x: "iteration", y: field },
    ),
  );

// %% [markdown]
// Read the five together. At $\beta = 0.2$ the reward rises by a point, the KL stays at 1.5 nats, and the **gold** reward rises from 0.45 to 1.0. At 0.05 the reward
// rises further, and gold ends lower. At 0.01 the policy is 60 nats away: the reward model says 4.1, higher than anything it ever saw, and the gold
// reward is below -3: it writes as many tokens as it may, all of them warm. If you had only the first picture, you would take the worst policy for the best.
//
// ### The alignment tax
//
// The base model also knew notes: *two plus three is five .* and *after monday comes tuesday .* Nobody has asked for notes since. What is left?

// %%
show(
  linePlot([curveOf(ppoRun(0.05, 0), "notes", "PPO"), curveOf(ppoRun(0.05, 0.5), "notes", "PPO-ptx, gamma 0.5")], {
    title: "Loss on notes: what tuning forgets, and the mix keeps",
    x: "iteration",
    y: "nats a token",
  }),
);
const lastOf = (run: PolicyRun, field: string) => run.curve[run.curve.length - 1][field];
measured("notes, nats a token: PPO", lastOf(ppoRun(0.05, 0), "notes"), { band: [0.8, 6] });
measured("notes, nats a token: PPO-ptx", lastOf(ppoRun(0.05, 0.5), "notes"), { band: [0.2, 0.5] });

// %% [markdown]
// Plain PPO unlearns what nobody asked for, and so had SFT before it (its line begins at 1.0; the base model stood at 0.35). The mix brings it all
// back, at no cost that the reward could show. InstructGPT measured the same on reading comprehension and translation, and calls it the **alignment tax**.
//
// ## 6 · Is it better? Helpful, honest, harmless
//
// InstructGPT was judged by people who compared its answers with those of GPT-3: the **win rate**. We have the gold reward, so each of its
// parts can be asked. All models answer the same 240 requests.

// %%
const rlhf = await open("tales-ppo");
const rlhfAnswers = await answersOf(rlhf);
const models: [string, align.TaleAnswers[]][] = [
  ["base", baseAnswers],
  ["SFT", sftAnswers],
  ["20 iterations of PPO (yours)", ownPolicyAnswers],
  ["RLHF: 80 iterations of PPO-ptx (shipped)", rlhfAnswers],
];
show(
  table(
    models.map(([name, drawn]) => {
      const part = (of: "helpful" | "honest" | "harmless" | "pleasant" | "writing" | "words") =>
        mean(drawn.map((each) => each.judged[0][of]));
      return {
        model: name,
        helpful: part("helpful").toFixed(2),
        honest: part("honest").toFixed(2),
        harmless: part("harmless").toFixed(2),
        pleasant: part("pleasant").toFixed(2),
        writing: part("writing").toFixed(2),
        words: part("words").toFixed(0),
        gold: told(prompt.meanInterval(goldOf(drawn))),
        "wins against SFT": name === "SFT" ? "" : told(align.winRate(goldOf(drawn), goldOf(sftAnswers)).rate),
      };
    }),
    { title: "Means over 240 requests that nobody learned from" },
  ),
);
measured("RLHF wins against SFT", align.winRate(goldOf(rlhfAnswers), goldOf(sftAnswers)).rate.estimate, {
  band: [0.5, 0.75],
  reference: 0.5,
  source: "no difference",
});

// %% [markdown]
// Each step does what it was made for. SFT brings most of *helpful* and *harmless*. PPO brings the rest, and it brings more of what the labellers
// were fond of: warm sentences, and length. It pays with *writing*, since *kind* and *hasty* hardly minded a sentence said twice, and it does nothing for *honest*, which both overlook. That is
// no failure of PPO. **A policy becomes what its labellers are**, their blind spots included.
//
// ## 7 · Too much of a good thing
//
// ### Best-of-n
//
// The simplest way to follow a reward model trains nothing: draw $n$ answers, give the best. Its distance from the policy that it draws
// from is known exactly, $\log n - (n - 1)/n$ nats. And one large sample tells the expected score for *every* $n$. **Exercise 7.**

// %%
import { bestOfN } from "./labs/11-rlhf";
await check("11/best-of-n", bestOfN);

// %%
const many = await align.drawTales(world, sft, requests.slice(0, 16), 64, makeRng(61));
const manyProxies = await align.comparedScores(
  judge,
  shippedReward,
  many.map(({ request, answers }) => ({
    prompt: world.prompt(request),
    answers: answers.map((each) => each.answer),
    comparisons: [],
  })),
);
const ns = [1, 2, 4, 8, 16, 32];
const ofBest = (values: readonly (readonly number[])[]) =>
  ns.map((n) => mean(manyProxies.map((proxies, i) => align.bestOfN(proxies, values[i], n))));
const bestGold = ofBest(many.map(({ judged }) => judged.map((each) => each.reward)));
const distances = ns.map((n) => Math.sqrt(align.bestOfNKl(n)));
show(
  linePlot(
    [
      { name: "reward model", x: distances, y: ofBest(manyProxies) },
      { name: "gold", x: distances, y: bestGold },
    ],
    { title: "Best of 1, 2, 4, ... 32", x: "square root of the KL", y: "expected score" },
  ),
);
measured("KL of best-of-16", align.bestOfNKl(16), {
  band: [1.834, 1.836],
  reference: 1.84,
  source: "log 16 - 15/16",
});
measured("gold reward, best of 16 less a single answer", bestGold[4] - bestGold[0], { band: [0.1, 1.3] });

// %% [markdown]
// ### Over-optimisation
//
// The reward model is a **proxy**: it has seen answers of the SFT model, and knows nothing of others. What if it is followed without a
// price? Recorded (`npx tsx bench/rlhf/run.ts overoptimisation`): reward models from 40, 160 and 960 requests; each followed by
// best-of-n up to 256, and by 200 iterations of PPO with $\beta = 0$. Gao et al. (2022) found that the gold reward follows a law, with $d = \sqrt{KL}$:
// $d\,(\alpha - \beta d)$ for best-of-n, $d\,(\alpha - \beta \log d)$ for reinforcement learning. Does it fit ours?

// %%
interface BestRun extends Recorded {
  readonly accuracy: number;
  readonly points: readonly {
    readonly n: number;
    readonly kl: number;
    readonly proxy: number;
    readonly gold: number;
  }[];
}
const overRuns = recordedRuns<BestRun & PolicyRun>("overoptimisation");
const sizesOf = [40, 160, 960];
/** Nats within which the laws are fitted: farther away answers are no tales, and the gold reward has no further to fall. */
const NEAR = 60;
const overRun = (method: string, count: number) =>
  overRuns.filter(({ what }) => what["method"] === method && what["requests"] === count)[0];
/** Distances from the first policy and gains over it, of the proxy and of gold, in the order of the distance. */
function gains(method: string, count: number) {
  const run = overRun(method, count);
  const points =
    method === "ppo"
      ? run.curve.map((point) => ({ kl: Math.max(0, point["kl"]), proxy: point["reward"], gold: point["gold"] }))
      : run.points.map((point) => point);
  const [first] = points;
  return points
    .filter(({ kl }) => kl <= NEAR)
    .map(({ kl, proxy, gold }) => ({ d: Math.sqrt(kl), kl: kl, proxy: proxy - first.proxy, gain: gold - first.gold }))
    .sort((a, b) => a.d - b.d);
}
const lawOf = (method: string, count: number) =>
  method === "ppo" ? align.fitRlLaw(gains(method, count)) : align.fitBestOfNLaw(gains(method, count));
for (const method of ["best-of-n", "ppo"])
  show(
    linePlot(
      sizesOf.flatMap((count) => {
        const points = gains(method, count);
        const law = lawOf(method, count);
        return [
          { name: `gold, ${count} requests`, x: points.map(({ d }) => d), y: points.map(({ gain }) => gain) },
          { name: `law, ${count}`, x: points.map(({ d }) => d), y: points.map(({ d }) => law.at(d)) },
        ];
      }),
      {
        title: `${method}: gold gained, by the distance`,
        x: "d = square root of the KL",
        y: "gold reward less the SFT model's",
      },
    ),
  );
show(
  linePlot(
    sizesOf.map((count) => {
      const points = gains("ppo", count);
      return { name: `${count} requests`, x: points.map(({ d }) => d), y: points.map(({ proxy }) => proxy) };
    }),
    {
      title: "The same runs of PPO, as their reward models see them",
      x: "d = square root of the KL",
      y: "reward gained",
    },
  ),
);
show(
  table(
    ["best-of-n", "ppo"].flatMap((method) =>
      sizesOf.map((count) => {
        const law = lawOf(method, count);
        const points = gains(method, count);
        return {
          method: method,
          requests: count,
          "reward model's accuracy": overRun(method, count).accuracy,
          alpha: law.alpha.toFixed(2),
          beta: law.beta.toFixed(2),
          "turns over at KL (nats)": Number.isFinite(law.peak) ? (law.peak ** 2).toFixed(1) : "never",
          "farthest point (nats)": Math.max(...points.map(({ kl }) => kl)).toFixed(1),
          "variance explained": law.r2.toFixed(2),
        };
      }),
    ),
    { title: "The laws of Gao et al. 2022, fitted" },
  ),
);

// %% [markdown]
// Follow a proxy far enough, and it turns over. Best-of-256 with 160 requests is no better than best-of-8; even the best reward model, right in 81 % of pairs,
// turns at 16 to 32, and only the first one has not turned by 256 (it has not gained much either). PPO turns after about *one* nat, and from there it is downhill while its
// own reward goes up (last picture). More labels raise the top: best-of-n gains 0.38 points with 40 requests and 0.54 with 960, which is Gao's result for the size of the
// data. Both laws describe the curves well; that of RL promises a higher top than there is, since the fall weighs more than the rise in its fit.
//
// ### What it does to cheat
//
// The three answers that the reward model of 40 requests liked best after 200 iterations:

// %%
for (const text of overRun("ppo", 40).samples ?? []) console.log(`${text}\n`);

// %% [markdown]
// Thanks, and thanks again, to nobody in the tale; a book of another colour, or instead of a kite; sentences that are none. To the reward model it is the best that it ever read:
// warm words were liked in the forty requests that it knows, and no tale with four thanks was among them to be disliked. This is **reward hacking**. The cure is not a better optimiser but a
// price on distance, an early stop by a measure that was not optimised, and new labels for what the *new* policy writes (InstructGPT and Bai et al. 2022 label in rounds).
//
// ### A fault to diagnose
//
// Three policies begin PPO from three SFT models, which had learned from the same 24 demonstrations for 20, 100 and 1,500 steps. They practise on the same 24
// requests. One of them stays far behind. Which, and why? Look at the table's columns before you read on.

// %%
interface CollapseRun extends Recorded {
  readonly loss: number;
  readonly distinct: number;
  readonly gold: number;
  readonly curve: readonly Readonly<Record<string, number>>[];
}
const collapses = recordedRuns<CollapseRun>("collapse");
show(
  linePlot(
    collapses.map((run) => ({
      name: `SFT of ${run.what["steps"]} steps`,
      x: run.curve.map((point) => point["iteration"]),
      y: run.curve.map((point) => point["reward"]),
    })),
    { title: "Forty iterations of PPO from three SFT models", x: "iteration", y: "reward model" },
  ),
);
show(
  table(
    collapses.map((run) => ({
      "steps of SFT": run.what["steps"],
      "loss on its 24 demonstrations": run.loss,
      "entropy at the start (nats a token)": run.curve[0]["entropy"],
      "different answers of 16": run.distinct.toFixed(1),
      "reward: first": run.curve[0]["reward"].toFixed(2),
      "reward: last": run.curve[run.curve.length - 1]["reward"].toFixed(2),
      "gold: last": run.curve[run.curve.length - 1]["gold"].toFixed(2),
    })),
    { title: "Before PPO, and what PPO made of it" },
  ),
);

// %% [markdown]
// The one that had learned its demonstrations best. Its loss on them is next to nothing: to each request it knows one tale, by heart. The **entropy** tells: a
// token is no choice any more, and sixteen answers to a request are one and the same. PPO can only make likelier what it draws, and here it draws nothing new. What it
// still learns it learns by accident: answers to *different* requests score differently, which pushes some tales up and others down until the first
// slip brings something to choose from. A method that compares the answers to *one* request, as GRPO does, would have no signal at all. So look at the
// entropy *before* PPO, and at several answers to one prompt. If they are alike, SFT went too far: fewer steps, more demonstrations, or other prompts for PPO than
// those that were demonstrated. The other two show that this is no reason to stop SFT early: the freest policy has gone farthest, and its gold reward
// is the worst. Here, at a beta of 0.05, it was free to cheat.
//
// ## 8 · Without reinforcement learning: DPO
//
// Rafailov et al. (2023) turned the objective round. The best policy for a reward $r$ and a price $\beta$ is $\pi^{SFT} e^{r / \beta}$, up to a
// constant of the prompt. So every policy *is* a reward model: $r = \beta \log (\pi / \pi^{SFT})$. Put that into the pair loss and there is no
// reward model to train, nothing to draw, and no advantage: just a loss on pairs. **Exercise 8.**

// %%
import { dpoLoss } from "./labs/11-rlhf";
await check("11/dpo-loss", dpoLoss);

// %%
interface DpoRun extends Recorded {
  readonly gold: number;
  readonly kl: number;
  readonly test: readonly number[];
}
const dpoRuns = recordedRuns<DpoRun>("dpo");
const sftGold = mean(recordedRuns<PolicyRun>("ppo")[0].test);
show(
  scatterPlot(
    [
      {
        name: "PPO-ptx",
        x: betas.slice(1).map((beta) => lastOf(ppoRun(beta, 0.5), "kl")),
        y: betas.slice(1).map((beta) => mean(ppoRun(beta, 0.5).test)),
      },
      { name: "DPO", x: dpoRuns.map((run) => run.kl), y: dpoRuns.map((run) => run.gold) },
      {
        name: "best of n",
        x: overRun("best-of-n", 960).points.map((point) => point.kl),
        y: overRun("best-of-n", 960).points.map((point) => point.gold),
      },
      { name: "SFT", x: [0], y: [sftGold] },
    ],
    { title: "Where each gets, and how far it went", x: "KL from the SFT model, nats", y: "gold reward" },
  ),
);
show(
  table(
    dpoRuns.map((run) => ({
      beta: run.what["beta"],
      "KL (nats)": run.kl.toFixed(1),
      "gold reward": told(prompt.meanInterval(run.test)),
      "wins against SFT": told(align.winRate(run.test, recordedRuns<PolicyRun>("ppo")[0].test).rate),
    })),
    { title: "DPO on the best and worst answer of 960 requests, three passes (recorded)" },
  ),
);

// %% [markdown]
// Best-of-n gets most for its nats, and pays with sixteen answers for each one that is given. DPO gets 0.82 at 7.5 nats, PPO with the same distance less, with a higher price more: a
// tenth of the code, and nothing drawn. And it has the same disease. At a low $\beta$ it goes 16 to 21 nats away and loses what it had gained, since pairs of the SFT model's answers say
// nothing about texts so far from them. What it does not have is a reward model that could be asked whether things went wrong. *(The two betas are not on one scale here: PPO's reward model
// learned from noisy labels, and its numbers are small.)*
//
// ## 9 · A real model
//
// None of this depends on tales. The same `ppo` trains **SmolLM2-135M-Instruct**, with real instructions, and as its reward model the same network with
// a reward head from the people's comparisons of section 4. Only the last two of its 30 blocks learn (`upperBlocks`): the 28 below read each answer once, for
// policy, reference, value function and reward model together. Recorded (`npx tsx bench/rlhf/run.ts smollm`), 24 iterations of 8 answers:

// %%
interface SmolRun extends Recorded {
  readonly accuracy: number;
  readonly pairs: number;
  readonly before: {
    readonly reward: number;
    readonly rewards: readonly number[];
    readonly words: number;
    readonly finished: number;
    readonly texts: readonly (readonly string[])[];
  };
  readonly after: SmolRun["before"];
  readonly curve: readonly Readonly<Record<string, number>>[];
  readonly seconds: readonly (readonly number[])[];
}
const [smol] = recordedRuns<SmolRun>("smollm");
show(
  linePlot(
    [
      {
        name: "reward model",
        x: smol.curve.map((point) => point["iteration"]),
        y: smol.curve.map((point) => point["reward"]),
      },
      { name: "KL", x: smol.curve.map((point) => point["iteration"]), y: smol.curve.map((point) => point["kl"]) },
    ],
    { title: "PPO of SmolLM2's last two blocks", x: "iteration", y: "mean of 8 answers" },
  ),
);
show(
  table(
    smol.before.texts.slice(0, 4).map(([question, answer], i) => ({
      "prompt ends": question
        .replace(/<[|]im_(end|start)[|]>(assistant)?/g, "")
        .replaceAll("\n", " ")
        .trim()
        .slice(-70),
      before: answer,
      after: smol.after.texts[i][1],
    })),
    { title: "Held-out instructions" },
  ),
);
const smolWins = align.winRate(smol.after.rewards, smol.before.rewards);
show(
  table(
    [smol.before, smol.after].map((each, i) => ({
      SmolLM2: i === 0 ? "before" : "after 24 iterations",
      "reward of held-out prompts": each.reward.toFixed(2),
      "answers that end within 32 tokens": `${(100 * each.finished).toFixed(0)} %`,
      "wins by the reward model": i === 0 ? "" : told(smolWins.rate),
    })),
    {
      title: `${smol.before.rewards.length} instructions; the reward head is right about ${(100 * smol.accuracy).toFixed(0)} % of ${smol.pairs} held-out pairs`,
    },
  ),
);
const [writing, scoring, learning] = [0, 1, 2].map((part) => mean(smol.seconds.slice(1).map((each) => each[part])));
console.log(
  `an iteration of 8 answers: ${writing.toFixed(0)} s writing, ${scoring.toFixed(0)} s scoring, ${learning.toFixed(0)} s learning (recorded)`,
);
measured("SmolLM2, held-out reward: after less before", smol.after.reward - smol.before.reward, { band: [-0.5, 5] });

// %% [markdown]
// The reward rises, from 0.1 to 0.6 on held-out instructions, and 24 iterations of 8 answers are too few for more than that (look at the interval). But see *how* it
// rises. Before, a third of the answers came to an end within 32 tokens; after, **none does**. The reward head had learned that longer is better, so the
// policy has learned not to stop. Nobody wanted that, and nobody asked for anything else: it is what the comparisons said to a model that could not
// understand them better. The tools work on a real model. What is missing is what InstructGPT had: tens of thousands of labels, and a reward model that can read.

// %% [markdown]
// ## 10 · Beside the papers
//
// | | here | in the papers |
// |---|---|---|
// | labellers agree | see section 4, noise 0.5 | 73 % (Ouyang et al., 3.4) |
// | reward model on new comparisons | 74 % (gold order, live) | 72 % (its labellers), 70 % (others) |
// | more than one epoch | best at 2 to 4, over-fits at 8 (240 requests) | over-fits in the second (33,000 prompts, 6 billion numbers) |
// | price of a nat | 0.2 is good, 0.01 is ruin | $\beta$ = 0.02, with rewards of another scale |
// | pretraining mix | notes 0.37 with, 1.2 to 2.1 without | most of the tax is gone (section 4.2) |
// | best-of-n | turns over at n = 16 to 32 | at larger n, for better reward models (Gao et al.) |
// | PPO without a price | turns over after about one nat | $d(\alpha - \beta \log d)$; the penalty does not move the frontier |
//
// **Take away**
// - RLHF is three steps: show it (SFT), learn what people prefer (reward model), follow that (PPO). Comparing is cheaper than showing.
// - A reward model knows differences only, and only of answers like those it has seen. All pairs of a prompt are one example.
// - The KL penalty is the leash, the clip keeps single steps small, and the pretraining mix keeps what else the model knew.
// - A proxy that is followed too far turns over. Watch a gold measure, however small, and not the reward.
// - What labellers overlook, the policy finds.
//
// **At full scale** the same loop runs with a policy of 175 billion numbers and a reward model of 6 billion (larger ones were unstable), on 31,000
// prompts. The 1.3-billion InstructGPT was preferred to the 175-billion GPT-3. Later systems train on AI feedback, on verifiable answers
// (mathematics, code), or by DPO, but the leash, the proxy and its limits are the same.
//
// *Departures from the paper:* labellers are simulated, and one gold reward stands for quality; the reward model is as large as the policy;
// advantages are whitened; $\gamma$ multiplies a mean over tokens, not a sum over a batch; four steps an iteration.
//
// **Check everything at once** in a terminal: `npx lab grade --lab 11`. **All of it from scratch:** `npx lab train rlhf`.
//
// **Read on:** Ouyang et al. 2022 (InstructGPT) · Christiano et al. 2017 · Ziegler et al. 2019 · Stiennon et al. 2020 (summaries; best-of-n) ·
// Schulman et al. 2016 (GAE), 2017 (PPO) · Bai et al. 2022 (HH) · Gao et al. 2022 (over-optimisation) · Rafailov et al. 2023 (DPO).
