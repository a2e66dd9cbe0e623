// blob.wasm: one buffer of plain and one of sealed bytes for all files; wasm/blob_abi.cpp describes
// the calls. All are synchronous, so that who shares the module never meets another's bytes.
import { Errc } from "../gen/errors.js";
import { Failure } from "./failure.js";

export const CHUNK_BYTES = 65_536;
export const SEALED_CHUNK_BYTES = CHUNK_BYTES + 40;
export const KEY_BYTES = 32;

export const chunksOf = (bytes: number): number => Math.max(1, Math.ceil(bytes / CHUNK_BYTES));
export const sealedBytesOf = (bytes: number): number => bytes + chunksOf(bytes) * 40;

type Exports = {
  readonly memory: WebAssembly.Memory;
  _initialize(): void;
  blob_plain(): number;
  blob_sealed(): number;
  blob_new(bytes: number): number;
  blob_delete(file: number): void;
  blob_seal(file: number, index: number, size: number): number;
  blob_add(file: number, size: number): number;
  blob_digest(file: number): void;
  blob_open(file: number, index: number, size: number): number;
};

/** One file of a known size under one key. */
export class BlobFile {
  readonly chunks: number;
  /** Chunks that the digest has taken. */
  added = 0;
  private ended = false;

  constructor(
    private readonly module: BlobModule,
    private readonly at: number,
    readonly bytes: number,
  ) {
    this.chunks = chunksOf(bytes);
  }

  /** Plain bytes of chunk `index`. */
  sizeOf(index: number): number {
    return Math.min(CHUNK_BYTES, this.bytes - index * CHUNK_BYTES);
  }

  /** The sealed chunk, until anybody's next call. The next one in order goes into the digest. */
  seal(index: number, chunk: Uint8Array): Uint8Array {
    const core = this.give(chunk);
    if (index === this.added) this.count(core.blob_add(this.at, chunk.length));
    return this.module.sealed(this.checked(core.blob_seal(this.at, index, chunk.length)));
  }

  /** Into the digest alone. */
  add(chunk: Uint8Array): void {
    this.count(this.give(chunk).blob_add(this.at, chunk.length));
  }

  private give(chunk: Uint8Array): Exports {
    const core = this.living();
    if (chunk.length > CHUNK_BYTES) throw new Failure(Errc.blob_file_changed);
    this.module.plain().set(chunk);
    return core;
  }

  // Whoever still waited for the file's bytes when it ended comes too late.
  private living(): Exports {
    if (this.ended) throw new Failure(Errc.blob_cancelled);
    return this.module.core;
  }

  private count(answer: number): void {
    this.checked(answer);
    this.added++;
  }

  private checked(answer: number): number {
    if (answer < 0) throw new Failure(Errc.blob_file_changed);
    return answer;
  }

  /** The plain chunk, until anybody's next call; with `digest` it also goes into the digest. */
  open(index: number, sealed: Uint8Array, digest = false): Uint8Array {
    const core = this.living();
    if (sealed.length > SEALED_CHUNK_BYTES) throw new Failure(Errc.blob_bad, index);
    this.module.sealed(sealed.length).set(sealed);
    const size = core.blob_open(this.at, index, sealed.length);
    if (size < 0) throw new Failure(Errc.blob_bad, index);
    if (digest) this.count(core.blob_add(this.at, size));
    return this.module.plain(size);
  }

  /** Of the chunks added so far. */
  digest(): Uint8Array {
    this.living().blob_digest(this.at);
    return this.module.sealed(32).slice();
  }

  /** Wipes its keys. */
  end(): void {
    if (this.ended) return;
    this.ended = true;
    this.module.core.blob_delete(this.at);
  }
}

export class BlobModule {
  private constructor(readonly core: Exports) {}

  static async create(module: WebAssembly.Module): Promise<BlobModule> {
    const instance = await WebAssembly.instantiate(module, {
      env: { emscripten_notify_memory_growth: () => undefined },
      wasi_snapshot_preview1: {
        proc_exit: (code: number) => {
          throw new Error(`blob.wasm exited with ${code}`);
        },
      },
    });
    const core = instance.exports as unknown as Exports;
    core._initialize();
    return new BlobModule(core);
  }

  // Views are taken anew each time: memory may have grown.
  plain(size = CHUNK_BYTES): Uint8Array {
    return new Uint8Array(this.core.memory.buffer, this.core.blob_plain(), size);
  }
  sealed(size = SEALED_CHUNK_BYTES): Uint8Array {
    return new Uint8Array(this.core.memory.buffer, this.core.blob_sealed(), size);
  }

  file(key: Uint8Array, bytes: number): BlobFile {
    this.plain().set(key);
    return new BlobFile(this, this.core.blob_new(bytes), bytes);
  }
}
