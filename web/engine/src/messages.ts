// What page and worker say to each other.
import type { StorageMode } from "./seams.js";

/**
 * What a worker is started with. It stands in the fragment of its address: a message would wait
 * until the page has a moment.
 */
export type WorkerOptions = {
  readonly app: "widget" | "console";
  readonly shop: string;
  readonly relayUrl: string;
  readonly wasmUrl: string;
  readonly visible: boolean;
};

export function packOptions({ visible, ...texts }: WorkerOptions): string {
  return new URLSearchParams({ ...texts, visible: visible ? "1" : "" }).toString();
}

export function readOptions(fragment: string): WorkerOptions {
  const fields = new URLSearchParams(fragment);
  const text = (name: string): string => fields.get(name) ?? "";
  return {
    app: text("app") === "console" ? "console" : "widget",
    shop: text("shop"),
    relayUrl: text("relayUrl"),
    wasmUrl: text("wasmUrl"),
    visible: text("visible") === "1",
  };
}

export type ToWorker =
  /**
   * A CommandKind of host.proto and the bytes of its message. `crashes` counts those that the page
   * has heard of: it takes back what it gave before it hears of one.
   */
  | { readonly command: number; readonly body: Uint8Array; readonly crashes: number }
  /** Somebody may look at the page. */
  | { readonly visible: boolean }
  /** The browser puts the page to sleep, or has woken it. */
  | { readonly asleep: boolean }
  /** The device shall be no more. */
  | { readonly end: true };

export type FromWorker =
  /** EventKind and bytes of each event of one drain of the core, in order. */
  | { readonly events: readonly (readonly [number, Uint8Array])[] }
  | { readonly storage: StorageMode }
  | { readonly crashed: "restarts" | "final" }
  | { readonly ended: true };
