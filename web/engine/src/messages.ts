// What page and worker say to each other.
import type { StorageMode } from "./seams.js";

export type OpenMessage = {
  readonly app: "widget" | "console";
  readonly shop: string;
  readonly relayUrl: string;
  readonly wasmUrl: string;
  readonly visible: boolean;
};

export type ToWorker =
  | { readonly open: OpenMessage }
  /**
   * A CommandKind of host.proto and the bytes of its message. `crashes` counts those that the page
   * has heard of: it takes back what it gave before it hears of one.
   */
  | { readonly command: number; readonly body: Uint8Array; readonly crashes: number }
  /** Somebody may look at the page. */
  | { readonly visible: boolean }
  /** The browser puts the page to sleep, or has woken it. */
  | { readonly asleep: boolean };

export type FromWorker =
  /** EventKind and bytes of each event of one drain of the core, in order. */
  | { readonly events: readonly (readonly [number, Uint8Array])[] }
  | { readonly storage: StorageMode }
  | { readonly crashed: "restarts" | "final" };
