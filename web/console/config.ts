// Where this workplace belongs. An invitation stands in the link's fragment, so that no server sees
// it, and leaves the address bar at once; shop and relay are remembered, for they are no secret.
import { fromBase64Url } from "../engine/src/text.ts";

const STORED = "shopbell.console";

export type ConsoleConfig = {
  readonly shop: string;
  readonly relayUrl: string;
  /** How this agent wants to be called. */
  readonly name: string;
};

export type Invitation = {
  readonly secret: Uint8Array;
  /** For a further device of somebody who is in the team. */
  readonly isBeside: boolean;
};

export type Entry = {
  readonly config: ConsoleConfig | undefined;
  readonly invitation: Invitation | undefined;
  /** Hexadecimal id of the conversation that was open before a reload. */
  readonly log: string;
};

function checked(shop: unknown, relayUrl: unknown, name: unknown): ConsoleConfig | undefined {
  if (typeof shop !== "string" || !fromBase64Url(shop, 32)) {
    return undefined;
  }
  if (typeof relayUrl !== "string" || !/^wss?:\/\//.test(relayUrl)) {
    return undefined;
  }
  return { shop, relayUrl, name: typeof name === "string" ? name : "" };
}

function stored(storage: Storage): ConsoleConfig | undefined {
  try {
    const value: unknown = JSON.parse(storage.getItem(STORED) ?? "null");
    if (typeof value === "object" && value !== null) {
      const { shop, relayUrl, name } = value as Record<string, unknown>;
      return checked(shop, relayUrl, name);
    }
  } catch {
    // Unreadable or refused: as if nothing had been stored.
  }
  return undefined;
}

export function keepConfig(storage: Storage, config: ConsoleConfig): void {
  try {
    storage.setItem(STORED, JSON.stringify(config));
  } catch {
    // The workplace runs on; after a reload it needs the link again.
  }
}

export function readEntry(hash: string, storage: Storage): Entry {
  const fields = new URLSearchParams(hash.replace(/^#/, ""));
  const before = stored(storage);
  const secret = fromBase64Url(fields.get("invite") ?? "", 32);
  const linked = checked(fields.get("shop"), fields.get("relay"), "");
  if (!secret || !linked) {
    return { config: before, invitation: undefined, log: fields.get("log") ?? "" };
  }
  const name = before?.shop === linked.shop ? before.name : "";
  const isBeside = fields.get("beside") === "1";
  return { config: { ...linked, name }, invitation: { secret, isBeside }, log: "" };
}
