// Sealed message bodies (PROTOCOL.md 5).
import { equal, is_zero, join, u64be } from "./bytes.ts";
import { Reader, decode, encode, varint, without } from "./codec.ts";
import { aead_open, aead_seal, derive, hash } from "./crypto.ts";
import { demand, named } from "./refused.ts";
import { Header, InnerBody } from "./schema.ts";

const NONCE_BYTES = 24;
const STEP_BYTES = 64;
const STEPS_UP_TO = 1024;
const BODY_LENGTH = 13n;
const BODY_DIGEST = 14n;

// 5.1: the length that `length` bytes are padded to.
export function padded_length(length: number): number {
  if (length <= STEPS_UP_TO) {
    return Math.ceil(length / STEP_BYTES) * STEP_BYTES;
  }
  const e = 31 - Math.clz32(length);
  const s = 32 - Math.clz32(e);
  const step = 2 ** (e - s);
  return Math.ceil(length / step) * step;
}

export function pad(inner: Uint8Array): Uint8Array {
  const front = join(varint(BigInt(inner.length)), inner);
  return join(front, new Uint8Array(padded_length(front.length) - front.length));
}

// Refusal: body_bad.
export function unpad(plain: Uint8Array): Uint8Array {
  return named("body_bad", () => {
    const reader = new Reader(plain);
    const inner = reader.delimited();
    demand(is_zero(reader.rest()), "body_bad");
    return inner;
  });
}

export const message_key = (
  epoch_key: Uint8Array, log: Uint8Array, epoch: bigint, author: Uint8Array, counter: bigint,
): Uint8Array =>
  derive(epoch_key, "shopbell msg v1", log, u64be(epoch), author, u64be(counter));

// 5.3, from the header's bytes with or without body_length and body_digest.
export const header_aad = (header: Uint8Array): Uint8Array =>
  hash("shopbell header aad v1", without(header, [BODY_LENGTH, BODY_DIGEST]));

function key_for(header: Uint8Array, epoch_key: Uint8Array): Uint8Array {
  const { log, epoch, author, counter } = decode(Header, header);
  return message_key(epoch_key, log, epoch, author, counter);
}

export function seal_body(
  header: Uint8Array, epoch_key: Uint8Array, nonce: Uint8Array, inner: Partial<InnerBody>,
): Uint8Array {
  const plain = pad(encode(InnerBody, inner));
  return join(nonce, aead_seal(key_for(header, epoch_key), nonce, header_aad(header), plain));
}

// Refusal: body_bad.
export function open_body(
  header: Uint8Array, epoch_key: Uint8Array, body: Uint8Array,
): InnerBody {
  const nonce = body.slice(0, NONCE_BYTES);
  demand(nonce.length === NONCE_BYTES, "body_bad");
  const sealed = body.slice(NONCE_BYTES);
  const plain = aead_open(key_for(header, epoch_key), nonce, header_aad(header), sealed);
  demand(plain !== undefined, "body_bad");
  return named("body_bad", () => decode(InnerBody, unpad(plain)));
}

export const commitment_of = (log: Uint8Array, epoch: bigint, key: Uint8Array): Uint8Array =>
  hash("shopbell commitment v1", log, u64be(epoch), key);

export const fits_commitment = (
  log: Uint8Array, epoch: bigint, key: Uint8Array, commitment: Uint8Array,
): boolean => equal(commitment_of(log, epoch, key), commitment);
