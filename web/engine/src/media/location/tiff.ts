// The TIFF that Exif is. The directory with coordinates goes: its values become zero, and the entry
// that names it leaves its directory; no offset changes.
import { withoutPlaces, withoutPlacesIptc, withoutPlacesPhotoshop } from "./words.js";

const GPS = 0x8825;
const DIRECTORIES_MAX = 8;
const TEXTS = new Map([
  [0x02bc, withoutPlaces],
  [0x83bb, withoutPlacesIptc],
  [0x8649, withoutPlacesPhotoshop],
]);
/** Bytes of one value, by TIFF's type. */
const SIZES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4];

class Tiff {
  readonly view: DataView;
  readonly little: boolean;

  constructor(readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.little = bytes[0] === 0x49;
  }

  u16(at: number): number {
    return at + 2 <= this.bytes.length ? this.view.getUint16(at, this.little) : 0;
  }
  u32(at: number): number {
    return at + 4 <= this.bytes.length ? this.view.getUint32(at, this.little) : 0;
  }

  /** Where an entry's values lie, and how many bytes they are. */
  values(entry: number): readonly [number, number] {
    const size = (SIZES[this.u16(entry + 2)] ?? 1) * this.u32(entry + 4);
    return size > 4 ? [this.u32(entry + 8), size] : [entry + 8, 4];
  }

  entries(directory: number): number[] {
    const room = Math.max(0, Math.floor((this.bytes.length - directory - 2) / 12));
    const count = Math.min(this.u16(directory), room);
    return Array.from({ length: count }, (_, n) => directory + 2 + 12 * n);
  }

  wipe(directory: number): void {
    const entries = this.entries(directory);
    for (const entry of entries) {
      const [at, size] = this.values(entry);
      this.bytes.fill(0, at, at + size);
    }
    this.bytes.fill(0, directory, directory + 2 + 12 * entries.length + 4);
  }

  remove(directory: number, entry: number): void {
    const count = this.entries(directory).length;
    const end = directory + 2 + 12 * count + 4;
    this.bytes.copyWithin(entry, entry + 12, end);
    this.bytes.fill(0, end - 12, end);
    this.view.setUint16(directory, count - 1, this.little);
  }
}

/** The same TIFF without the place, of the same length; what is none stays as it is. */
export function withoutPlaceTiff(bytes: Uint8Array): Uint8Array {
  const out = bytes.slice();
  const tiff = new Tiff(out);
  const order = String.fromCharCode(out[0] ?? 0, out[1] ?? 0);
  if ((order !== "II" && order !== "MM") || tiff.u16(2) !== 42) return out;
  const seen = new Set<number>();
  let directory = tiff.u32(4);
  while (directory && !seen.has(directory) && seen.size < DIRECTORIES_MAX) {
    seen.add(directory);
    // From behind: what is removed moves those after it.
    for (const entry of tiff.entries(directory).reverse()) {
      const tag = tiff.u16(entry);
      const [at, size] = tiff.values(entry);
      const clean = TEXTS.get(tag);
      if (clean && at + size <= out.length) out.set(clean(out.slice(at, at + size)), at);
      if (tag !== GPS) continue;
      tiff.wipe(tiff.u32(entry + 8));
      tiff.remove(directory, entry);
    }
    directory = tiff.u32(directory + 2 + 12 * tiff.u16(directory));
  }
  return out;
}
