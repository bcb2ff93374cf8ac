import { useEngine, type EngineName } from "../../src/engine";
import { skipLoudly } from "./skip";

/** Engines of Node. WebGPU may be the software adapter that Chromium brings: slow, but the same shaders. */
const engines: readonly EngineName[] = ["tensorflow", "webgpu", "wasm", "cpu"];

/**
 * The same tests on every engine that this machine has. One that is not there skips its suite and says why; the
 * native engine must be there where CI=true.
 */
export function eachEngine(title: string, tests: (engine: EngineName) => void): void {
  for (const engine of engines) {
    describe(`${title} (${engine})`, function () {
      this.timeout(300_000);
      before(async function () {
        try {
          await useEngine({ engine });
        } catch (error) {
          skipLoudly(this, (error as Error).message, { failInCI: engine === "tensorflow" });
        }
      });
      tests(engine);
    });
  }
}
