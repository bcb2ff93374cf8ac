import { openReward, rewardJudge, TALE_ANSWER, TALE_LENGTH, taleWorld } from "../../../align";
import { decodeSafetensors } from "../../../checkpoints/safetensors";
import { taleWords } from "../../../data";
import type { TaleRequest } from "../../../data";
import { makeRng } from "../../../engine";
import { generate, trainedDecoder } from "../../../generate";
import { escapeHtml } from "../../../lab/figures/escape";
import { disposeTree } from "../../../tree";
import { numberOf, PAUSE_FIELD, pauseOf } from "../fields";
import type { Field } from "../fields";
import { openModel, textFile } from "../models";
import { writtenHtml } from "../parts";
import type { Answer, Widget } from "../widget";

const choice = (name: string, label: string, words: readonly string[], value: string): Field => ({
  kind: "choice",
  name,
  label,
  value,
  options: words.map((word) => [word, word] as const),
});

const writers = [
  { name: "tales-sft", title: "After demonstrations" },
  { name: "tales-ppo", title: "After PPO" },
] as const;

/** A tale and what is thought of it, so far. */
interface Tale {
  readonly ids: number[];
  finished: boolean;
  /** What the reward model gives it, once it is whole. */
  score: number | undefined;
}

/** Chapter 11: one request, two writers, and the reward model that made the difference. */
export const talesWidget: Widget = {
  id: "live-tales",
  chapter: "11",
  title: "Before and after the reward",
  intro:
    "The same request goes to the model that learned from demonstrations and to the one that PPO trained on the reward model's scores. The reward model judges both; the gold reward is the rule behind the labellers, which no model ever sees.",
  after: "6 · Is it better? Helpful, honest, harmless",
  fields: [
    choice("hero", "Hero", taleWords.names, "Mia"),
    choice("animal", "the", taleWords.animals, "fox"),
    choice("colour", "wants the", taleWords.colours, "red"),
    choice("thing", "thing", taleWords.things, "kite"),
    { kind: "slider", name: "seed", label: "seed", value: "1", min: 1, max: 50, step: 1 },
    PAUSE_FIELD,
    { kind: "button", name: "write", label: "Write again" },
    { kind: "button", name: "stop", label: "Stop" },
  ],
  models: ["tales-sft", "tales-ppo", "tales-reward"],
  async open(files) {
    const world = taleWorld();
    const models = [await openModel(files, "tales-sft"), await openModel(files, "tales-ppo")] as const;
    const weights = await decodeSafetensors(await files.bytes("tales-reward/model.safetensors"), "tales-reward/model.safetensors"); // prettier-ignore
    const reward = await openReward({ name: "tales-reward", model: await textFile(files, "tales-reward/model.json"), weights }); // prettier-ignore
    const policy = trainedDecoder({ config: reward.config, params: reward.params.trunk });
    const judge = rewardJudge(policy, { length: TALE_LENGTH, batch: 1 });

    function shown(request: TaleRequest, tales: readonly Tale[]): Answer {
      const judged = tales.map(({ ids, finished }) =>
        world.gold(request, { prompt: [], answer: ids, finished }),
      );
      const cards = writers.map(({ title }, i) => {
        const { ids, score } = tales[i]!;
        const { reward: gold, helpful, honest, harmless, pleasant, writing } = judged[i]!;
        const parts = { helpful, honest, harmless, pleasant, writing };
        const rows = Object.entries(parts).map(([name, points]) => `${name} ${signed(points)}`);
        const verdict =
          score === undefined
            ? `<p class="live-soft">…</p>`
            : `<p><strong>Reward model ${signed(score)}</strong>, gold ${signed(gold)}</p><p class="live-soft">${escapeHtml(rows.join(", "))}</p>`;
        const text = world.tokenizer.decode(ids.filter((id) => id !== world.end));
        return `<div class="live-card"><p class="live-name">${title}</p>${writtenHtml(text)}${verdict}</div>`;
      });
      const [before, after] = tales.map(({ score }) => (score === undefined ? "not judged" : signed(score)));
      const [first, second] = judged.map(({ reward: gold }) => signed(gold));
      return {
        html:
          writtenHtml(world.tokenizer.decode(world.prompt(request))) +
          `<div class="live-pair">${cards.join("")}</div>`,
        say: `Reward model: ${before} before, ${after} after PPO. Gold reward: ${first} and ${second}.`,
        numbers: tales.flatMap(({ ids, score }, i) => [...ids, score ?? 0, judged[i]!.reward]),
      };
    }

    return {
      async answer(input, { action, show, stopped }) {
        const { hero = "", animal = "", colour = "", thing = "" } = input;
        const request: TaleRequest = { hero, animal, colour, thing };
        const prompt = world.prompt(request);
        const pause = pauseOf(input, action);
        const tales: Tale[] = writers.map(() => ({ ids: [], finished: false, score: undefined }));
        for (const [i, tale] of tales.entries()) {
          const steps = generate(models[i]!.decoder, prompt, {
            maxNewTokens: TALE_ANSWER,
            rng: makeRng(numberOf(input, "seed")),
            stop: { ids: [world.end] },
            interrupt: stopped,
          });
          for await (const { ids, finished } of steps) {
            tale.ids.push(ids[0] as number);
            tale.finished = finished[0] === "stop id";
            show(shown(request, tales));
            await pause();
          }
          if (stopped()) break;
          [tale.score] = await judge.judge(reward.params, [{ prompt, answer: tale.ids }]);
        }
        return shown(request, tales);
      },
      dispose() {
        judge.dispose();
        models.forEach((model) => model.dispose());
        disposeTree(reward.params);
      },
    };
  },
};

const signed = (points: number): string => `${points < 0 ? "−" : ""}${Math.abs(points).toFixed(2)}`;
