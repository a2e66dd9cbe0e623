// What the engine needs of the world. Everything that differs between a worker, a page, Node, a
// mini-program and a test stands behind one of these.

/** Time in ms since 1970, and one-shot timers. */
export interface Clock {
  now(): number;
  /** Calls back once after about `delay_ms`; the answer cancels it. */
  after(delay_ms: number, callback: () => void): () => void;
}

/** Fills the buffer from a cryptographic random source. */
export interface Entropy {
  fill(out: Uint8Array): void | Promise<void>;
}

export type LinkEvents = {
  opened(): void;
  /** One whole message; the bytes belong to the receiver. */
  received(bytes: Uint8Array): void;
  /** Comes exactly once unless the link was dropped; code 0 where the connection was never made. */
  closed(code: number): void;
};

/** One connection. `close` is answered by `closed`; `drop` closes and calls back no more. */
export interface Link {
  send(bytes: Uint8Array): void;
  close(): void;
  drop(): void;
}

export interface Transport {
  /** Never throws: what fails is `closed`. */
  connect(events: LinkEvents): Link;
}

export type StoredRecord = { readonly key: Uint8Array; readonly value: Uint8Array };
/** A put, or a delete where the value is null. */
export type Change = { readonly key: Uint8Array; readonly value: Uint8Array | null };
/** from <= key < to in byte order; limit 0 is none. */
export type KeyRange = {
  readonly from: Uint8Array;
  readonly to: Uint8Array;
  readonly limit: number;
  readonly descending: boolean;
};

/** Another has taken the store over: this one has nothing to write or to send any more. */
export class Superseded extends Error {
  override readonly name = "Superseded";
}

/** Ordered keys and opaque values. What was written is seen by every later load. */
export interface Storage {
  /**
   * One transaction, in their order; resolved when durable, rejected when nothing is kept:
   * with Superseded where that is the cause.
   */
  write(changes: readonly Change[]): Promise<void>;
  load(range: KeyRange): Promise<StoredRecord[]>;
  /** Rejects with Superseded where a write would. */
  check(): Promise<void>;
  close(): void;
}

/** What the device can keep: for good, until the page closes, or nothing. */
export type StorageMode = "kept" | "session" | "refused";

/** Exclusive locks among the tabs of an origin, as navigator.locks gives them. */
export interface Locks {
  /** Held until the promise of `held` is settled. A theft rejects the answer with AbortError. */
  request(name: string, options: LockOptions, held: () => Promise<void>): Promise<unknown>;
}
