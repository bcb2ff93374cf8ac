/** @throws RangeError that names the field unless it is a whole number of at least `least` */
export function checkWhole(what: string, name: string, value: number, least: number): void {
  if (!Number.isInteger(value) || value < least)
    throw new RangeError(`${what}: ${name} must be a whole number of at least ${least}, got ${value}`);
}

/** @throws RangeError that names the field unless it is finite and above 0 (or 0 itself, where `zero`) */
export function checkPositive(what: string, name: string, value: number, zero = false): void {
  if (!Number.isFinite(value) || value < 0 || (value === 0 && !zero))
    throw new RangeError(`${what}: ${name} must be ${zero ? "0 or more" : "above 0"}, got ${value}`);
}

/** @throws RangeError where a table of the model has not a row for each word */
export function checkRows(what: string, length: number, words: number, width: number): void {
  if (length !== words * width)
    throw new RangeError(`${what}: the model has ${length / width} rows for ${words} words`);
}
