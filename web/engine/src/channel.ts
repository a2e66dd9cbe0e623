// What the tabs of one device say to each other: one of them leads, that is, runs the core; the
// others give it their commands and hear all that it says. Tabs of two releases may meet here: what
// is added must be harmless to those that do not know it.
import type { RawEvent } from "./pump.js";
import type { StorageMode } from "./seams.js";

/**
 * One life of one leader's core. A later leader has a higher number than all before it, and so has
 * the same leader after its core failed: what is from a lower one than the newest is void.
 */
export type Run = number;

const RESTARTS = 2 ** 20;
/** Terms come of the store, which counts its openings. */
export const runOf = (term: number, restarts: number): Run => term * RESTARTS + restarts;

type State = {
  readonly storage: StorageMode;
  readonly events: readonly RawEvent[];
  /** Names the code that the leader runs. */
  readonly build: string;
};

/** To every tab, or to those named. */
type ForTabs = { readonly to?: readonly string[] };

export type FromLeader = ForTabs &
  (
    | { readonly beat: Run | 0 }
    /** The answer to `join`: what a tab that comes late has missed. */
    | (State & { readonly state: Run })
    | { readonly events: readonly RawEvent[]; readonly run: Run }
    /** What the command changed is durable; a request has been answered. */
    | { readonly ack: number; readonly run: Run }
    /** The core failed. What is not acknowledged was not taken; it begins again as `run`. */
    | { readonly crashed: true; readonly run: Run }
  );

/** The life that the message is of; 0 where that is not known yet. */
export function runIn(message: FromLeader): Run | 0 {
  if ("beat" in message) return message.beat;
  return "state" in message ? message.state : (message.run ?? 0);
}

export type TabCommand = {
  /** Counts up within the tab. */
  readonly number: number;
  /** A CommandKind of host.proto and the bytes of its message. */
  readonly command: number;
  readonly body: Uint8Array;
};

export type FromTab =
  | { readonly join: string }
  | (TabCommand & { readonly from: string; readonly run: Run });

/** Every other tab of the device hears what is posted, in the order of posting. */
export interface TabChannel {
  post(message: FromLeader | FromTab): void;
  close(): void;
}

/** The name of the lock that a tab holds as long as it lives. */
export const lockOfTab = (name: string, tab: string): string => `${name} tab ${tab}`;
