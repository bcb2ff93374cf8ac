/**
 * A growing list of ids. Pushing on a plain array costs 50 ns an id once it holds millions (it grows in small
 * steps, and the collector copies it); this doubles, and `toArray` makes the plain array in one go.
 */
export class IdList {
  data: Int32Array;
  length = 0;

  constructor(capacity: number) {
    this.data = new Int32Array(Math.max(16, capacity));
  }

  /** Makes room for `count` more ids, to be written to `data` from `length` on. */
  reserve(count: number): void {
    if (this.length + count <= this.data.length) return;
    const larger = new Int32Array(Math.max(2 * this.data.length, this.length + count));
    larger.set(this.data.subarray(0, this.length));
    this.data = larger;
  }

  push(id: number): void {
    this.reserve(1);
    this.data[this.length++] = id;
  }

  append(ids: Int32Array, count: number): void {
    this.reserve(count);
    this.data.set(ids.subarray(0, count), this.length);
    this.length += count;
  }

  toArray(): number[] {
    const { data, length } = this;
    // Beyond 2^25 elements V8 makes a sized array a hash table.
    const array: number[] = length < 2 ** 25 ? new Array<number>(length) : [];
    for (let i = 0; i < length; i++) array[i] = data[i];
    return array;
  }
}
