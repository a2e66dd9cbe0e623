// All uploads of a device in one worker. A ref names one upload for ever: asked for again it goes
// on or gives the answer that it gave. Tabs keep off each other's uploads by locks.
import { Errc } from "../gen/errors.js";
import type { BlobRef, NewUpload, PendingUpload } from "../media_messages.js";
import { fromHex, toHex } from "../text.js";
import { Again, Failure } from "./failure.js";
import { withoutLocation } from "./location.js";
import type { UploadRecord } from "./records.js";
import { plainOf, Upload, type UploadWorld } from "./upload.js";

export const NOTE_BYTES_MAX = 64 * 1024;

/** Locks among the tabs of a browser, as navigator.locks gives them. */
export type UploadLocks = {
  /** Runs `held` while the upload is this worker's alone; waits for a tab that has it. */
  hold<T>(ref: string, held: () => Promise<T>): Promise<T>;
  /** No tab is at it, nor is this one. */
  free(ref: string): Promise<boolean>;
};

type Progress = (done: number, bytes: number) => void;

const none = new Uint8Array();

export class Uploads {
  private readonly running = new Map<string, Upload>();
  private readonly cancelled = new Set<string>();

  constructor(
    private readonly world: UploadWorld,
    private readonly locks: UploadLocks,
  ) {}

  async begin(asked: NewUpload, progress: Progress): Promise<BlobRef> {
    const { ref, name, type, note, keepLocation } = asked;
    if (note.length > NOTE_BYTES_MAX) throw new Failure(Errc.too_large);
    return this.hold(ref, async (known) => {
      const keep_location = known?.keepLocation ?? keepLocation;
      const file = keep_location ? asked.file : await withoutLocation(asked.file);
      const record = known ?? {
        ...{ ref, name, type, note, bytes: file.size, keepLocation },
        ...{ key: none, id: "", chunks: 0, prefix: none, sent: 0 },
        ...{ spooled: false, digest: none, done: false },
      };
      return this.run(record, file, progress);
    });
  }

  async goOn(ref: string, picked: Blob | undefined, progress: Progress): Promise<BlobRef> {
    return this.hold(ref, async (record) => {
      if (!record) throw new Failure(Errc.blob_file_needed);
      const file = picked && !record.keepLocation ? await withoutLocation(picked) : picked;
      return this.run(record, file, progress);
    });
  }

  private hold(
    ref: string,
    act: (known: UploadRecord | undefined) => Promise<BlobRef>,
  ): Promise<BlobRef> {
    this.cancelled.delete(ref);
    return this.locks.hold(ref, async () => {
      if (this.cancelled.has(ref)) throw new Failure(Errc.blob_cancelled);
      return act(await this.world.records.get(ref));
    });
  }

  private async run(
    record: UploadRecord,
    file: Blob | undefined,
    progress: Progress,
  ): Promise<BlobRef> {
    const upload = new Upload(this.world, record, file, progress);
    this.running.set(record.ref, upload);
    try {
      if (this.cancelled.has(record.ref)) upload.cancel();
      return await upload.run();
    } finally {
      this.running.delete(record.ref);
      if (this.cancelled.has(record.ref)) await this.drop(record.ref);
    }
  }

  pause(ref: string): void {
    this.running.get(ref)?.pause();
  }

  resume(ref: string): void {
    this.running.get(ref)?.resume();
  }

  /** Nothing of it stays, here and at the relay. */
  async cancel(ref: string): Promise<void> {
    this.cancelled.add(ref);
    const upload = this.running.get(ref);
    if (upload) upload.cancel();
    else await this.locks.hold(ref, () => this.drop(ref));
  }

  private async drop(ref: string): Promise<void> {
    const record = await this.world.records.get(ref);
    await this.forget(ref);
    if (!record?.id) return;
    // Where the relay is not there now, it clears away by itself what nobody finishes.
    await this.world.relay.remove(record.id, new AbortController().signal).catch(() => undefined);
  }

  async forget(ref: string): Promise<void> {
    await this.world.records.remove(ref);
    await this.world.spools.remove(ref);
  }

  /** Of what was sent: until the relay has heard it, or says that there is nothing to remove. */
  async remove({ id }: BlobRef): Promise<void> {
    const { relay, patience } = this.world;
    const { signal } = new AbortController();
    for (let turn = 0; ; turn++) {
      try {
        return await relay.remove(toHex(id), signal);
      } catch (error) {
        if (!(error instanceof Again)) return;
        await patience.wait(turn, signal);
      }
    }
  }

  async pending(): Promise<readonly PendingUpload[]> {
    const records = await this.world.records.all();
    const free = await Promise.all(records.map(({ ref }) => this.locks.free(ref)));
    return records.filter((_, at) => free[at]).map(pending_of);
  }

  /** Clears away what belongs to no upload. */
  async tidy(): Promise<void> {
    const records = await this.world.records.all();
    await this.world.spools.keepOnly(new Set(records.map(({ ref }) => ref)));
  }
}

function pending_of(record: UploadRecord): PendingUpload {
  const { ref, name, type, bytes, note, id, key, digest } = record;
  const done = record.done ? { id: fromHex(id), key, bytes, digest } : undefined;
  const sent = plainOf(record.sent, bytes);
  return { ref, name, type, bytes, sent, note, done, needsFile: !record.spooled && !record.done };
}
