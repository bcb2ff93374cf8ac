/** One iteration of PPO as `lab train rlhf` runs it, by part: the lab's against TRL's PPOTrainer on PyTorch. */
import { join } from "node:path";
import { type Aligner, type Judged, ours, type Seconds, type Told, trl } from "./ppo/aligner";
import { anyAnswers, initModels, setting } from "./ppo/setting";
import { bench, type Case, type Cases } from "./harness";

const folder = join(__dirname, "..", ".lab", "bench-rlhf");

interface Everybody {
  readonly aligners: readonly Aligner[];
  readonly notes: readonly string[];
}

let ready: Promise<Everybody> | undefined;

/** Everybody who can do PPO here, loaded once for all cases; who cannot is a note. */
const everybody = (): Promise<Everybody> => (ready ??= load());

async function load(): Promise<Everybody> {
  const models = initModels();
  const lab = await ours(models);
  const notes = [
    "Neither mixes in pretraining nor clips gradients: TRL's PPO has no such parts. Its last version is 1.12.",
  ];
  const peers: Awaited<ReturnType<typeof trl>>[] = [];
  try {
    peers.push(await trl(models, folder));
  } catch (error) {
    notes.push(`TRL is not in the table: ${(error as Error).message}`);
  }
  const aligners = [lab, ...peers];
  const close = (): void => aligners.forEach((aligner) => aligner.close());
  try {
    const texts = anyAnswers();
    const before = await lab.judge(texts);
    const { answers, ...first } = await lab.learn();
    const after = await lab.judge(answers);
    for (const peer of peers) {
      const apart = judgedApart(peer.name, before, await peer.judge(texts), 1e-4);
      const told = toldApart(peer.name, first, await peer.learn(answers), 1e-3);
      const moved = judgedApart(peer.name, after, await peer.judge(answers), 1e-2);
      notes.push(
        `${peer.name}: of the same weights log-probabilities, values and rewards are apart by ${digits(apart)}; reward, KL and loss of ` +
          `one iteration by ${digits(told)}, and log-probabilities and values after it by ${digits(moved)}.`,
      );
    }
    // What is compiled for the setting's own minibatches is compiled here.
    for (const aligner of aligners) for (let i = 0; i < 2; i++) await aligner.iterate();
  } catch (error) {
    close();
    throw error;
  }
  return { aligners, notes };
}

const digits = (value: number): string => value.toExponential(0);

/** How far they are apart at most. @throws Error that names what is farther apart than `most` */
function judgedApart(name: string, mine: Judged, theirs: Judged, most: number): number {
  const distances = (["logProbs", "values", "scores"] as const).map((what) => {
    const [own, other] = [mine[what].flat(), theirs[what].flat()];
    return apart(`${name}, ${what}`, own, other, most);
  });
  return Math.max(...distances);
}

function toldApart(name: string, mine: Told, theirs: Told, most: number): number {
  const distances = (["reward", "kl", "loss"] as const).map((what) =>
    apart(`${name}, ${what} of one iteration`, [mine[what]], [theirs[what]], most),
  );
  return Math.max(...distances);
}

function apart(what: string, mine: readonly number[], theirs: readonly number[], most: number): number {
  if (mine.length !== theirs.length)
    throw new Error(`${what}: ${theirs.length} numbers, ours are ${mine.length}`);
  const distances = mine.map((value, i) => Math.abs(value - (theirs[i] as number)));
  const worst = distances.reduce((at, distance, i) => (distance > (distances[at] as number) ? i : at), 0);
  if (!distances.every((distance) => distance <= most))
    throw new Error(`${what}: number ${worst} is ${theirs[worst]}, ours is ${mine[worst]}`);
  return distances[worst] as number;
}

const part = (value: (seconds: Seconds) => number) => async (): Promise<Case> => {
  const { aligners, notes } = await everybody();
  return {
    unit: "ms",
    notes,
    contenders: aligners.map(({ name, iterate }) => ({ name, run: async () => value(await iterate()) })),
  };
};

const cases: Cases = {
  [`one PPO iteration, ${setting.answers} answers of ${setting.length} tokens`]: part(({ whole }) => whole),
  generate: part(({ generate }) => generate),
  score: part(({ score }) => score),
  learn: part(({ learn }) => learn),
};

void bench("PPO", cases).finally(async () => {
  for (const { close } of (await ready?.catch(() => undefined))?.aligners ?? []) close();
});
