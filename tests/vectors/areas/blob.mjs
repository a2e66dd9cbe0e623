// blob.json: files of section 12. A file's byte n is (n + n div 256) mod 256, so that no chunk is
// like another and none has to stand here.
import { blake2b } from "@noble/hashes/blake2.js";
import { expect, flipped, seed, v } from "../world.mjs";

const { join } = v;
const key = seed("blob key");
const file_of = (bytes) => Uint8Array.from({ length: bytes }, (_, n) => n + (n >> 8));
const STEP = v.CHUNK_BYTES + 40;

function file(bytes) {
  const plain = file_of(bytes);
  const sealed = v.seal_blob(key, plain);
  v.open_blob(key, bytes, v.blob_digest(plain), sealed);
  const chunks = Array.from({ length: v.blob_chunks(bytes) }, (_, index) => {
    const chunk = sealed.slice(index * STEP, (index + 1) * STEP);
    return { bytes: chunk.length, nonce: chunk.slice(0, 24), hash: blake2b(chunk, { dkLen: 32 }) };
  });
  return {
    bytes, digest: v.blob_digest(plain), sealed_bytes: sealed.length, chunks,
    ...(bytes < 100 ? { sealed } : {}),
  };
}

function refused() {
  const good = v.seal_blob(key, file_of(5));
  const cases = [
    ["a bit of the nonce", 5, 0, flipped(good, 0)],
    ["a bit of the text", 5, 0, flipped(good, 25)],
    ["a bit of the tag", 5, 0, flipped(good)],
    ["cut short", 5, 0, good.slice(0, -1)],
    ["a byte more", 5, 0, join(good, Uint8Array.of(0))],
    ["nothing", 5, 0, new Uint8Array(0)],
    ["shorter than nonce and tag", 5, 0, good.slice(0, 39)],
    ["not called the last", 5, 0, v.seal_chunk(key, 0, false, file_of(5))],
    ["another place", 5, 0, v.seal_chunk(key, 1, true, file_of(5))],
    ["a place behind the end", 5, 1, good],
    ["of a file of another size", 6, 0, good],
    ["under another key", 5, 0, v.seal_chunk(seed("another blob key"), 0, true, file_of(5))],
    ["the second chunk of a longer file", v.CHUNK_BYTES + 5, 1, good],
  ];
  return cases.map(([what, bytes, index, sealed]) => ({
    what, bytes, index, sealed,
    error: expect("blob_bad", () => v.open_chunk(key, bytes, index, sealed)),
  }));
}

export const blob = () => ({
  key,
  files: [0, 1, 5, 65_535, 65_536, 65_537, 131_072, 200_000].map(file),
  refused: refused(),
});
