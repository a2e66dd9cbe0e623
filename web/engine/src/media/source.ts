// Where an upload's sealed bytes come from: sealed from the file as they are asked for, or kept in
// a spool. Both give any piece again as it was.
import { Errc } from "../gen/errors.js";
import { CHUNK_BYTES, SEALED_CHUNK_BYTES, sealedBytesOf } from "./blob_module.js";
import type { BlobFile } from "./blob_module.js";
import { PIECE_BYTES_MAX } from "./pace.js";
import { Failure } from "./failure.js";
import { FileFilling } from "./filling.js";
import type { Spool } from "./seams.js";

export type Piece = Uint8Array<ArrayBuffer>;

export interface Source {
  /** Sealed bytes [from, to), within PIECE_BYTES_MAX; until the next but one is asked for. */
  piece(from: number, to: number): Promise<Piece>;
  /** Of the file; resolved once it was read to its end. */
  digest(): Promise<Uint8Array>;
  /** No further call. */
  close(): void;
}

/** Chunks read and their digest, in the file's order. */
export type Read = { readonly chunks: number; readonly prefix: Uint8Array };

/** Two buffers in turn: one is on its way while the next is filled. */
class Buffers {
  private readonly both: Piece[] = [];
  private turn = 0;

  next(size: number): Piece {
    this.turn ^= 1;
    const at = this.turn;
    if ((this.both[at]?.length ?? 0) < size) this.both[at] = new Uint8Array(size);
    return (this.both[at] as Piece).subarray(0, size);
  }
}

/** Seals from the file. `note` is told what was read before any of it is given out. */
export class FileSource implements Source {
  private readonly buffers = new Buffers();
  private readonly reading: FileFilling;
  private noted = 0;

  constructor(
    file: Blob,
    private readonly blob: BlobFile,
    private readonly note: (read: Read) => Promise<void>,
  ) {
    this.reading = new FileFilling(file);
  }

  private async plain(chunk: number, end: number): Promise<Uint8Array> {
    try {
      return await this.reading.read(chunk * CHUNK_BYTES, end * CHUNK_BYTES);
    } catch {
      // Browsers refuse to read what was changed or removed since it was picked.
      throw new Failure(Errc.blob_file_changed);
    }
  }

  private chunk_of(plain: Uint8Array, first: number, index: number): Uint8Array {
    const at = (index - first) * CHUNK_BYTES;
    return plain.subarray(at, at + CHUNK_BYTES);
  }

  /** Reads on to `chunk` for the digest alone; what came before must be what it was. */
  async pass(chunk: number): Promise<Uint8Array> {
    const step = PIECE_BYTES_MAX / SEALED_CHUNK_BYTES;
    while (this.blob.added < chunk) {
      const first = this.blob.added;
      const end = Math.min(first + step, chunk);
      const plain = await this.plain(first, end);
      while (this.blob.added < end) this.blob.add(this.chunk_of(plain, first, this.blob.added));
    }
    this.noted = Math.max(this.noted, this.blob.added);
    return this.blob.digest();
  }

  async piece(from: number, to: number): Promise<Piece> {
    const out = this.buffers.next(to - from);
    const first = Math.floor(from / SEALED_CHUNK_BYTES);
    const end = Math.ceil(to / SEALED_CHUNK_BYTES);
    if (first > this.blob.added) await this.pass(first);
    const plain = await this.plain(first, end);
    for (let index = first; index < end; index++) {
      const begin = index * SEALED_CHUNK_BYTES;
      const sealed = this.blob.seal(index, this.chunk_of(plain, first, index));
      const part = sealed.subarray(Math.max(from - begin, 0), to - begin);
      out.set(part, Math.max(begin - from, 0));
    }
    if (this.blob.added > this.noted) {
      this.noted = this.blob.added;
      await this.note({ chunks: this.noted, prefix: this.blob.digest() });
    }
    return out;
  }

  async digest(): Promise<Uint8Array> {
    return this.pass(this.blob.chunks);
  }

  close(): void {
    this.reading.close();
    this.blob.end();
  }
}

/** Reads what a former page has sealed to the end. */
export class KeptSource implements Source {
  private readonly buffers = new Buffers();

  constructor(
    private readonly spool: Spool,
    private readonly of_file: Uint8Array,
  ) {}

  async piece(from: number, to: number): Promise<Piece> {
    const out = this.buffers.next(to - from);
    try {
      this.spool.read(from, out);
    } catch {
      throw new Failure(Errc.blob_file_needed);
    }
    return out;
  }

  async digest(): Promise<Uint8Array> {
    return this.of_file;
  }

  close(): void {
    this.spool.close();
  }
}

/**
 * Seals the file into the spool as fast as the disk takes it, while pieces are read behind. Once it
 * is full the file is not needed any more. A disk that refuses ends the spool, not the upload.
 */
export class SpoolSource implements Source {
  private readonly buffers = new Buffers();
  private ready = 0;
  private ended = false;
  private broken = false;
  private moved: () => void = () => undefined;
  private fault: unknown;

  constructor(
    private readonly file: FileSource,
    private readonly spool: Spool,
    private readonly bytes: number,
    private readonly full: (digest: Uint8Array) => Promise<void>,
  ) {
    void this.fill();
  }

  private async fill(): Promise<void> {
    const all = sealedBytesOf(this.bytes);
    try {
      while (this.ready < all && !this.ended) {
        const to = Math.min(this.ready + PIECE_BYTES_MAX / 4, all);
        const piece = await this.file.piece(this.ready, to);
        if (this.ended) return;
        if (!this.kept(piece)) break;
        this.ready = to;
        this.moved();
      }
      if (this.ready === all && !this.ended) {
        this.spool.flush();
        await this.full(await this.file.digest());
      }
    } catch (error) {
      this.fault = error;
    }
    this.moved();
  }

  private kept(piece: Piece): boolean {
    try {
      this.spool.write(this.ready, piece);
    } catch {
      this.broken = true;
    }
    return !this.broken;
  }

  async piece(from: number, to: number): Promise<Piece> {
    while (this.ready < to) {
      if (this.fault) throw this.fault;
      if (this.broken) return this.file.piece(from, to);
      await new Promise<void>((resolve) => (this.moved = resolve));
    }
    const out = this.buffers.next(to - from);
    this.spool.read(from, out);
    return out;
  }

  async digest(): Promise<Uint8Array> {
    return this.file.digest();
  }

  close(): void {
    this.ended = true;
    this.moved();
    this.spool.close();
    this.file.close();
  }
}
