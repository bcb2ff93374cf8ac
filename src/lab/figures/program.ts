import type { Figure } from "../figure";
import { escapeHtml, plain } from "./escape";
import { explainLine } from "./stablehlo";
import { htmlFigure } from "./html";

export interface ProgramOptions {
  readonly title?: string;
}

interface Line {
  readonly code: string;
  /** The tfjs kernel whose work begins here, from the comment at its end. */
  readonly kernel?: string;
  /** The names that it reads, and the one that it makes: "%3". */
  readonly reads: readonly string[];
  readonly makes?: string;
  readonly words: string;
}

/**
 * A StableHLO module, line by line: left the kernels that would be launched one by one, right the lines that do their
 * work, each with its meaning in words. Pointing at a line marks where its inputs come from.
 */
export function programFigure(text: string, options: ProgramOptions = {}): Figure {
  const title = options.title ?? "The program, line by line";
  const lines = text.split("\n").flatMap(parseLine);
  const groups = groupByKernel(lines);
  const rows = groups.flatMap(({ kernel, lines: own, number }) =>
    own.map((line, i) => {
      const label = kernel === undefined ? "" : `<strong>${number}.</strong> ${escapeHtml(kernel)}`;
      const head =
        i === 0
          ? `<td rowspan="${own.length}" style="text-align:left;vertical-align:top;padding:3px 10px">${label}</td>`
          : "";
      return (
        `<tr${i === 0 ? ` class="tl-first"` : ""}>${head}<td style="text-align:left;padding:3px 10px" class="tl-code">` +
        `<code>${escapeHtml(line.code)}</code><br><span class="tl-soft">${escapeHtml(line.words)}</span></td></tr>`
      );
    }),
  );
  const body =
    `<table style="border-collapse:collapse"><thead><tr><th scope="col" style="text-align:left;padding:3px 10px">without jit</th>` +
    `<th scope="col" style="text-align:left;padding:3px 10px">the program that XLA is given</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
  const data = {
    reads: groups.flatMap(({ lines: own }) => own.map(({ reads }) => reads)),
    makes: groups.flatMap(({ lines: own }) => own.map(({ makes }) => makes ?? "")),
  };
  const told = groups.flatMap(({ kernel, number, lines: own }) => [
    ...(kernel === undefined ? [] : [`${number}. ${plain(kernel)}`]),
    ...own.map(({ code, words }) => `   ${plain(code)}\n      ${plain(words)}`),
  ]);
  return {
    html: htmlFigure({ kind: "program", title, body, css, script, data }),
    text: [plain(title), ...told].join("\n"),
  };
}

/** A line of the module; brackets that stand alone are left out. */
function parseLine(raw: string): Line[] {
  const comment = /\s*\/\/ ([\w ]+)$/.exec(raw);
  const code = raw.slice(0, comment?.index).trim();
  if (code === "" || code === "}") return [];
  const made = /^(%[\w#]+)(?::\d+)? = /.exec(code);
  const names = (made === null ? code : code.slice(made[0].length)).match(/%[\w#]+/g) ?? [];
  const header = /^(module|func)/.test(code);
  const words = explainLine(code);
  return [
    {
      code,
      words,
      reads: header ? [] : [...new Set(names)],
      ...(made && { makes: made[1]! }),
      ...(comment && { kernel: comment[1]! }),
    },
  ];
}

interface Group {
  readonly kernel?: string;
  readonly number: number;
  readonly lines: Line[];
}

function groupByKernel(lines: readonly Line[]): Group[] {
  const groups: Group[] = [];
  let number = 0;
  for (const line of lines) {
    const own = /^(module|func|return)/.test(line.code);
    const last = groups.at(-1);
    if (line.kernel !== undefined) groups.push({ kernel: line.kernel, number: ++number, lines: [line] });
    else if (last === undefined || (own && last.kernel !== undefined)) groups.push({ number, lines: [line] });
    else last.lines.push(line);
  }
  return groups;
}

/** Body of `function (root, data)`: a line that is pointed at, the lines it reads from, and those that read it. */
const script = `
var rows = Array.prototype.slice.call(root.querySelectorAll("tbody tr"));
var codes = rows.map(function (row) { return row.querySelector(".tl-code"); });
function mark(i) {
  codes.forEach(function (code, k) {
    code.classList.toggle("tl-here", k === i);
    code.classList.toggle("tl-source", i >= 0 && data.makes[k] !== "" && data.reads[i].indexOf(data.makes[k]) >= 0);
    code.classList.toggle("tl-use", i >= 0 && data.makes[i] !== "" && data.reads[k].indexOf(data.makes[i]) >= 0);
  });
}
codes.forEach(function (code, i) {
  code.tabIndex = i === 0 ? 0 : -1;
  code.addEventListener("mouseenter", function () { mark(i); });
  code.addEventListener("focus", function () { mark(i); });
  code.addEventListener("keydown", function (event) {
    var to = { ArrowDown: i + 1, ArrowUp: i - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (!codes[to]) return;
    code.tabIndex = -1;
    codes[to].tabIndex = 0;
    codes[to].focus();
  });
});
root.querySelector("table").addEventListener("mouseleave", function () { mark(-1); });
`;

const css = `
.tl-program{overflow-x:auto}
.tl-program table{margin:0;color:inherit;font-size:.95em}
.tl-program tbody tr{background:transparent!important}
.tl-program tr.tl-first td{border-top:1px solid var(--tl-grid)}
.tl-program td{color:inherit;text-align:left!important;white-space:normal}
.tl-program code{font:.9em/1.4 var(--tl-mono);background:none;color:inherit;overflow-wrap:anywhere;white-space:pre-wrap;padding:0}
.tl-program .tl-code{border-left:4px solid transparent}
.tl-program .tl-here{background:var(--tl-glow);border-left-color:var(--tl-accent)}
.tl-program .tl-here .tl-soft{color:var(--tl-ink)}
.tl-program .tl-source{border-left-color:var(--tl-good);background:var(--tl-tint)}
.tl-program .tl-use{border-left-color:var(--tl-half);background:var(--tl-tint)}
`;
