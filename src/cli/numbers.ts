import { InvalidArgumentError } from "commander";

/** Reads an option's whole number. @throws InvalidArgumentError that names what is taken */
export function whole(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  const bounds = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`;
  return (text) => {
    const value = numberOf(text);
    if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number ${bounds}.`);
  };
}

/** Reads an option's number. @throws as `whole` */
export function number(text: string): number {
  const value = numberOf(text);
  if (Number.isFinite(value)) return value;
  throw new InvalidArgumentError("It must be a number.");
}

/** Reads an option's seconds, at most a day unless told. @throws as `whole` */
export function seconds(most = 24 * 60 * 60): (text: string) => number {
  return (text) => {
    const value = numberOf(text);
    if (value > 0 && value <= most) return value;
    throw new InvalidArgumentError(`It must be a number of seconds above 0 and at most ${most}.`);
  };
}

/** JavaScript takes empty text for 0. */
const numberOf = (text: string): number => (text.trim() === "" ? NaN : Number(text));
