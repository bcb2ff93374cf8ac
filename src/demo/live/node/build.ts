import { join } from "node:path";
import { useEngine } from "../../../engine";
import { escapeHtml } from "../../../lab/figures/escape";
import { frameHtml } from "../frame";
import { firstInput, unwatched } from "../widget";
import type { Answer, Widget } from "../widget";
import { widgets } from "../widgets";
import { bundlePage } from "./bundle";
import { writeModel, writeWasm } from "./data";
import { nodeFiles } from "./files";
import { isMissing } from "./minilm";

/** A widget as the site knows it. */
export interface LiveWidget extends Pick<Widget, "id" | "chapter" | "title" | "intro" | "after"> {
  /** HTML of the first result, computed now by the code that runs in the page. @param root the project's folder */
  cached(root: string): Promise<string>;
  /** Scripts under assets/ that it loads when it goes live. */
  readonly assets: readonly string[];
}

let engine: Promise<unknown> | undefined;
const known = new Map<string, Promise<Answer>>();

/** The first answer of a widget, computed in Node, once a process. @throws as `Widget.open`; `isMissing` tells some apart */
export function firstAnswer(widget: Widget, root: string): Promise<Answer> {
  const key = `${widget.id} ${root}`;
  const answer = known.get(key) ?? computed(widget, root);
  known.set(key, answer);
  return answer;
}

async function computed(widget: Widget, root: string): Promise<Answer> {
  await (engine ??= useEngine());
  const session = await widget.open(nodeFiles(root));
  try {
    return await session.answer(firstInput(widget), unwatched);
  } finally {
    session.dispose();
  }
}

export const liveWidgets: readonly LiveWidget[] = widgets.map((widget) => ({
  id: widget.id,
  chapter: widget.chapter,
  title: widget.title,
  intro: widget.intro,
  ...(widget.after === undefined ? {} : { after: widget.after }),
  cached: async (root) => {
    try {
      const made = "This answer was computed when the page was built.";
      return frameHtml(widget, await firstAnswer(widget, root), made);
    } catch (error) {
      if (isMissing(error))
        return `<p>This page was built without the model. ${escapeHtml(error.message)}</p>`;
      throw error;
    }
  },
  assets: ["wasm/simd.js", ...widget.models.map((name) => `models/${name}.js`)],
}));

/**
 * Writes OUT/assets/live.js, which brings a page's widgets to life, and the data that it loads: OUT/assets/models/*.js and
 * OUT/assets/wasm/*.js.
 * @param root the project's folder
 * @param onProgress told what is being written
 */
export async function buildLive(
  root: string,
  out: string,
  onProgress?: (text: string) => void,
): Promise<void> {
  const assets = join(out, "assets");
  onProgress?.("assets/live.js");
  await bundlePage(root, assets);
  onProgress?.("assets/wasm/simd.js");
  await writeWasm(assets);
  const files = nodeFiles(root);
  for (const name of new Set(widgets.flatMap(({ models }) => models))) {
    onProgress?.(`assets/models/${name}.js`);
    await writeModel(files, name, assets).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
      onProgress?.(`left out assets/models/${name}.js: ${error.message}`);
    });
  }
}
