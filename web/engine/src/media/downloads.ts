// Files on their way in: sealed bytes by ranges, each chunk checked before anybody sees it. A link
// that breaks is taken up again at the chunk that is wanted next.
import { Errc } from "../gen/errors.js";
import type { BlobRef } from "../media_messages.js";
import { toHex } from "../text.js";
import {
  BlobModule,
  CHUNK_BYTES,
  SEALED_CHUNK_BYTES,
  sealedBytesOf,
  type BlobFile,
} from "./blob_module.js";
import { Again, Failure, Lost } from "./failure.js";
import type { Patience } from "./patience.js";
import type { RelayBlobs } from "./relay_blobs.js";

/** What browsers may put aside at once of a file that is fetched whole. */
const PART_BYTES = 4 * 1024 * 1024;
const READ_CHUNKS = 4;

export type DownloadWorld = {
  readonly module: () => Promise<BlobModule>;
  readonly relay: RelayBlobs;
  readonly patience: Patience;
};

/** One sealed chunk after the other out of pieces of any size. */
class Cutter {
  private readonly chunk = new Uint8Array(SEALED_CHUNK_BYTES);
  private filled = 0;

  /** Calls back with each whole chunk; the last one by `wanted` bytes. */
  *take(bytes: Uint8Array, wanted: () => number): Generator<Uint8Array> {
    for (let at = 0; at < bytes.length; ) {
      const part = bytes.subarray(at, at + wanted() - this.filled);
      if (!part.length) throw new Failure(Errc.blob_bad);
      this.chunk.set(part, this.filled);
      this.filled += part.length;
      at += part.length;
      if (this.filled < wanted()) continue;
      const whole = this.chunk.subarray(0, this.filled);
      this.filled = 0;
      yield whole;
    }
  }
}

/** The chunks of a blob in order from one on. */
class Chunks {
  private readonly ending = new AbortController();

  constructor(
    private readonly world: DownloadWorld,
    private readonly blob: BlobRef,
    private readonly file: BlobFile,
    private next: number,
    private readonly digest: boolean,
  ) {}

  private sealed_size(index: number): number {
    return this.file.sizeOf(index) + SEALED_CHUNK_BYTES - CHUNK_BYTES;
  }

  /** Plain bytes of each chunk, until the next one is asked for. */
  async *all(): AsyncGenerator<Uint8Array> {
    for (let turn = 0; this.next < this.file.chunks; ) {
      const before = this.next;
      try {
        yield* this.some();
        if (this.next < this.file.chunks) throw new Again();
      } catch (error) {
        if (this.ending.signal.aborted) throw new Failure(Errc.blob_cancelled);
        if (error instanceof Lost) throw new Failure(Errc.blob_unknown);
        if (!(error instanceof Again)) throw error;
        turn = this.next > before ? 0 : turn;
        await this.world.patience.wait(turn++, this.ending.signal);
      }
    }
  }

  // As many as one answer brings.
  private async *some(): AsyncGenerator<Uint8Array> {
    const from = this.next * SEALED_CHUNK_BYTES;
    const id = toHex(this.blob.id);
    const response = await this.world.relay.read(id, from, this.ending.signal);
    const length = Number(response.headers.get("Content-Length") ?? NaN);
    if (length !== sealedBytesOf(this.blob.bytes) - from && !Number.isNaN(length)) {
      await response.body?.cancel();
      throw new Failure(Errc.blob_bad, this.next);
    }
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    const cutter = new Cutter();
    try {
      for (;;) {
        const { value } = await reader.read().catch(() => {
          throw new Again();
        });
        if (!value) return;
        for (const sealed of cutter.take(value, () => this.sealed_size(this.next))) {
          const plain = this.file.open(this.next, sealed, this.digest).slice();
          this.next++;
          yield plain;
        }
      }
    } finally {
      reader.cancel().catch(() => undefined);
    }
  }

  stop(): void {
    this.ending.abort();
  }
}

type Reading = {
  readonly chunks: Chunks;
  readonly plain: AsyncGenerator<Uint8Array>;
  /** Of the next chunk: bytes before the one that was asked for. */
  skip: number;
};

export class Downloads {
  private readonly whole = new Map<number, Chunks>();
  private readonly streams = new Map<number, Reading>();

  constructor(private readonly world: DownloadWorld) {}

  private async open(blob: BlobRef, from: number, digest: boolean): Promise<[Chunks, BlobFile]> {
    const fits = blob.id.length === 16 && blob.key.length === 32 && blob.digest.length === 32;
    if (!fits || !Number.isSafeInteger(sealedBytesOf(blob.bytes))) throw new Failure(Errc.blob_bad);
    const file = (await this.world.module()).file(blob.key, blob.bytes);
    return [new Chunks(this.world, blob, file, Math.floor(from / CHUNK_BYTES), digest), file];
  }

  /** The whole file; `id` names it for `stop`. */
  async fetch(
    id: number,
    blob: BlobRef,
    progress: (done: number, bytes: number) => void,
  ): Promise<Blob> {
    const [chunks, file] = await this.open(blob, 0, true);
    this.whole.set(id, chunks);
    try {
      const parts: Blob[] = [];
      let held: Uint8Array<ArrayBuffer>[] = [];
      let done = 0;
      for await (const plain of chunks.all()) {
        held.push(plain as Uint8Array<ArrayBuffer>);
        done += plain.length;
        if (held.length * CHUNK_BYTES < PART_BYTES) continue;
        parts.push(new Blob(held));
        held = [];
        progress(done, blob.bytes);
      }
      const digest = file.digest();
      if (digest.some((byte, at) => byte !== blob.digest[at])) throw new Failure(Errc.blob_bad);
      progress(done, blob.bytes);
      return new Blob([...parts, ...held]);
    } finally {
      this.whole.delete(id);
      file.end();
    }
  }

  /** The next plain bytes of a stream, which begins at `from`; nothing at its end. */
  async read(id: number, blob: BlobRef, from: number): Promise<Uint8Array | undefined> {
    const reading = this.streams.get(id) ?? (await this.begin(id, blob, from));
    const parts: Uint8Array[] = [];
    let size = 0;
    while (parts.length < READ_CHUNKS && (size === 0 || parts.length)) {
      const { value, done } = await reading.plain.next();
      if (done || !value) break;
      const part = value.subarray(reading.skip);
      reading.skip = 0;
      parts.push(part);
      size += part.length;
    }
    if (!parts.length) return void this.streams.delete(id);
    const out = new Uint8Array(size);
    let at = 0;
    for (const part of parts) {
      out.set(part, at);
      at += part.length;
    }
    return out;
  }

  private async begin(id: number, blob: BlobRef, from: number): Promise<Reading> {
    const [chunks, file] = await this.open(blob, from, false);
    const plain = async function* (): AsyncGenerator<Uint8Array> {
      try {
        if (from < blob.bytes) yield* chunks.all();
      } finally {
        file.end();
      }
    };
    const reading = { chunks, plain: plain(), skip: from % CHUNK_BYTES };
    this.streams.set(id, reading);
    return reading;
  }

  stop(id: number): void {
    this.whole.get(id)?.stop();
    const reading = this.streams.get(id);
    this.streams.delete(id);
    reading?.chunks.stop();
    reading?.plain.return(undefined).catch(() => undefined);
  }
}
