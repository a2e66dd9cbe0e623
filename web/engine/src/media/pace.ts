// How much goes into one piece: as much as takes about a second, so that progress is seen and
// little is sent twice after a cut, within what memory is given for it.
import { SEALED_CHUNK_BYTES } from "./blob_module.js";

const CHUNKS_MIN = 2;
const CHUNKS_MAX = 64;
const CHUNKS_FIRST = 8;
const QUICK_MS = 700;
const SLOW_MS = 3000;

export const PIECE_BYTES_MAX = CHUNKS_MAX * SEALED_CHUNK_BYTES;

export class Pace {
  private chunks = CHUNKS_FIRST;

  /** The next piece ends where a chunk ends, at most so far. */
  endOf(from: number, all: number): number {
    const first = Math.floor(from / SEALED_CHUNK_BYTES);
    return Math.min((first + this.chunks) * SEALED_CHUNK_BYTES, all);
  }

  took(ms: number): void {
    if (ms < QUICK_MS) this.chunks = Math.min(this.chunks * 2, CHUNKS_MAX);
    else if (ms > SLOW_MS) this.slower();
  }

  slower(): void {
    this.chunks = Math.max(this.chunks >> 1, CHUNKS_MIN);
  }
}
