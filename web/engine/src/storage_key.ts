// The key that seals the device's records: 32 random bytes, kept only under a key of the browser
// which cannot be read out.
import { getMeta, putKey } from "./storage_idb.js";

const WRAP = "wrap";
const KEY_BYTES = 32;

type Wrapped = {
  readonly key: CryptoKey;
  readonly iv: Uint8Array<ArrayBuffer>;
  readonly box: ArrayBuffer;
};

async function wrap(plain: Uint8Array<ArrayBuffer>): Promise<Wrapped> {
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, [
    "encrypt",
    "decrypt",
  ]);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  return { key, iv, box: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, plain) };
}

async function unwrap({ key, iv, box }: Wrapped): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, box));
}

/** A new key that lives as long as the worker. */
export function sessionKey(): () => Promise<Uint8Array> {
  const key = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  return async () => key.slice();
}

/**
 * The device's key from the database, made where there is none; each call of the answer opens it
 * anew, and the caller wipes it. Rejects where the browser does not keep such keys (some private
 * modes) or the kept one does not open.
 */
export async function keptKey(database: IDBDatabase): Promise<() => Promise<Uint8Array>> {
  let kept = await getMeta<Wrapped>(database, WRAP);
  if (!kept) {
    const plain = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
    await putKey(database, WRAP, await wrap(plain));
    plain.fill(0);
    // Read back: what the browser gives is what later visits depend on.
    kept = await getMeta<Wrapped>(database, WRAP);
  }
  if (!kept) throw new Error("the wrapped key was not kept");
  const probe = await unwrap(kept);
  const usable = probe.length === KEY_BYTES;
  probe.fill(0);
  if (!usable) throw new Error("the wrapped key is not a key");
  return () => unwrap(kept);
}
