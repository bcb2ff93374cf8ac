/** A lecturer's notes: notebooks/notes/NN-topic.md, a heading of the chapter and what to say there. */
import { markdownHtml, plainTitle } from "./markdown";

export interface Note {
  readonly html: string;
  /** "*8 minutes.*" at its beginning. */
  readonly minutes?: number;
}

/**
 * Notes by heading, without its marks.
 * @throws Error for text before the first heading, or a heading that comes twice, with its line
 */
export function parseNotes(source: string, name: string): Map<string, Note> {
  const notes = new Map<string, Note>();
  let heading: string | undefined;
  let body: string[] = [];
  const end = (): void => {
    if (heading === undefined) return;
    const text = body.join("\n").trim();
    const minutes = /^\*?(\d+) minutes?\b/.exec(text)?.[1];
    notes.set(heading, {
      html: markdownHtml(text),
      ...(minutes !== undefined && { minutes: Number(minutes) }),
    });
  };
  source.split(/\r?\n/).forEach((line, i) => {
    const written = /^#{1,3} (.+)$/.exec(line)?.[1];
    if (written === undefined) {
      if (heading === undefined && line.trim() !== "")
        throw new Error(
          `${name}, line ${i + 1}: text before the first heading. Cure: begin with "## heading of the chapter".`,
        );
      body.push(line);
      return;
    }
    end();
    const next = plainTitle(written);
    if (notes.has(next)) throw new Error(`${name}, line ${i + 1}: "${next}" comes twice.`);
    [heading, body] = [next, []];
  });
  end();
  return notes;
}
