/** What a person sees while set-up works: a live line on a terminal, one line for each finished step elsewhere. */

const frames = ["⠋", "⠙", "⠹", "⠸", "⠼", "⠴", "⠦", "⠧", "⠇", "⠏"];
// eslint wants no control characters in a regular expression, so the escape character is made here.
const ansi = new RegExp(String.fromCharCode(27) + "\\[[0-9;?]*[A-Za-z]", "g");

export const secondsText = (ms) => (ms < 9_950 ? (ms / 1000).toFixed(1) : Math.round(ms / 1000)) + " s";

/**
 * @param {{ stream?: NodeJS.WriteStream | { write(text: string): unknown, isTTY?: boolean, columns?: number } }} [options]
 */
export function makeProgress({ stream = process.stderr } = {}) {
  const live = Boolean(stream.isTTY) && process.env.TERM !== "dumb";
  let timer;
  let title = "";
  let started = 0;
  let last = "";
  let frame = 0;

  const clear = () => live && stream.write("\r\u001b[2K");
  const draw = () => {
    const text = `${frames[frame++ % frames.length]} ${title}  ${secondsText(performance.now() - started)}  ${last}`;
    stream.write("\r\u001b[2K" + text.slice(0, (stream.columns || 80) - 1));
  };
  const stop = () => {
    clearInterval(timer);
    clear();
  };

  return {
    start(name) {
      title = name;
      started = performance.now();
      last = "";
      clearInterval(timer);
      if (!live) return;
      draw();
      timer = setInterval(draw, 100);
      timer.unref();
    },
    /** The newest line of a step's output. */
    line(text) {
      last = text.replace(ansi, "").trim();
    },
    done(note = "") {
      stop();
      const extra = note ? `  ${note}` : "";
      stream.write(`✓ ${title}  ${secondsText(performance.now() - started)}${extra}\n`);
    },
    /** The step did what it could: `note` says what is missing. */
    partly(note) {
      stop();
      stream.write(`! ${title}  ${secondsText(performance.now() - started)}  ${note}\n`);
    },
    fail(sentence) {
      stop();
      stream.write(`✗ ${title}\n\n${sentence}\n`);
    },
    say(text) {
      clear();
      stream.write(text + "\n");
    },
    stop,
  };
}
