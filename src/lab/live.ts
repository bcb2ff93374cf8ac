import { figureBundle, imageOf } from "./display";
import type { Figure } from "./figure";
import { type Bundle, kernel, terminal } from "./kernel";

/** One output that is drawn again and again: a loss curve while it grows, a table that fills. */
export interface Live {
  /** Replaces the output by this figure (its HTML or SVG form: JupyterLab does not redraw a Plotly figure). */
  show(figure: Figure): void;
  svg(source: string, text?: string): void;
  html(source: string, text?: string): void;
  text(text: string): void;
  /** No more frames. In a terminal the last one stays; where output goes to a file, only the last one is written. */
  done(): void;
}

/**
 * Opens an updating output. Some ten frames a second are enough, and the loop must give way between them
 * (`await nextTurn()`):
 *
 *     const curve = live();
 *     for (...) { if (step % 20 === 0) curve.show(lineFigure(losses)); await nextTurn(); }
 *     curve.done();
 */
export function live(): Live {
  const frame = kernel.labDisplay ? notebookFrame(kernel.labDisplay) : terminalFrame();
  const put = (bundle: Bundle, text: string) => frame.put(bundle, text);
  return {
    show: (figure) => {
      const still = figure.html || figure.svg ? { ...figure, plotly: undefined } : figure;
      put(figureBundle(still), figure.text);
    },
    svg: (source, text = "") => put({ "text/html": imageOf(source, text), "text/plain": text }, text),
    html: (source, text = "") => put({ "text/html": source, "text/plain": text }, text),
    text: (text) => put({ "text/plain": text }, text),
    done: () => frame.done(),
  };
}

interface Frame {
  put(bundle: Bundle, text: string): void;
  done(): void;
}

function notebookFrame(display: NonNullable<typeof kernel.labDisplay>): Frame {
  const id = globalThis.crypto.randomUUID();
  let drawn = false;
  return {
    put: (bundle) => {
      display(bundle, { id, update: drawn });
      drawn = true;
    },
    done: () => undefined,
  };
}

/** In a terminal each frame is written over the one before; in a file only the last one is written. */
function terminalFrame(): Frame {
  const out = terminal();
  let lines = 0;
  let last = "";
  return {
    put: (_bundle, text) => {
      last = text;
      if (!out) return;
      out.write(`${lines > 1 ? `\x1b[${lines - 1}A` : ""}\r\x1b[J${text}`);
      lines = text.split("\n").length;
    },
    done: () => {
      if (out) out.write("\n");
      else if (last !== "") console.log(last);
    },
  };
}
