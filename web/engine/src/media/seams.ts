// What uploads need of a browser's files: a place for sealed bytes that outlives the page.

/** Sealed bytes of one upload. Calls are synchronous and belong to one worker at a time. */
export interface Spool {
  /** Throws where there is no room. */
  write(at: number, bytes: Uint8Array): void;
  /** Fills `into`; throws where there are fewer bytes. */
  read(at: number, into: Uint8Array): void;
  /** What was written survives a machine that stops. */
  flush(): void;
  close(): void;
}

export interface Spools {
  /** Opens or makes it; nothing where this browser has no such place or no room for `bytes`. */
  open(ref: string, bytes: number): Promise<Spool | undefined>;
  remove(ref: string): Promise<void>;
  /** Removes all but these: what a crash or an ended device left. */
  keepOnly(refs: ReadonlySet<string>): Promise<void>;
}
