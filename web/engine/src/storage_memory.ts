// A store that lasts as long as the page: for tests, and for browsers that refuse to keep anything.
import type { Change, KeyRange, Storage, StoredRecord } from "./seams.js";

/** Byte order, as IndexedDB and SQLite sort binary keys. */
export function compareKeys(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < a.length && i < b.length; i++) {
    if (a[i] !== b[i]) return (a[i] as number) - (b[i] as number);
  }
  return a.length - b.length;
}

export class MemoryStorage implements Storage {
  private records: StoredRecord[] = [];

  // Where the key is, or would be.
  private place_of(key: Uint8Array): number {
    let low = 0;
    let high = this.records.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (compareKeys((this.records[middle] as StoredRecord).key, key) < 0) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  async write(changes: readonly Change[]): Promise<void> {
    for (const { key, value } of changes) {
      const at = this.place_of(key);
      const found = this.records[at];
      const old = found && !compareKeys(found.key, key) ? 1 : 0;
      this.records.splice(at, old, ...(value ? [{ key: key.slice(), value: value.slice() }] : []));
    }
  }

  async load({ from, to, limit, descending }: KeyRange): Promise<StoredRecord[]> {
    const start = this.place_of(from);
    const found = this.records.slice(start, Math.max(start, this.place_of(to)));
    if (descending) found.reverse();
    return limit ? found.slice(0, limit) : found;
  }

  async check(): Promise<void> {}

  close(): void {}
}
