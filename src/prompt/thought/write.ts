/** What thinking aloud asks of a model: to go on from a prompt. A stub in tests, SmolLM2 or a model trained here elsewhere. */
export interface WriteOptions {
  /** How many texts, each drawn on its own; 1 without it. */
  readonly count?: number;
  /** Most tokens of a text. */
  readonly maxNewTokens?: number;
  /** 0, or nothing: the most likely text. */
  readonly temperature?: number;
  /** Where a text ends; not part of it. */
  readonly stop?: readonly string[];
}

/** @returns `count` texts that go on from the prompt, without it */
export type Write = (prompt: string, options?: WriteOptions) => Promise<string[]>;

/** The one text that goes on from a prompt. @throws Error where the model wrote another number of texts */
export async function writeOne(write: Write, prompt: string, options: WriteOptions = {}): Promise<string> {
  return (await writeMany(write, prompt, 1, options))[0] as string;
}

/** Several texts that go on from a prompt. @throws RangeError for a bad count, Error where the model wrote another number */
export async function writeMany(
  write: Write,
  prompt: string,
  count: number,
  options: WriteOptions = {},
): Promise<string[]> {
  checkCount("count", count);
  const texts = await write(prompt, { ...options, count });
  if (texts.length !== count)
    throw new Error(
      `write: ${count} texts were asked for, ${texts.length} came. Cure: return \`count\` texts.`,
    );
  return texts;
}

/** @throws RangeError that names what must be a whole number from `least` */
export function checkCount(name: string, value: number, least = 1): void {
  if (!Number.isInteger(value) || value < least)
    throw new RangeError(`${name} must be a whole number from ${least}, got ${value}`);
}
