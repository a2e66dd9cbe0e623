// Files, section 12: chunks of 64 KiB, each sealed by itself under a key of its file.
import { blake2b } from "@noble/hashes/blake2.js";
import { equal, join, u64le, u8 } from "./bytes.ts";
import { aead_open, aead_seal, derive } from "./crypto.ts";
import { demand } from "./refused.ts";

export const CHUNK_BYTES = 65_536;
const NONCE_BYTES = 24;
const EXTRA_BYTES = NONCE_BYTES + 16;

export const blob_digest = (file: Uint8Array): Uint8Array => blake2b(file, { dkLen: 32 });

export const blob_chunks = (bytes: number): number => Math.max(1, Math.ceil(bytes / CHUNK_BYTES));

export const sealed_bytes_of = (bytes: number): number => bytes + blob_chunks(bytes) * EXTRA_BYTES;

const place_of = (index: number, last: boolean): Uint8Array =>
  join(u64le(BigInt(index)), u8(last ? 1 : 0));

// 12.3
export function seal_chunk(
  key: Uint8Array, index: number, last: boolean, chunk: Uint8Array,
): Uint8Array {
  const place = place_of(index, last);
  const nonce_key = derive(key, "shopbell blob nonce v1");
  const nonce = blake2b(join(place, chunk), { dkLen: 32, key: nonce_key }).slice(0, NONCE_BYTES);
  return join(nonce, aead_seal(derive(key, "shopbell blob chunk v1"), nonce, place, chunk));
}

// 12.4. Refusal: blob_bad.
export function open_chunk(
  key: Uint8Array, bytes: number, index: number, sealed: Uint8Array,
): Uint8Array {
  const chunks = blob_chunks(bytes);
  const last = index === chunks - 1;
  const size = last ? bytes - index * CHUNK_BYTES : CHUNK_BYTES;
  demand(index < chunks && sealed.length === size + EXTRA_BYTES, "blob_bad");
  const nonce = sealed.slice(0, NONCE_BYTES);
  const chunk_key = derive(key, "shopbell blob chunk v1");
  const chunk = aead_open(chunk_key, nonce, place_of(index, last), sealed.slice(NONCE_BYTES));
  demand(chunk !== undefined, "blob_bad");
  return chunk;
}

export function seal_blob(key: Uint8Array, file: Uint8Array): Uint8Array {
  const chunks = blob_chunks(file.length);
  return join(...Array.from({ length: chunks }, (_, index) => seal_chunk(key, index,
    index === chunks - 1, file.slice(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES))));
}

// 12.4 and 12.5. Refusal: blob_bad.
export function open_blob(
  key: Uint8Array, bytes: number, digest: Uint8Array, sealed: Uint8Array,
): Uint8Array {
  demand(sealed.length === sealed_bytes_of(bytes), "blob_bad");
  const step = CHUNK_BYTES + EXTRA_BYTES;
  const chunks = Array.from({ length: blob_chunks(bytes) }, (_, index) =>
    open_chunk(key, bytes, index, sealed.slice(index * step, (index + 1) * step)));
  const file = join(...chunks);
  demand(equal(blob_digest(file), digest), "blob_bad");
  return file;
}
