// Proofs of a connection, marks and checkpoints (PROTOCOL.md 7 and 8).
import { equal } from "./bytes.ts";
import { decode, encode } from "./codec.ts";
import { open_signed, seal_signed, sign, verify } from "./crypto.ts";
import type { Shop } from "./identity.ts";
import { demand } from "./refused.ts";
import { CheckpointBody, HelloProof, MarkBody, WelcomeProof } from "./schema.ts";

const MARK_DOMAIN = "shopbell mark v1";
const CHECKPOINT_DOMAIN = "shopbell checkpoint v1";
const HELLO_DOMAIN = "shopbell hello v1";
const WELCOME_DOMAIN = "shopbell welcome v1";

export const make_mark = (sign_seed: Uint8Array, mark: MarkBody): Uint8Array =>
  seal_signed(sign_seed, MARK_DOMAIN, encode(MarkBody, mark));

// Refusals: truncated, malformed, bad_signature.
export const take_mark = (sign_key: Uint8Array, bytes: Uint8Array): MarkBody =>
  decode(MarkBody, open_signed(sign_key, MARK_DOMAIN, bytes));

export const make_checkpoint = (relay_seed: Uint8Array, checkpoint: CheckpointBody): Uint8Array =>
  seal_signed(relay_seed, CHECKPOINT_DOMAIN, encode(CheckpointBody, checkpoint));

// Refusals: truncated, malformed, bad_signature.
export const take_checkpoint = (relay_key: Uint8Array, bytes: Uint8Array): CheckpointBody =>
  decode(CheckpointBody, open_signed(relay_key, CHECKPOINT_DOMAIN, bytes));

// 7.2: the host as dialled, from a ws:// or wss:// address; empty where it is none.
export function host_of(url: string): string {
  const parts = /^(wss?):\/\/([^/?#@]+)/i.exec(url);
  if (!parts) {
    return "";
  }
  const port = parts[1]!.toLowerCase() === "wss" ? ":443" : ":80";
  const host = parts[2]!.toLowerCase();
  return host.endsWith(port) ? host.slice(0, -port.length) : host;
}

export const sign_hello = (sign_seed: Uint8Array, proof: HelloProof): Uint8Array =>
  sign(sign_seed, HELLO_DOMAIN, encode(HelloProof, proof));

// Refusal: closed_proof.
export function demand_hello(
  sign_key: Uint8Array, proof: HelloProof, signature: Uint8Array,
): void {
  const fits = verify(sign_key, HELLO_DOMAIN, encode(HelloProof, proof), signature);
  demand(fits, "closed_proof");
}

export const sign_welcome = (relay_seed: Uint8Array, proof: WelcomeProof): Uint8Array =>
  sign(relay_seed, WELCOME_DOMAIN, encode(WelcomeProof, proof));

// 7.4: the key stands in the card for now. A bound of 0 is no bound.
export function relay_is_named(shop: Shop, relay_key: Uint8Array, now_ms: bigint): boolean {
  return shop.info.relays.some(({ key, from_ms, until_ms }) =>
    equal(key, relay_key) && from_ms <= now_ms && (until_ms === 0n || now_ms <= until_ms));
}

// Refusals: relay_key_unknown, bad_signature.
export function demand_welcome(
  shop: Shop, relay_key: Uint8Array, proof: WelcomeProof, signature: Uint8Array, now_ms: bigint,
): void {
  demand(relay_is_named(shop, relay_key, now_ms), "relay_key_unknown");
  const fits = verify(relay_key, WELCOME_DOMAIN, encode(WelcomeProof, proof), signature);
  demand(fits, "bad_signature");
}
