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
import { Filling } from "./filling.js";
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

type Keep = (plain: Uint8Array) => Uint8Array;

/** The chunks of a blob in order from one on. */
class Chunks {
  private readonly ending = new AbortController();
  private buffer = new ArrayBuffer(SEALED_CHUNK_BYTES);

  constructor(
    private readonly world: DownloadWorld,
    private readonly blob: BlobRef,
    private readonly file: BlobFile,
    private next: number,
    private readonly digest: boolean,
    private readonly keep: Keep,
  ) {}

  private sealed_size(index: number): number {
    return this.file.sizeOf(index) + SEALED_CHUNK_BYTES - CHUNK_BYTES;
  }

  /** What `keep` makes of the plain bytes of each chunk. */
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
    const coming = new Filling(response.body as ReadableStream<Uint8Array>);
    try {
      while (this.next < this.file.chunks) {
        const size = this.sealed_size(this.next);
        const sealed = await coming.fill(this.buffer, size).catch(() => {
          this.buffer = new ArrayBuffer(SEALED_CHUNK_BYTES);
          throw new Again();
        });
        this.buffer = sealed.buffer;
        if (sealed.length < size) return;
        // Nobody else may come between: the module's buffer is everybody's.
        const plain = this.keep(this.file.open(this.next, sealed, this.digest));
        this.next++;
        yield plain;
      }
    } finally {
      coming.cancel();
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

  private async open(
    blob: BlobRef,
    from: number,
    digest: boolean,
    keep: Keep,
  ): Promise<[Chunks, BlobFile]> {
    const fits = blob.id.length === 16 && blob.key.length === 32 && blob.digest.length === 32;
    if (!fits || !Number.isSafeInteger(sealedBytesOf(blob.bytes))) throw new Failure(Errc.blob_bad);
    const file = (await this.world.module()).file(blob.key, blob.bytes);
    const first = Math.floor(from / CHUNK_BYTES);
    return [new Chunks(this.world, blob, file, first, digest, keep), file];
  }

  /** The whole file; `id` names it for `stop`. */
  async fetch(
    id: number,
    blob: BlobRef,
    progress: (done: number, bytes: number) => void,
  ): Promise<Blob> {
    const part = new Uint8Array(Math.min(PART_BYTES, blob.bytes));
    let held = 0;
    const keep = (plain: Uint8Array): Uint8Array => {
      part.set(plain, held);
      held += plain.length;
      return plain;
    };
    const [chunks, file] = await this.open(blob, 0, true, keep);
    this.whole.set(id, chunks);
    try {
      const parts: Blob[] = [];
      let done = 0;
      for await (const plain of chunks.all()) {
        done += plain.length;
        if (held < PART_BYTES) continue;
        parts.push(new Blob([part]));
        held = 0;
        progress(done, blob.bytes);
      }
      const digest = file.digest();
      if (digest.some((byte, at) => byte !== blob.digest[at])) throw new Failure(Errc.blob_bad);
      progress(done, blob.bytes);
      return new Blob([...parts, part.subarray(0, held)]);
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
    const [chunks, file] = await this.open(blob, from, false, (plain) => plain.slice());
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
