/**
 * A live widget: a question that the audience asks of a model, and what the library answers. The same code runs in Node,
 * where it makes the first answer when the site is built, and in the page, where the audience goes on.
 */
import type { Field } from "./fields";

/** Values of the fields, by name. */
export type Input = Readonly<Record<string, string>>;

/** Files below datasets/, wherever they are kept: on disk in Node, in scripts beside the page in a browser. */
export interface Files {
  /** @param name such as "stories-chain/model.json" @throws Error that names the file, and the cure */
  bytes(name: string): Promise<Uint8Array>;
}

/** What a widget says to an input. */
export interface Answer {
  /** What is shown. */
  readonly html: string;
  /** The same in a sentence or two, which a screen reader says. */
  readonly say: string;
  /** What was computed: equal in Node and in the page, but for rounding. */
  readonly numbers: readonly number[];
}

/** How an answer is wanted. */
export interface Run {
  /** The name of the button that was pressed; "" where a field changed. */
  readonly action: string;
  /** Shows an answer that is not whole yet. */
  show(answer: Answer): void;
  /** Whether nobody waits for the answer any more. */
  stopped(): boolean;
}

/** A widget with its model loaded. */
export interface Session {
  /** @throws RangeError with a sentence for the audience, where the input has no answer */
  answer(input: Input, run: Run): Promise<Answer>;
  /** Frees the model. */
  dispose(): void;
}

export interface Widget {
  readonly id: string;
  /** The chapter's number, as "07". */
  readonly chapter: string;
  readonly title: string;
  /** Markdown. */
  readonly intro: string;
  /** The heading of the chapter after whose section it stands; at its end without it. */
  readonly after?: string;
  readonly fields: readonly Field[];
  /** The data that it reads first: folders of `Files`. */
  readonly models: readonly string[];
  /** Its data are so large that it starts only when asked. */
  readonly heavy?: boolean;
  open(files: Files): Promise<Session>;
}

/** What the fields stand at first. */
export const firstInput = ({ fields }: Pick<Widget, "fields">): Input =>
  Object.fromEntries(fields.flatMap((field) => ("value" in field ? [[field.name, field.value]] : [])));

/** Nobody looks on: the whole answer is wanted. */
export const unwatched: Run = { action: "", show: () => {}, stopped: () => false };
