// The page's side of files: a worker of its own seals, sends, fetches and opens them. It is fetched
// and begins with the first question, so that a page which shows no file pays nothing.
import { Errc, errorNames } from "./gen/errors.js";
import type {
  BlobRef,
  FromMedia,
  MediaAnswer,
  MediaQuestion,
  PendingUpload,
  PlayAsked,
  ToMedia,
} from "./media_messages.js";
import { Player, type Playing } from "./media_player.js";

export type { BlobRef, PendingUpload } from "./media_messages.js";

/** A named error of core/errors.json. `blob_cancelled` where the person wanted no more of it. */
export class MediaError extends Error {
  override readonly name = "MediaError";

  constructor(
    readonly code: number,
    /** The chunk of 64 KiB that is not what was sealed; with `blob_bad`. */
    readonly chunk?: number,
  ) {
    super(errorNames[code] ?? `error ${code}`);
  }
}

export type MediaOptions = {
  /** Each app has a store of its own; the resume state lies in it, and ends with the device. */
  app: "widget" | "console";
  /** The shop's id as in the tag. */
  shop: string;
  /** http: or https: address of the relay's blobs; `blobsUrl` makes it. */
  blobs: string;
  workerUrl: string | URL;
  wasmUrl: string | URL;
  /** The service worker of what plays; it lies where the page lies. Without it nothing streams. */
  playUrl?: string | URL;
  /** The token of the last Welcome; nothing while there was none. */
  token(): string | undefined;
  /** The relay refused the token: connect anew, then call `connected`. Once for each token. */
  reconnect?(): void;
};

/** Bytes of the file, not of what goes over the wire. */
export type Progress = (done: number, bytes: number) => void;

export type TransferOptions = { onProgress?: Progress; signal?: AbortSignal };

export type UploadOptions = TransferOptions & {
  /** Names the upload for ever; said again with the same ref it goes on and ends the same. */
  ref: string;
  name?: string;
  type?: string;
  /** Kept sealed with the upload for whoever finishes it after a reload; at most 64 KiB. */
  note?: Uint8Array;
  /** Sends every byte as it is; without it the place where a picture was taken is left out. */
  keepLocation?: boolean;
};

/** What a <video> or <audio> can play. */
export type Playable = {
  readonly url: string;
  /** It begins before it is whole; false: all of it was fetched first. */
  readonly streams: boolean;
  close(): void;
};

/** The files of one device. One a page. */
export interface Media {
  /**
   * Seals and sends the file; resolved once all of it is durable at the relay. Waits for the
   * network as long as it takes.
   */
  upload(file: Blob, options: UploadOptions): Promise<BlobRef>;
  /** Goes on with what `pending` names. `blob_file_needed`, `blob_file_changed` name the file. */
  continueUpload(ref: string, file?: Blob, options?: TransferOptions): Promise<BlobRef>;
  pause(ref: string): void;
  resume(ref: string): void;
  /** Removes what is there of it, here and at the relay. */
  cancel(ref: string): void;
  /** The message that names the blob is in the outbox: nothing of the upload is kept any more. */
  forget(ref: string): void;
  /** What this device has sent: the relay keeps it no longer. Tried until it is heard. */
  remove(blob: BlobRef): void;
  /** Of former pages, and of pages that are gone; not those that a living tab is at. */
  pending(): Promise<readonly PendingUpload[]>;
  /** The whole file, checked against its digest. */
  download(blob: BlobRef, options?: TransferOptions): Promise<Blob>;
  /** Checked plain bytes from byte `from` on; `cancel` it to seek. Errors with MediaError. */
  stream(blob: BlobRef, from?: number): ReadableStream<Uint8Array>;
  /** An address that plays the file; `type` is a media type that the page has chosen. */
  play(blob: BlobRef, type: string, options?: TransferOptions): Promise<Playable>;
  /** The device is connected, or has a new token: what waits goes on at once. */
  connected(): void;
  close(): void;
}

/** Where the blobs of a relay are: beside its WebSocket. */
export function blobsUrl(relayUrl: string): string {
  const url = new URL("/blobs", relayUrl);
  url.protocol = url.protocol === "ws:" ? "http:" : "https:";
  url.search = "";
  return url.href;
}

type Asked = {
  readonly resolve: (value: MediaAnswer) => void;
  readonly reject: (error: MediaError) => void;
  readonly onProgress: Progress | undefined;
};

class WorkerMedia implements Media {
  private worker: Worker | undefined;
  private readonly asked = new Map<number, Asked>();
  private next_id = 1;
  /** The worker waits for a token. */
  private wanted = false;
  private refused: string | undefined;

  private readonly player: Player | undefined;

  constructor(private readonly options: MediaOptions) {
    const script = options.playUrl && new URL(options.playUrl, location.href);
    const serve = (playing: Playing | undefined, play: PlayAsked, port: MessagePort): void => {
      if (playing) this.start().postMessage({ play, ...playing, port } satisfies ToMedia, [port]);
      else port.postMessage(undefined);
    };
    this.player = script ? new Player(script, serve) : undefined;
  }

  private start(): Worker {
    if (this.worker) return this.worker;
    const { app, shop, blobs, workerUrl, wasmUrl } = this.options;
    const url = new URL(workerUrl, location.href);
    const wasm = new URL(wasmUrl, location.href).href;
    url.hash = new URLSearchParams({ app, shop, blobs, wasm }).toString();
    const worker = new Worker(url, { type: "module", name: `shopbell ${app} media` });
    worker.addEventListener("message", ({ data }: MessageEvent<FromMedia>) => this.take(data));
    worker.addEventListener("error", () => this.failed());
    this.worker = worker;
    return worker;
  }

  // What was under way is kept; a new worker goes on with it when it is asked again.
  private failed(): void {
    this.worker?.terminate();
    this.worker = undefined;
    this.end_all(Errc.unreachable);
  }

  private end_all(code: number): void {
    const all = [...this.asked.values()];
    this.asked.clear();
    for (const { reject } of all) reject(new MediaError(code));
  }

  private take(said: FromMedia): void {
    if ("token" in said) return this.give_token(said.token);
    if ("progress" in said) {
      this.asked.get(said.progress)?.onProgress?.(said.done, said.bytes);
      return;
    }
    const asked = this.asked.get(said.answer);
    this.asked.delete(said.answer);
    if ("error" in said) asked?.reject(new MediaError(said.error, said.chunk));
    else asked?.resolve(said.value);
  }

  private give_token(refused: string | undefined): void {
    this.wanted = true;
    const token = this.options.token();
    if (token !== undefined && token !== refused) return this.answer_token(token);
    if (refused === undefined) return;
    // The second time the relay means it.
    if (refused === this.refused && token !== undefined) return this.answer_token(token);
    this.refused = refused;
    if (this.options.reconnect) this.options.reconnect();
    else this.answer_token(refused);
  }

  private answer_token(token: string): void {
    this.wanted = false;
    this.post({ token });
  }

  private post(message: ToMedia): void {
    this.start().postMessage(message);
  }

  // Nothing is said to a worker that does not run.
  private tell(message: ToMedia): void {
    this.worker?.postMessage(message);
  }

  private ask(
    question: MediaQuestion,
    { onProgress, signal }: TransferOptions = {},
    stopped?: () => void,
  ): Promise<MediaAnswer> {
    if (signal?.aborted) return Promise.reject(new MediaError(Errc.blob_cancelled));
    const ask = this.next_id++;
    const answered = new Promise<MediaAnswer>((resolve, reject) => {
      this.asked.set(ask, { resolve, reject, onProgress });
    });
    this.post({ ask, question });
    if (!signal) return answered;
    const stop = stopped ?? (() => this.tell({ stop: ask }));
    signal.addEventListener("abort", stop);
    return answered.finally(() => signal.removeEventListener("abort", stop));
  }

  async upload(file: Blob, options: UploadOptions): Promise<BlobRef> {
    const { ref, note = new Uint8Array(), keepLocation = false } = options;
    const own_name = file instanceof File ? file.name : "";
    const { name = own_name, type = file.type } = options;
    const question = { do: "upload", ref, file, name, type, note, keepLocation } as const;
    return (await this.ask(question, options, () => this.cancel(ref))) as BlobRef;
  }

  async continueUpload(ref: string, file?: Blob, options?: TransferOptions): Promise<BlobRef> {
    const question = { do: "continue", ref, file } as const;
    return (await this.ask(question, options, () => this.cancel(ref))) as BlobRef;
  }

  pause(ref: string): void {
    this.tell({ pause: ref });
  }

  resume(ref: string): void {
    this.tell({ resume: ref });
  }

  cancel(ref: string): void {
    this.post({ cancel: ref });
  }

  forget(ref: string): void {
    this.post({ forget: ref });
  }

  remove(blob: BlobRef): void {
    this.post({ remove: blob });
  }

  async pending(): Promise<readonly PendingUpload[]> {
    return (await this.ask({ do: "pending" })) as readonly PendingUpload[];
  }

  async download(blob: BlobRef, options?: TransferOptions): Promise<Blob> {
    return (await this.ask({ do: "download", blob }, options)) as Blob;
  }

  stream(blob: BlobRef, from = 0): ReadableStream<Uint8Array> {
    const stream = this.next_id++;
    return new ReadableStream<Uint8Array>(
      {
        pull: async (controller) => {
          const bytes = await this.ask({ do: "read", stream, blob, from });
          if (bytes) controller.enqueue(bytes as Uint8Array);
          else controller.close();
        },
        cancel: () => this.tell({ stop: stream }),
      },
      { highWaterMark: 1 },
    );
  }

  async play(blob: BlobRef, type: string, options?: TransferOptions): Promise<Playable> {
    const streaming = await this.player?.add({ blob, type });
    if (streaming) return { ...streaming, streams: true };
    const whole = await this.download(blob, options);
    const url = URL.createObjectURL(new Blob([whole], { type }));
    return { url, streams: false, close: () => URL.revokeObjectURL(url) };
  }

  connected(): void {
    if (this.wanted) {
      const token = this.options.token();
      if (token !== undefined) this.answer_token(token);
    }
    this.tell({ connected: true });
  }

  close(): void {
    this.worker?.terminate();
    this.worker = undefined;
    this.end_all(Errc.blob_cancelled);
  }
}

/** Costs nothing until the first call of a method. */
export function openMedia(options: MediaOptions): Media {
  return new WorkerMedia(options);
}
