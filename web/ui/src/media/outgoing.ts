// Files on their way out: looked at, shown above the composer, sent as blobs, then named in a
// message. What a reload interrupts goes on afterwards.
import { decode, encode } from "../../../engine/src/codec.ts";
import {
  BlobRef,
  ContentKind,
  FileContent,
  ImageContent,
  VideoContent,
  VoiceContent,
} from "../../../engine/src/gen/wire.ts";
import {
  MediaError,
  type BlobRef as Ref,
  type Media,
  type PendingUpload,
} from "../../../engine/src/media_client.ts";
import { withoutLocation } from "../../../engine/src/media/location.ts";
import { fromHex, toHex } from "../../../engine/src/text.ts";
import { UNDER_WAY } from "../files_flag.ts";
import { safeName } from "./names.ts";
import type { MediaHost, Shown } from "./host.ts";
import { prepare, type Warning } from "./prepare.ts";
import type { Recorded } from "./recorder.ts";
import type { Store } from "./store.ts";

/** Nobody looks through more, and each is a row. */
const AT_ONCE_MAX = 30;
const LOG_BYTES = 16;
const NO_BYTES = new Uint8Array();

export type State = "looking" | "ready" | "sending" | "paused" | "failed" | "left";

/** One file above the composer. A change makes a new object. */
export type Outgoing = {
  readonly ref: string;
  readonly log: string;
  readonly file: File | undefined;
  /** Its own address, for the eye. */
  readonly url: string;
  readonly name: string;
  /** What it is called among media; as the browser says, else by its bytes. */
  readonly type: string;
  /** What of it is sent where the place is left out; nothing where it knows none. */
  readonly placeless: Blob | undefined;
  /** The place is sent with it. */
  readonly keepsPlace: boolean;
  readonly bytes: number;
  readonly kind: number;
  readonly width: number;
  readonly height: number;
  readonly durationMs: number;
  readonly preview: Uint8Array;
  readonly waveform: Uint8Array;
  readonly warning: Warning | undefined;
  readonly caption: string;
  readonly state: State;
  readonly sent: number;
  /** Number of the error table. */
  readonly error: number;
  /** Name of the file that was picked to go on with, where it was another one. */
  readonly other: string;
};

type Fields = Pick<
  Outgoing,
  "kind" | "width" | "height" | "durationMs" | "preview" | "waveform" | "caption"
>;

/** What the message says; with an empty blob it is what the upload keeps for after a reload. */
function contentOf(fields: Fields, blob: Uint8Array): Uint8Array {
  const { kind, width, height, durationMs, preview, waveform, caption } = fields;
  switch (kind) {
    case ContentKind.IMAGE:
      return encode(ImageContent, { blob, width, height, preview, caption });
    case ContentKind.VIDEO:
      return encode(VideoContent, { blob, width, height, durationMs, preview, caption });
    case ContentKind.VOICE:
      return encode(VoiceContent, { blob, durationMs, waveform });
    default:
      return encode(FileContent, { blob, caption });
  }
}

const NO_FIELDS = {
  width: 0, height: 0, durationMs: 0, preview: NO_BYTES, waveform: NO_BYTES, caption: "",
};
const NOTHING = { ...NO_FIELDS, placeless: undefined, keepsPlace: false, other: "" };

/** The same without the place where it was taken; nothing where it does not know one. */
async function placelessOf(file: File): Promise<Blob | undefined> {
  try {
    const without = await withoutLocation(file);
    return without === file ? undefined : without;
  } catch {
    return undefined;
  }
}

function noteOf(out: Outgoing): Uint8Array {
  const content = contentOf(out, NO_BYTES);
  return Uint8Array.of(...fromHex(out.log), out.kind, ...content);
}

function fieldsOf(kind: number, content: Uint8Array): Fields {
  const none = { ...NO_FIELDS, kind };
  switch (kind) {
    case ContentKind.IMAGE:
      return { ...none, ...decode(ImageContent, content), kind };
    case ContentKind.VIDEO:
      return { ...none, ...decode(VideoContent, content), kind };
    case ContentKind.VOICE:
      return { ...none, ...decode(VoiceContent, content), kind };
    default:
      return { ...none, caption: decode(FileContent, content).caption };
  }
}

/** Of a former page; nothing where its note is not one of these. */
function leftOf(pending: PendingUpload): Outgoing | undefined {
  const { ref, name, type, bytes, sent, note } = pending;
  try {
    return {
      ...NOTHING, ref, name, type, bytes, sent, file: undefined, url: "", warning: undefined,
      error: 0, state: "left",
      log: toHex(note.subarray(0, LOG_BYTES)),
      ...fieldsOf(note[LOG_BYTES] ?? 0, note.subarray(LOG_BYTES + 1)),
    };
  } catch {
    return undefined;
  }
}

export type FallbackOf = (out: Outgoing) => string;

export class OutgoingFiles {
  private all: readonly Outgoing[] = [];

  constructor(
    private readonly host: MediaHost,
    private readonly files: () => Media,
    private readonly store: Store,
    private readonly fallbackOf: FallbackOf,
    private readonly changed: () => void,
  ) {}

  of(log: string): readonly Outgoing[] {
    return this.all.filter((out) => out.log === log);
  }

  private put(ref: string, change: Partial<Outgoing>): void {
    this.all = this.all.map((out) => (out.ref === ref ? { ...out, ...change } : out));
    this.tell();
  }

  private tell(): void {
    for (const log of new Set(this.all.map((out) => out.log))) {
      const ready = this.of(log).filter(({ state }) => state === "ready" || state === "looking");
      this.host.waits(log, ready.length);
    }
    this.changed();
    this.note_under_way();
  }

  private note_under_way(): void {
    const goes = this.all.some(({ state }) => state !== "ready" && state !== "looking");
    try {
      if (goes) {
        localStorage.setItem(UNDER_WAY, "1");
      } else {
        localStorage.removeItem(UNDER_WAY);
      }
    } catch {
      // Then the next page does not know of it.
    }
  }

  private find(ref: string): Outgoing | undefined {
    return this.all.find((out) => out.ref === ref);
  }

  /** How many found no room. */
  add(log: string, files: readonly File[]): number {
    const taken = files.slice(0, Math.max(0, AT_ONCE_MAX - this.of(log).length));
    taken.forEach((file) => void this.take(log, file));
    return files.length - taken.length;
  }

  private async take(log: string, file: File): Promise<void> {
    const ref = crypto.randomUUID();
    const url = URL.createObjectURL(file);
    const name = safeName(file.name, "file");
    const out: Outgoing = {
      ...NOTHING, ref, log, file, url, name, bytes: file.size, kind: ContentKind.FILE,
      type: file.type,
      warning: undefined, state: "looking", sent: 0, error: 0,
    };
    this.all = [...this.all, out];
    this.tell();
    const [looked, placeless] = await Promise.all([prepare(file, url), placelessOf(file)]);
    const { found, ...fields } = looked;
    const type = file.type || found.type;
    this.put(ref, { ...fields, type, placeless, state: "ready" });
    const now = this.find(ref);
    if (now && this.owed.delete(ref)) {
      void this.send_one(now);
    }
  }

  /** What was said goes at once. */
  addVoice(log: string, { blob, durationMs, waveform }: Recorded, name: string): void {
    const file = new File([blob], name, { type: blob.type });
    const out: Outgoing = {
      ...NOTHING, ref: crypto.randomUUID(), log, file, url: "", name, bytes: file.size,
      type: file.type, kind: ContentKind.VOICE, durationMs, waveform, warning: undefined,
      state: "ready", sent: 0, error: 0,
    };
    this.all = [...this.all, out];
    void this.send_one(out);
  }

  /** Asked to be sent while it was still looked at. */
  private readonly owed = new Set<string>();

  send(log: string, caption: string): void {
    const waiting = this.of(log).filter(({ state }) => state === "ready" || state === "looking");
    waiting.forEach(({ ref, state }, index) => {
      this.put(ref, { caption: index === 0 ? caption : "" });
      if (state === "looking") {
        this.owed.add(ref);
      } else {
        void this.send_one(this.find(ref) as Outgoing);
      }
    });
  }

  /** With the file that a former page began to send; another one is named. */
  async goOnWith(ref: string, file: File): Promise<void> {
    const out = this.find(ref);
    if (out) {
      await this.send_one({ ...out, other: safeName(file.name, "file") }, file);
    }
  }

  private async send_one(out: Outgoing, picked?: File): Promise<void> {
    const { ref, file, name, type, keepsPlace: keepLocation } = out;
    const onProgress = (sent: number): void => this.put(ref, { sent });
    this.put(ref, { state: "sending", error: 0, other: "" });
    try {
      const options = { ref, name, type, note: noteOf(out), keepLocation, onProgress };
      const blob = file
        ? await this.files().upload(file, options)
        : await this.files().continueUpload(ref, picked, { onProgress });
      await this.said(this.find(ref) ?? out, blob);
    } catch (error) {
      const code = error instanceof MediaError ? error.code : -1;
      this.put(ref, { state: "failed", error: code, other: out.other });
    }
  }

  /** All of it is at the relay: now the message. */
  private async said(out: Outgoing, blob: Ref): Promise<void> {
    const { ref, kind, name, type, file, log } = out;
    const named = { ...blob, name, type };
    const content = contentOf(out, encode(BlobRef, named));
    const shown: Shown = { kind, content, fallback: this.fallbackOf(out) };
    if (file) {
      // As the others get it.
      await this.store.keep(blob, (!out.keepsPlace && out.placeless) || file);
    }
    this.host.send(log, shown);
    this.files().forget(ref);
    this.drop(out);
  }

  private drop({ ref, url, log }: Outgoing): void {
    this.all = this.all.filter((out) => out.ref !== ref);
    URL.revokeObjectURL(url);
    this.host.waits(log, this.of(log).filter(({ state }) => state === "ready").length);
    this.tell();
  }

  /** Another picture in its place; the one before is let go of. */
  async replace(ref: string, picture: Blob): Promise<void> {
    const before = this.find(ref);
    if (before) {
      const ending = picture.type === "image/png" ? ".png" : ".jpg";
      const name = before.name.replace(/(\.[^.]{1,5})?$/, ending);
      const file = new File([picture], name, { type: picture.type });
      const url = URL.createObjectURL(file);
      URL.revokeObjectURL(before.url);
      const { type } = file;
      // Drawn anew, it knows of no place.
      const anew = { ...NOTHING, type, caption: before.caption };
      this.put(ref, { ...anew, file, url, name, bytes: file.size, state: "looking" });
      const { kind, width, height, preview } = await prepare(file, url);
      this.put(ref, { kind, width, height, preview, state: "ready" });
    }
  }

  keepPlace(ref: string, keepsPlace: boolean): void {
    this.put(ref, { keepsPlace });
  }

  pause(ref: string): void {
    this.files().pause(ref);
    this.put(ref, { state: "paused" });
  }

  resume(ref: string): void {
    this.files().resume(ref);
    this.put(ref, { state: "sending" });
  }

  again(ref: string): void {
    const out = this.find(ref);
    if (out) {
      void this.send_one(out);
    }
  }

  cancel(ref: string): void {
    const out = this.find(ref);
    if (out) {
      if (out.state !== "ready" && out.state !== "looking") {
        this.files().cancel(ref);
      }
      this.owed.delete(ref);
      this.drop(out);
    }
  }

  moved(from: string, to: string): void {
    this.all = this.all.map((out) => (out.log === from ? { ...out, log: to } : out));
    this.tell();
  }

  /** What former pages began. */
  async goOn(): Promise<void> {
    for (const pending of await this.files().pending()) {
      const out = this.find(pending.ref) ? undefined : leftOf(pending);
      if (!out) {
        continue;
      }
      this.all = [...this.all, out];
      this.tell();
      if (pending.done) {
        await this.said(out, pending.done);
      } else if (!pending.needsFile) {
        void this.send_one(out);
      }
    }
  }
}
