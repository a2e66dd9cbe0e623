// What has been fetched of the conversation's files in this page: each once, as long as it is
// looked at, and some beyond that.
import { decode } from "../../../engine/src/codec.ts";
import {
  BlobRef,
  ContentKind,
  FileContent,
  ImageContent,
  VideoContent,
  VoiceContent,
} from "../../../engine/src/gen/wire.ts";
import type { BlobRef as Ref, Media, Playable } from "../../../engine/src/media_client.ts";
import { toHex } from "../../../engine/src/text.ts";
import type { Item } from "../conversation.ts";
import { HEAD_BYTES, kindOf, sizeOf, type Kind } from "./kinds.ts";
import { STRETCHES } from "./recorder.ts";
import { DOTS_MAX } from "./prepare.ts";

/** Fetched files that nobody looks at and that are kept all the same. */
const KEPT = 24;

export type Fetched = { readonly url: string; readonly file: Blob; readonly found: Kind };

/** What a message says of its file. */
export type Told = {
  readonly kind: number;
  readonly blob: BlobRef;
  readonly preview: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly durationMs: number;
  readonly waveform: Uint8Array;
  readonly caption: string;
};

/** Where much is noted before a picture begins, its size stands behind that. */
const FAR_HEAD_BYTES = 2 * 1024 * 1024;
/** Twice as large as one of ours. */
const PREVIEW_SIDE_MAX = 640;

const NO_BYTES = new Uint8Array();
const NOTHING = {
  preview: NO_BYTES, width: 0, height: 0, durationMs: 0, waveform: NO_BYTES, caption: "",
};

/** It is drawn unasked, and few bytes can claim any number of dots: by its head it is small. */
function previewIn(bytes: Uint8Array): Uint8Array {
  const sides = /jpeg|webp/.test(kindOf(bytes).type) ? sizeOf(bytes) : undefined;
  return sides && Math.max(...sides) <= PREVIEW_SIDE_MAX ? bytes : NO_BYTES;
}

function read(kind: number, content: Uint8Array): Told | undefined {
  const told = (said: { blob: Uint8Array } & Partial<Omit<Told, "blob" | "kind">>): Told => {
    const { preview, waveform, ...others } = { ...NOTHING, ...said };
    const small = { preview: previewIn(preview), waveform: waveform.subarray(0, STRETCHES) };
    return { ...others, ...small, kind, blob: decode(BlobRef, said.blob) };
  };
  switch (kind) {
    case ContentKind.IMAGE:
      return told(decode(ImageContent, content));
    case ContentKind.VIDEO:
      return told(decode(VideoContent, content));
    case ContentKind.VOICE:
      return told(decode(VoiceContent, content));
    case ContentKind.FILE:
      return told(decode(FileContent, content));
    default:
      return undefined;
  }
}

/** Nothing where it shows no file. */
export function toldOf({ kind, content = NO_BYTES, problem }: Item): Told | undefined {
  try {
    return problem ? undefined : read(kind, content);
  } catch {
    return undefined;
  }
}

export class Store {
  private readonly coming = new Map<string, Promise<Fetched>>();
  private readonly here = new Map<string, Fetched>();

  constructor(private readonly files: () => Media) {}

  /** What is here already. */
  known(blob: Ref): Fetched | undefined {
    return this.here.get(toHex(blob.id));
  }

  /** Of a file that this page itself has sent. */
  async keep(blob: Ref, file: Blob): Promise<void> {
    await this.put(toHex(blob.id), file);
  }

  private async put(id: string, file: Blob): Promise<Fetched> {
    const headOf = async (bytes: number) =>
      new Uint8Array(await file.slice(0, bytes).arrayBuffer());
    const head = await headOf(HEAD_BYTES);
    const found = kindOf(head);
    const picture = found.sort === "image";
    const size = picture ? (sizeOf(head) ?? sizeOf(await headOf(FAR_HEAD_BYTES))) : [0, 0];
    // What does not say how large it is may be of any size.
    const [width, height] = size ?? [Infinity, 1];
    const endless = width * height > DOTS_MAX;
    // Only what its bytes are, and nothing that a browser would run or choke on.
    const plain = endless || found.sort === "page" || found.sort === "program";
    const type = plain ? "application/octet-stream" : found.type;
    const kind: Kind = endless ? { type, sort: "other" } : found;
    const fetched = { url: URL.createObjectURL(new Blob([file], { type })), file, found: kind };
    this.here.set(id, fetched);
    for (const old of [...this.here.keys()].slice(0, Math.max(0, this.here.size - KEPT))) {
      URL.revokeObjectURL(this.here.get(old)?.url ?? "");
      this.here.delete(old);
    }
    return fetched;
  }

  /** Nothing of it is kept. */
  drop(blob: Ref): void {
    const id = toHex(blob.id);
    URL.revokeObjectURL(this.here.get(id)?.url ?? "");
    this.here.delete(id);
  }

  /** Plays before it is whole where the browser can. */
  async play(blob: Ref, type: string): Promise<Playable> {
    const known = this.here.get(toHex(blob.id));
    return known
      ? { url: known.url, streams: false, close: () => undefined }
      : this.files().play(blob, type);
  }

  fetch(blob: Ref, onProgress?: (done: number, bytes: number) => void): Promise<Fetched> {
    const id = toHex(blob.id);
    const known = this.here.get(id);
    if (known) {
      return Promise.resolve(known);
    }
    const before = this.coming.get(id);
    if (before) {
      return before;
    }
    const fetched = this.files()
      .download(blob, onProgress ? { onProgress } : {})
      .then((file) => this.put(id, file))
      .finally(() => this.coming.delete(id));
    this.coming.set(id, fetched);
    return fetched;
  }
}
