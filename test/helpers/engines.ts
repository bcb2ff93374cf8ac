import { useEngine, type EngineName } from "../../src/engine";
import { skipLoudly } from "./skip";

/** Engines of Node. WebGPU may be the software adapter that Chromium brings: slow, but the same shaders. */
const engines: readonly EngineName[] = ["tensorflow", "webgpu", "wasm", "cpu"];

/**
 * The same tests on every engine that this machine has. One that is not there skips its suite and says why; the
 * native engine must be there where CI=true.
 */
let emulated = false;

/**
 * Skips a test that takes a graphics card emulated in software very long. What it shows is shown there by its family's
 * other tests and by those of the operations; on a real card, and with LAB_TEST_ALL=1, it runs.
 */
export function skipOnEmulatedCard(context: Mocha.Context, engine: EngineName): void {
  if (engine === "webgpu" && emulated && !process.env["LAB_TEST_ALL"])
    skipLoudly(context, "takes a card emulated in software very long: LAB_TEST_ALL=1 runs it");
}

export function eachEngine(title: string, tests: (engine: EngineName) => void): void {
  for (const engine of engines) {
    describe(`${title} (${engine})`, function () {
      this.timeout(300_000);
      before(async function () {
        try {
          emulated = (await useEngine({ engine })).software;
        } catch (error) {
          skipLoudly(this, (error as Error).message, { failInCI: engine === "tensorflow" });
        }
      });
      tests(engine);
    });
  }
}
