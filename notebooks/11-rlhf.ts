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
import { fork, integer, makeRng, tf, useEngine } from "transformer-lab/engine";
import type { Rng } from "transformer-lab/engine";
import { trainedDecoder } from "transformer-lab/generate";
import { barPlot, check, linePlot, live, lossCurve, measured, quiz, scatterPlot, show, stopFlag, table } from "transformer-lab/lab"; // prettier-ignore
import { labelPage } from "transformer-lab/lab/node";
import type { Decoder } from "transformer-lab/models";
import { crossEntropy } from "transformer-lab/ops";
import * as prompt from "transformer-lab/prompt";
import { startTraining, train } from "transformer-lab/train";
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
/** Cross entropy of the answers' tokens; the prompt is read and not judged. */
const lmLoss = (params: CausalParams, batch: { readonly inputs: tf.Tensor; readonly labels: tf.Tensor }) => {
  const logits = base.head(params, base.states(params, batch.inputs, {})); // [B, T, V]
  return crossEntropy(logits, batch.labels);
};
const copy = <P>(tree: P): P => mapTensors(tree, (tensor) => tensor.clone()) as P;
async function fineTune(steps: number) {
  const state = startTraining(copy(base.params), 1);
  const some = (rng: Rng) => Array.from({ length: 32 }, () => demonstrations[integer(rng, demonstrations.length)]);
  const run = train<CausalParams, data.LmBatch>({
    state: state,
    loss: lmLoss,
    batch: (_, rng) => align.writtenBatch(some(rng), ROW, "answers"),
    steps: steps,
    schedule: 1e-3,
    clip: 1,
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
// TEXT-SMOL
//
// ### Your own labels
//
// Be a labeller for five minutes. The cell below opens a page with two tales side by side: choose with a click, or with the keys 1 and 2,
// and 0 for a draw. Your choices go to a file, line by line, in the usual form (`prompt`, `chosen`, `rejected`); close the page
// whenever you like, and go on tomorrow. The cell after it trains a reward model on *your* taste. Try to be somebody: always the
// shorter tale, never one with rain.

// %%
const toCompare = drawnTrain.slice(0, 60).flatMap(({ request, answers }) => {
  const texts = answers.slice(0, 2).map((each) => tokenizer.decode(each.answer).replace(" [END]", ""));
  return texts.length === 2 ? [{ prompt: data.talePrompt(request), answers: texts }] : [];
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
// One answer of the finished policy, taken apart: the reward of each token (the KL penalty, and the score at the end), and its
// advantage. Where does the value function learn that this goes well, or badly?

// %%
/** What a policy and the SFT model say of an answer's tokens, and what the value function expects at each. */
async function lookAt(policy: Decoder<CausalParams>, written: align.Written) {
  const { ids, mask } = align.writtenRows([written]);
  const first = mask.data.indexOf(1);
  const [logPolicy, logReference, values] = tf.tidy(() => {
    const rows = data.intsTensor(ids);
    const scores = align.placeScores(sft, shippedReward, rows); // [1, T]
    return [
      align.tokenLogProbs(policy, policy.params, rows, rows),
      align.tokenLogProbs(sft, sft.params, rows, rows),
      scores,
    ];
  });
  const rowOf = async (row: tf.Tensor) => Array.from(await row.data()).slice(first, first + written.answer.length);
  const looked = [await rowOf(logPolicy), await rowOf(logReference), await rowOf(values)];
  tf.dispose([logPolicy, logReference, values]);
  return looked;
}
const rlhf = await open("tales-ppo");
const [oneAnswer] = await align.drawTales(world, rlhf, requests.slice(2, 3), 1, makeRng(8));
const one = { prompt: world.prompt(oneAnswer.request), answer: oneAnswer.answers[0].answer };
const [oneScore] = await judge.judge(shippedReward, [one]);
const [logPolicy, logReference, values] = await lookAt(rlhf, one);
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
  disposeTree([state.optimizer, state.params.value]);
  return { points: points, policy: state.params.policy, seconds: seconds };
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
