// What a page and its media worker say to each other. Answers name the question by its id.

/** Where a file lies at the relay and what opens it. Field for field as in media.proto. */
export type BlobRef = {
  /** 16 bytes; whoever knows them may read the sealed bytes. */
  readonly id: Uint8Array;
  /** 32 bytes. */
  readonly key: Uint8Array;
  /** Of the file as sent. */
  readonly bytes: number;
  /** BLAKE2b-256 of the file as sent. */
  readonly digest: Uint8Array;
};

/** An upload that an earlier page began and nobody else is at. */
export type PendingUpload = {
  readonly ref: string;
  readonly name: string;
  readonly type: string;
  readonly bytes: number;
  /** Of the file; what the relay has confirmed as far as this browser knows. */
  readonly sent: number;
  /** The file must be picked again: this browser could not keep it. */
  readonly needsFile: boolean;
  /** What `upload` was given to keep. */
  readonly note: Uint8Array;
  /** All of it is at the relay; what is left is to say so in a message and to `forget`. */
  readonly done: BlobRef | undefined;
};

export type NewUpload = {
  readonly ref: string;
  readonly file: Blob;
  readonly name: string;
  readonly type: string;
  readonly note: Uint8Array;
  readonly keepLocation: boolean;
};

export type MediaQuestion =
  | ({ readonly do: "upload" } & NewUpload)
  | { readonly do: "continue"; readonly ref: string; readonly file: Blob | undefined }
  | { readonly do: "pending" }
  | { readonly do: "download"; readonly blob: BlobRef }
  /** The next plain bytes of a stream; `from` counts where the stream is new. */
  | {
      readonly do: "read";
      readonly stream: number;
      readonly blob: BlobRef;
      readonly from: number;
    };

export type ToMedia =
  | { readonly ask: number; readonly question: MediaQuestion }
  | { readonly pause: string }
  | { readonly resume: string }
  | { readonly cancel: string }
  | { readonly forget: string }
  /** What the device has sent and takes back. */
  | { readonly remove: BlobRef }
  /** A download by the id of its question, or a stream by its own. */
  | { readonly stop: number }
  | { readonly token: string }
  /** Serves the port of a service worker. */
  | { readonly play: PlayAsked; readonly blob: BlobRef; readonly type: string; port: MessagePort }
  /** The device is connected: who waits for the network tries now. */
  | { readonly connected: true };

export type MediaAnswer =
  | BlobRef
  | readonly PendingUpload[]
  | Blob
  /** Plain bytes of a stream; nothing at its end. */
  | Uint8Array
  | undefined;

/** A service worker asks a page for plain bytes [from, to) of what it plays under a name. */
export type PlayAsked = {
  readonly play: string;
  readonly from: number;
  readonly to: number | undefined;
};

/** The answer, of the media worker itself: what will follow. Nothing: there is no such thing. */
export type PlayAnswer =
  | {
      readonly type: string;
      readonly bytes: number;
      readonly begin: number;
      readonly end: number;
    }
  | undefined;

export type FromMedia =
  | { readonly answer: number; readonly value: MediaAnswer }
  /** `chunk` where one chunk of the blob is to blame. */
  | { readonly answer: number; readonly error: number; readonly chunk: number | undefined }
  | { readonly progress: number; readonly done: number; readonly bytes: number }
  /** The worker needs a token; `refused` is one that the relay did not take. */
  | { readonly token: string | undefined };
