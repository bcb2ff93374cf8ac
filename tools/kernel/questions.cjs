"use strict";
/** The requests that are answered at once, without running anything: completion, types on hover, and the like. */
const { PROTOCOL_VERSION } = require("./wire.cjs");

/** `kinds[type](content)` gives the reply's content, or undefined where the protocol wants none. */
function makeQuestions({ executor, typescriptVersion }) {
  const { isCompleteCode } = require("tslab/dist/converter.js");
  const { printQuickInfo } = require("tslab/dist/inspect.js");

  return {
    kernel_info_request: () => ({
      status: "ok",
      protocol_version: PROTOCOL_VERSION,
      implementation: "transformer-lab",
      implementation_version: "1.0.0",
      banner: `Transformer Lab: TypeScript ${typescriptVersion} on Node.js ${process.versions.node}`,
      language_info: {
        name: "typescript",
        version: typescriptVersion,
        mimetype: "text/typescript",
        file_extension: ".ts",
        codemirror_mode: "typescript",
        pygments_lexer: "typescript",
      },
      help_links: [],
    }),

    is_complete_request: ({ code }) => {
      const { completed, indent } = isCompleteCode(code);
      return completed ? { status: "complete" } : { status: "incomplete", indent };
    },

    complete_request: ({ code, cursor_pos: cursor }) => {
      const { start, end, candidates, original } = executor.complete(code, toUnits(code, cursor));
      const [from, to] = [toPoints(code, start), toPoints(code, end)];
      const kinds = new Map((original?.entries ?? []).map(({ name, kind }) => [name, kind]));
      const typed = candidates.map((text) => ({ start: from, end: to, text, type: kinds.get(text) ?? "" }));
      return {
        status: "ok",
        matches: candidates,
        cursor_start: from,
        cursor_end: to,
        metadata: { _jupyter_types_experimental: typed },
      };
    },

    inspect_request: ({ code, cursor_pos: cursor }) => {
      const info = executor.inspect(code, toUnits(code, cursor));
      if (!info) return { status: "ok", found: false, data: {}, metadata: {} };
      const text = printQuickInfo(info);
      const signature = (info.displayParts ?? []).map((part) => part.text).join("");
      const rest = text.slice(signature.length).trim();
      const markdown = `\`\`\`typescript\n${signature}\n\`\`\`\n\n${rest}`;
      return {
        status: "ok",
        found: true,
        data: { "text/plain": text, "text/markdown": markdown },
        metadata: {},
      };
    },

    // The kernel keeps no history, and has no widgets: empty answers, so that front ends do not wait.
    history_request: () => ({ status: "ok", history: [] }),
    comm_info_request: () => ({ status: "ok", comms: {} }),
  };
}

// Jupyter counts characters (code points), JavaScript counts UTF-16 units: an emoji is 1 there and 2 here.
function toUnits(text, points) {
  return [...text].slice(0, points).join("").length;
}

function toPoints(text, units) {
  return [...text.slice(0, units)].length;
}

module.exports = { makeQuestions };
