// The honest line: the one thing that a person should know about the connection right now.
import { errorName } from "../i18n/error_name.ts";
import type { SentenceKey } from "../i18n/index.ts";

export const ConnectionState = { connecting: 1, online: 2, offline: 3, stopped: 4 } as const;

export type Status = {
  /** Stable name, for tests and styles. */
  readonly name:
    | "starting"
    | "connecting"
    | "online"
    | "offline"
    | "stopped"
    | "set-back"
    | "not-in-sync"
    | "shop-not-confirmed";
  readonly tone: "calm" | "warn" | "danger";
  /** Where there is none, the sentence of the error. */
  readonly sentence?: SentenceKey;
  readonly code: number;
};

export type StatusInput = {
  readonly ready: boolean;
  readonly connection: number;
  readonly code: number;
  readonly shopKnown: boolean;
  readonly shopFresh: boolean;
  readonly inSync: boolean;
  readonly held: boolean;
};

/** While offline a restart or a full house says more than "offline" does. */
const TELLING = new Set([
  "closed_draining", "closed_busy", "closed_crowded", "closed_store", "closed_restored", "busy",
  "store_full",
]);

export function statusOf(input: StatusInput): Status {
  const { ready, connection, code, shopKnown, shopFresh, inSync, held } = input;
  if (connection === ConnectionState.stopped) {
    return { name: "stopped", tone: "danger", code };
  }
  if (!ready) {
    return { name: "starting", tone: "calm", sentence: "starting", code: 0 };
  }
  if (connection === ConnectionState.offline) {
    const telling = TELLING.has(errorName(code));
    return { name: "offline", tone: "warn", code, ...(telling ? {} : { sentence: "offline" }) };
  }
  if (connection !== ConnectionState.online) {
    return { name: "connecting", tone: "calm", sentence: "connecting", code: 0 };
  }
  if (shopKnown && !shopFresh) {
    return { name: "shop-not-confirmed", tone: "warn", sentence: "shopNotConfirmed", code: 0 };
  }
  if (held) {
    return { name: "set-back", tone: "warn", sentence: "setBack", code: 0 };
  }
  if (!inSync) {
    return { name: "not-in-sync", tone: "calm", sentence: "notInSync", code: 0 };
  }
  return { name: "online", tone: "calm", sentence: "online", code: 0 };
}
