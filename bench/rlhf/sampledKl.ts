import { jit, tf } from "../../src/engine";
import { answerLogProbs, TALE_LENGTH, writtenRows } from "../../src/align";
import type { Written } from "../../src/align";
import { intsTensor } from "../../src/data";
import type { Decoder } from "../../src/models";

/** KL(policy, SFT) from answers that the policy has drawn: the mean of log pi(y | x) - log pi_SFT(y | x). */
export async function sampledKl<P>(sft: Decoder<P>, policy: P, drawn: readonly Written[]): Promise<number> {
  const { ids, mask } = writtenRows(drawn, TALE_LENGTH);
  const program = jit((params: P, rows: tf.Tensor, own: tf.Tensor) => answerLogProbs(sft, params, rows, own));
  const ratios = tf.tidy(() => {
    const [rows, own] = [intsTensor(ids), intsTensor(mask)];
    return tf.mean(program(policy, rows, own).sub(program(sft.params, rows, own)));
  });
  const [kl] = await ratios.data();
  ratios.dispose();
  program.dispose();
  return kl as number;
}
