// The cryptographic acts of PROTOCOL.md section 0. Nothing here draws randomness.
import { xchacha20poly1305 } from "@noble/ciphers/chacha.js";
import { ed25519, x25519 } from "@noble/curves/ed25519.js";
import { blake2b } from "@noble/hashes/blake2.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { equal, join, u8, utf8 } from "./bytes.ts";
import { decode, encode } from "./codec.ts";
import { Refused, demand, named } from "./refused.ts";
import { Signed } from "./schema.ts";

const NONCE_BYTES = 24;
const KEY_BYTES = 32;

function labelled(label: string, parts: Uint8Array[]): Uint8Array {
  const name = utf8(label);
  return join(u8(name.length), name, ...parts);
}

// H of 0.2.
export const hash = (label: string, ...parts: Uint8Array[]): Uint8Array =>
  blake2b(labelled(label, parts), { dkLen: 32 });

// KDF of 0.3.
export const derive = (key: Uint8Array, label: string, ...parts: Uint8Array[]): Uint8Array =>
  blake2b(labelled(label, parts), { dkLen: 32, key });

export const sign_key_of = (seed: Uint8Array): Uint8Array => ed25519.getPublicKey(seed);

export const seal_key_of = (secret: Uint8Array): Uint8Array => x25519.getPublicKey(secret);

// SIGN of 0.4; `seed` is the private key of RFC 8032.
export const sign = (seed: Uint8Array, domain: string, x: Uint8Array): Uint8Array =>
  ed25519.sign(labelled(domain, [x]), seed);

const little_endian = (bytes: Uint8Array): bigint =>
  bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n);

// The check of 0.4. noble's own accepts what differs by a point of small order (it multiplies by
// the cofactor); the protocol asks for the bytes of R.
export function verify(
  key: Uint8Array, domain: string, x: Uint8Array, signature: Uint8Array,
): boolean {
  const { Point } = ed25519;
  const order = Point.Fn.ORDER;
  const s = little_endian(signature.subarray(32));
  if (key.length !== KEY_BYTES || signature.length !== 64 || s >= order) {
    return false;
  }
  let a;
  try {
    a = Point.fromBytes(key);
  } catch {
    return false;
  }
  const r_bytes = signature.subarray(0, 32);
  const k = little_endian(sha512(join(r_bytes, key, labelled(domain, [x])))) % order;
  const r = Point.BASE.multiplyUnsafe(s).add(a.negate().multiplyUnsafe(k));
  return !a.isSmallOrder() && !r.isSmallOrder() && equal(r.toBytes(), r_bytes);
}

// The bytes of Signed{body, signature}.
export const seal_signed = (seed: Uint8Array, domain: string, body: Uint8Array): Uint8Array =>
  encode(Signed, { body, signature: sign(seed, domain, body) });

// The body of a Signed whose signature fits. Refusals: truncated, malformed, bad_signature.
export function open_signed(key: Uint8Array, domain: string, from: Uint8Array): Uint8Array {
  const { body, signature } = decode(Signed, from);
  demand(verify(key, domain, body, signature), "bad_signature");
  return body;
}

// AEAD of 0.5.
export const aead_seal = (
  key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, plain: Uint8Array,
): Uint8Array => xchacha20poly1305(key, nonce, aad).encrypt(plain);

// Nothing where the tag does not fit.
export function aead_open(
  key: Uint8Array, nonce: Uint8Array, aad: Uint8Array, sealed: Uint8Array,
): Uint8Array | undefined {
  try {
    return xchacha20poly1305(key, nonce, aad).decrypt(sealed);
  } catch {
    return undefined;
  }
}

// Refusal: bad_key, where the result would be all zero.
export function agree(secret: Uint8Array, key: Uint8Array): Uint8Array {
  try {
    return x25519.getSharedSecret(secret, key);
  } catch {
    throw new Refused("bad_key");
  }
}

const BOX_LABEL = "shopbell box v1";
const BOX_NONCE = new Uint8Array(NONCE_BYTES);

// BOX of 0.6 with a given ephemeral secret. Refusal: bad_key.
export function box_seal(
  ephemeral: Uint8Array, to: Uint8Array, aad: Uint8Array, plain: Uint8Array,
): Uint8Array {
  const public_part = seal_key_of(ephemeral);
  const key = derive(agree(ephemeral, to), BOX_LABEL, public_part, to);
  return join(public_part, aead_seal(key, BOX_NONCE, aad, plain));
}

// Refusal: box_bad.
export function box_open(secret: Uint8Array, aad: Uint8Array, box: Uint8Array): Uint8Array {
  demand(box.length >= KEY_BYTES + 16, "box_bad");
  const public_part = box.slice(0, KEY_BYTES);
  const shared = named("box_bad", () => agree(secret, public_part));
  const key = derive(shared, BOX_LABEL, public_part, seal_key_of(secret));
  const plain = aead_open(key, BOX_NONCE, aad, box.slice(KEY_BYTES));
  demand(plain !== undefined, "box_bad");
  return plain;
}
