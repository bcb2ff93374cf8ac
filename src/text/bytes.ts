/**
 * Text as bytes: UTF-8 both ways, and GPT-2's printable form of bytes.
 *
 * A byte-level tokenizer sees no characters, only the 256 byte values, so it has no unknown text. JavaScript
 * strings are UTF-16 and may hold half a surrogate pair, which UTF-8 cannot say: each such half becomes
 * U+FFFD (bytes EF BF BD), as TextEncoder does it.
 */

const encoder = new TextEncoder();
// ignoreBOM: a byte order mark is text like any other; without this, decode(encode(x)) would lose it.
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const strictDecoder = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });

/** UTF-8 bytes of a text. A lone surrogate becomes U+FFFD. */
export function textToBytes(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Text of UTF-8 bytes. Each invalid sequence becomes U+FFFD, by the WHATWG rule that TextDecoder follows. */
export function bytesToText(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** Text of UTF-8 bytes, or undefined where they are not valid UTF-8. */
export function bytesToTextStrict(bytes: Uint8Array): string | undefined {
  try {
    return strictDecoder.decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * Writes the UTF-8 of text[start, end) into `out` and returns the number of bytes: what `textToBytes` gives,
 * without making a string or an array for each word. `out` must have room for 3 bytes a UTF-16 unit.
 */
export function writeUtf8(text: string, start: number, end: number, out: Uint8Array): number {
  let n = 0;
  for (let i = start; i < end; i++) {
    let code = text.charCodeAt(i);
    if (code < 0x80) {
      out[n++] = code;
      continue;
    }
    if (code < 0x800) {
      out[n++] = 0xc0 | (code >> 6);
      out[n++] = 0x80 | (code & 0x3f);
      continue;
    }
    if (code >= 0xd800 && code < 0xe000) {
      const next = code < 0xdc00 && i + 1 < end ? text.charCodeAt(i + 1) : 0;
      if (next >= 0xdc00 && next < 0xe000) {
        const point = 0x10000 + ((code - 0xd800) << 10) + (next - 0xdc00);
        i++;
        out[n++] = 0xf0 | (point >> 18);
        out[n++] = 0x80 | ((point >> 12) & 0x3f);
        out[n++] = 0x80 | ((point >> 6) & 0x3f);
        out[n++] = 0x80 | (point & 0x3f);
        continue;
      }
      code = 0xfffd;
    }
    out[n++] = 0xe0 | (code >> 12);
    out[n++] = 0x80 | ((code >> 6) & 0x3f);
    out[n++] = 0x80 | (code & 0x3f);
  }
  return n;
}

/**
 * GPT-2's table byte -> printable character (Radford et al. 2019, `bytes_to_unicode` in encoder.py).
 *
 * A vocabulary file is text, and bytes such as space or newline would break its lines. So each of the 188
 * bytes that print as themselves in Latin-1 stays, and the other 68 become U+0100, U+0101, ... in order:
 * space (0x20) is "Ġ", newline (0x0A) is "Ċ".
 */
export const byteToPrintable: readonly string[] = printableTable();

const printableToByte: ReadonlyMap<string, number> = new Map(
  byteToPrintable.map((char, byte) => [char, byte]),
);

/**
 * The 256 bytes in the order of GPT-2's ids 0..255: by code point of the printable character, so "!" is 0.
 * Hugging Face's trainer uses the same order, and it decides ties between merges.
 */
export const bytesInGpt2Order: readonly number[] = Array.from({ length: 256 }, (_, byte) => byte).sort(
  (a, b) => byteToPrintable[a].charCodeAt(0) - byteToPrintable[b].charCodeAt(0),
);

function printableTable(): string[] {
  const prints = (byte: number) => (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte !== 0xad);
  let moved = 0;
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(prints(byte) ? byte : 0x100 + moved++));
}

/** Bytes to GPT-2's printable form, one character a byte: the bytes of " the" give "Ġthe". */
export function bytesToPrintable(bytes: ArrayLike<number>, length = bytes.length): string {
  let text = "";
  for (let i = 0; i < length; i++) text += byteToPrintable[bytes[i]];
  return text;
}

/**
 * GPT-2's printable form back to bytes.
 *
 * @throws RangeError for a character outside the table of 256.
 */
export function printableToBytes(printable: string): Uint8Array {
  const bytes = new Uint8Array(printable.length);
  for (let i = 0; i < printable.length; i++) {
    const byte = printableToByte.get(printable[i]);
    if (byte === undefined) {
      const code = printable.charCodeAt(i).toString(16).toUpperCase().padStart(4, "0");
      throw new RangeError(
        `Token ${JSON.stringify(printable)} has the character U+${code}, which stands for no byte in GPT-2's table.`,
      );
    }
    bytes[i] = byte;
  }
  return bytes;
}

/**
 * Bytes as a reader may see them: text where they are valid UTF-8, else the valid stretches as text and every
 * other byte as <0xE4>.
 */
export function showBytes(bytes: Uint8Array): string {
  const whole = bytesToTextStrict(bytes);
  if (whole !== undefined) return whole;
  let shown = "";
  for (let i = 0; i < bytes.length;) {
    const char = charAt(bytes, i);
    shown += char ?? `<0x${bytes[i].toString(16).toUpperCase().padStart(2, "0")}>`;
    i += char === undefined ? 1 : textToBytes(char).length;
  }
  return shown;
}

/** The character whose UTF-8 begins at `at`, or undefined where none does. */
function charAt(bytes: Uint8Array, at: number): string | undefined {
  const lead = bytes[at];
  const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  return at + length > bytes.length ? undefined : bytesToTextStrict(bytes.subarray(at, at + length));
}
