// One file on its way out. What has to outlive the page is in the records before it is relied on:
// the key before anything is sealed, the relay's address before anything is sent to it but a first
// piece, what was read before it is sent.
import type { BlobRef } from "../media_messages.js";
import { Errc } from "../gen/errors.js";
import { fromHex } from "../text.js";
import { CHUNK_BYTES, KEY_BYTES, SEALED_CHUNK_BYTES, sealedBytesOf } from "./blob_module.js";
import type { BlobModule } from "./blob_module.js";
import { Again, Failure, Lost } from "./failure.js";
import { Pace } from "./pace.js";
import type { Patience } from "./patience.js";
import type { Records, UploadRecord } from "./records.js";
import type { RelayBlobs } from "./relay_blobs.js";
import type { Spools } from "./seams.js";
import { FileSource, KeptSource, SpoolSource } from "./source.js";
import type { Piece, Read, Source } from "./source.js";

export type UploadWorld = {
  readonly module: () => Promise<BlobModule>;
  readonly relay: RelayBlobs;
  readonly records: Records;
  readonly spools: Spools;
  readonly patience: Patience;
};

const newKey = (): Uint8Array => crypto.getRandomValues(new Uint8Array(KEY_BYTES));

/** Bytes of the file in the first `sealed` of the blob. */
export function plainOf(sealed: number, bytes: number): number {
  const chunks = Math.floor(sealed / SEALED_CHUNK_BYTES);
  const rest = Math.max(0, sealed - chunks * SEALED_CHUNK_BYTES - 40);
  return Math.min(chunks * CHUNK_BYTES + rest, bytes);
}

/** Pieces of pressure for each that was sent, and their size beside it. */
const PRESSES = 3;
const PRESSURE = 8;

// A request keeps a copy of its body until the collector comes, which counts that copy as nothing:
// without being pressed it comes after hundreds of megabytes. Memory that nobody touches is
// counted, and costs none; each piece of it moves the collector on by a step.
function press(sent: number): void {
  try {
    for (let turn = 0; turn < PRESSES; turn++) void new ArrayBuffer(sent * PRESSURE).byteLength;
  } catch {
    // Where there is no room even to pretend, the collector comes by itself.
  }
}

export class Upload {
  private readonly ending = new AbortController();
  /** Of one connection's tries; a pause ends it. */
  private attempt = new AbortController();
  private paused: (() => void) | undefined;
  private unpaused: Promise<void> | undefined;
  private source: Source | undefined;
  /** The piece that is made while one is on its way. */
  private ahead: Promise<Piece> | undefined;
  private keeping: Promise<void> = Promise.resolve();
  private readonly pace = new Pace();
  /** The first piece goes along with the question for an address. */
  private along = true;

  constructor(
    private readonly world: UploadWorld,
    private readonly record: UploadRecord,
    private readonly file: Blob | undefined,
    private readonly progress: (done: number, bytes: number) => void,
  ) {}

  pause(): void {
    this.unpaused ??= new Promise((resolve) => (this.paused = resolve));
    this.attempt.abort();
  }

  resume(): void {
    this.paused?.();
    this.paused = this.unpaused = undefined;
  }

  cancel(): void {
    this.ending.abort();
    this.attempt.abort();
    this.resume();
  }

  /** Until all of it is at the relay. Failure where that can not be. */
  async run(): Promise<BlobRef> {
    const { record } = this;
    try {
      if (!record.done) await this.send();
      const { key, bytes, digest } = record;
      return { id: fromHex(record.id), key, bytes, digest };
    } catch (error) {
      if (this.ending.signal.aborted) throw new Failure(Errc.blob_cancelled);
      throw error;
    } finally {
      this.source?.close();
      this.source = undefined;
    }
  }

  private async send(): Promise<void> {
    const { record } = this;
    if (!record.key.length) await this.keep({ key: newKey() }, true);
    this.source = await this.open();
    let turn = 0;
    for (;;) {
      await this.unpaused;
      if (this.ending.signal.aborted) throw new Failure(Errc.blob_cancelled);
      this.attempt = new AbortController();
      const before = record.sent;
      try {
        await this.pass(this.attempt.signal);
        break;
      } catch (error) {
        if (record.sent > before) turn = 0;
        await this.recover(error, turn++);
      }
    }
    const digest = await this.source.digest();
    await this.keep({ done: true, digest, spooled: false }, true);
    this.source.close();
    await this.world.spools.remove(record.ref);
  }

  private async recover(error: unknown, turn: number): Promise<void> {
    if (this.attempt.signal.aborted) return;
    if (error instanceof Lost) return this.look(turn);
    if (!(error instanceof Again)) throw error;
    this.pace.slower();
    await this.world.patience.wait(turn, this.attempt.signal);
  }

  // Where does the relay stand? Nowhere: it has forgotten the upload, which begins anew.
  private async look(turn: number): Promise<void> {
    const { relay, patience } = this.world;
    const { signal } = this.attempt;
    try {
      if (this.record.id) await relay.offset(this.record.id, signal);
      // It is where it says; asking again and again would help nobody.
      if (turn > 0) await patience.wait(turn, signal);
    } catch (error) {
      if (error instanceof Lost) await this.keep({ id: "", sent: 0 }, true);
      else if (error instanceof Again) await patience.wait(turn, signal);
      else throw error;
    }
  }

  // One after the other: an older state never comes to lie over a newer one.
  private keep(changes: Partial<UploadRecord>, strict: boolean): Promise<void> {
    const record = Object.assign(this.record, changes);
    const state = { ...record };
    const kept = this.keeping.then(() => this.world.records.put(state, strict));
    this.keeping = kept.catch(() => undefined);
    return kept;
  }

  private async open(): Promise<Source> {
    const { record, file } = this;
    const { ref, bytes } = record;
    const module = await this.world.module();
    const spool = await this.world.spools.open(ref, sealedBytesOf(bytes));
    if (record.spooled && spool) return new KeptSource(spool, record.digest);
    if (!file || file.size !== bytes) {
      spool?.close();
      throw new Failure(file ? Errc.blob_file_changed : Errc.blob_file_needed);
    }
    const note = async ({ chunks, prefix }: Read): Promise<void> => {
      if (chunks > record.chunks) await this.keep({ chunks, prefix }, false);
    };
    const from_file = new FileSource(file, module.file(record.key, bytes), note);
    // Opened before the check: whoever ends this upload closes what is there.
    this.source = from_file;
    if (record.chunks) await this.check(from_file);
    if (!spool) return from_file;
    const full = (digest: Uint8Array): Promise<void> => this.keep({ spooled: true, digest }, true);
    return new SpoolSource(from_file, spool, bytes, full);
  }

  // The file was picked again: its beginning is what was sealed and may be at the relay.
  private async check(source: FileSource): Promise<void> {
    const { chunks, prefix } = this.record;
    const now = await source.pass(chunks);
    if (now.some((byte, at) => byte !== prefix[at])) throw new Failure(Errc.blob_file_changed);
  }

  private async pass(signal: AbortSignal): Promise<void> {
    const { record } = this;
    const { relay } = this.world;
    const all = sealedBytesOf(record.bytes);
    await this.ahead?.catch(() => undefined);
    let offset = record.id ? await relay.offset(record.id, signal) : await this.create(all, signal);
    // What the relay has and this device does not know to have read is sealed anew.
    if (!record.spooled && offset > record.chunks * SEALED_CHUNK_BYTES) return this.begin_anew();
    this.confirmed(offset);
    const source = this.source as Source;
    let next = offset < all ? source.piece(offset, this.pace.endOf(offset, all)) : undefined;
    while (next) {
      const piece = await next;
      const end = offset + piece.length;
      const started = performance.now();
      const sending = relay.append(record.id, offset, piece, signal);
      this.ahead = end < all ? source.piece(end, this.pace.endOf(end, all)) : undefined;
      // Its fault counts when its turn comes.
      this.ahead?.catch(() => undefined);
      offset = await sending;
      press(piece.length);
      this.pace.took(performance.now() - started);
      this.confirmed(offset);
      next = offset === end ? this.ahead : undefined;
      if (!next && offset < all) throw new Lost();
    }
  }

  // A way less where the first piece goes along: a small picture is one request. What a link loses
  // of it is lost, for nobody has heard of an address; so it is tried once.
  private async create(all: number, signal: AbortSignal): Promise<number> {
    const along = this.along;
    this.along = false;
    const first = along && (await this.source?.piece(0, this.pace.endOf(0, all)));
    const { id, offset } = await this.world.relay.create(all, first || undefined, signal);
    await this.keep({ id, sent: 0 }, true);
    return offset;
  }

  private confirmed(sealed: number): void {
    const kept = this.keep({ sent: sealed }, false);
    kept.catch(() => undefined);
    this.progress(plainOf(sealed, this.record.bytes), this.record.bytes);
  }

  // What is there under the old key can not be told from another file's beginning.
  private async begin_anew(): Promise<never> {
    const { relay } = this.world;
    const old = this.record.id;
    const none = new Uint8Array();
    await this.keep({ key: newKey(), id: "", chunks: 0, prefix: none, sent: 0 }, true);
    this.source?.close();
    this.source = undefined;
    void relay.remove(old, this.ending.signal).catch(() => undefined);
    this.source = await this.open();
    throw new Lost();
  }
}
