import { useEngine } from "../../src/engine";
import { loadModel } from "../../src/checkpoints";
import { skipLoudly } from "./skip";

/**
 * A published model on native TensorFlow, for a `before` hook. Skips the suite with the reason where it is not there and
 * cannot be fetched.
 *
 * @param context `this` of the hook, with time enough for a download
 */
export async function realModel<Model>(
  context: Mocha.Context,
  load: (load: typeof loadModel) => Promise<Model>,
): Promise<Model> {
  try {
    await useEngine({ engine: "tensorflow" });
  } catch (error) {
    skipLoudly(context, (error as Error).message, { failInCI: true });
  }
  try {
    return await load(loadModel);
  } catch (error) {
    return skipLoudly(context, `the model must be fetched once, which fails: ${(error as Error).message}`);
  }
}
