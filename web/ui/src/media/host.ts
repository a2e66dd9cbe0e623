// Between what sends and shows files, and the app around it. It comes in a file of its own with its
// own copy of Preact: only plain values and calls go between them.
import type { Locale } from "../../i18n/index.ts";
import type { Conversation, Item } from "../conversation.ts";

/** A message that is no text; `fallback` is what is read where its kind is not known. */
export type Shown = {
  readonly kind: number;
  readonly content: Uint8Array;
  readonly fallback: string;
};

/** Logs are named in hexadecimal; zeros where the conversation has not begun. */
export interface MediaHost {
  readonly app: "widget" | "console";
  readonly shop: string;
  readonly relayUrl: string;
  /** Where worker and module of files lie. */
  asset(path: string): URL;
  locale(): Locale;
  /** The right to upload; nothing before the first connection. */
  token(): string | undefined;
  /** The most that the relay takes of one file. */
  bytesMax(): number;
  reconnect(): void;
  conversation(): Conversation;
  /** Of its stored messages those before a place; 0: the newest. */
  page(before: number, limit: number): Promise<Conversation>;
  send(log: string, shown: Shown): void;
  /** So many files stand above the composer now. */
  waits(log: string, count: number): void;
  /** The focus goes back to where one writes. */
  focus(): void;
}

export interface MediaParts {
  /** Shows what is about to be sent there; the answer takes it away. */
  tray(place: HTMLElement, log: string): () => void;
  add(log: string, files: readonly File[]): void;
  /** By a press: asks the browser for files, on a phone after asking what for. */
  pick(log: string, button: HTMLElement): void;
  /** Takes down what is said; with the press that is held, until it is let go. */
  voice(log: string, hold: PointerEvent | undefined): Promise<void>;
  /** Sends what stands above the composer; the words belong to the first of it. */
  send(log: string, words: string): void;
  /** A conversation has begun: what stood there for it is its. */
  moved(from: string, to: string): void;
  /** Draws what a message shows, or draws it anew. */
  draw(place: HTMLElement, item: Item): void;
  undraw(place: HTMLElement): void;
  /** A message took back what it showed; `own` is gone at the relay too. */
  recalled(item: Item, own: boolean): void;
  /** All that the conversation shows. */
  gallery(): void;
  /** There is a connection, or a new right to upload. */
  connected(): void;
}

export type OpenMedia = (host: MediaHost) => MediaParts;
