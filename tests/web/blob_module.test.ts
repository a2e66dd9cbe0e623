// blob.wasm against what the second implementation wrote.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { blake2b } from "@noble/hashes/blake2.js";
import { Errc } from "../../web/engine/src/gen/errors.ts";
import {
  BlobModule, CHUNK_BYTES, chunksOf, sealedBytesOf, type BlobFile,
} from "../../web/engine/src/media/blob_module.ts";
import { Failure } from "../../web/engine/src/media/failure.ts";
import { fromHex, toHex } from "../../web/engine/src/text.ts";

const root = process.cwd();
const compiled = new WebAssembly.Module(readFileSync(`${root}/build/wasm/blob.wasm`));
const module = await BlobModule.create(compiled);
type Chunk = { bytes: number; nonce: string; hash: string };
type Vectors = {
  key: string;
  files: { bytes: number; digest: string; sealed_bytes: number; chunks: Chunk[] }[];
  refused: { what: string; bytes: number; index: number; sealed: string }[];
};
const vectors = JSON.parse(readFileSync(`${root}/tests/vectors/blob.json`, "utf8")) as Vectors;
const key = fromHex(vectors.key);
const pattern = (bytes: number): Uint8Array =>
  Uint8Array.from({ length: bytes }, (_, n) => n + (n >> 8));
const chunk_of = (plain: Uint8Array, index: number): Uint8Array =>
  plain.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES);

function with_file(bytes: number, act: (file: BlobFile) => void): void {
  const file = module.file(key, bytes);
  act(file);
  file.end();
}

for (const at of vectors.files) {
  test(`a file of ${at.bytes} bytes is sealed, digested and opened as in the vectors`, () => {
    assert.equal(sealedBytesOf(at.bytes), at.sealed_bytes);
    assert.equal(chunksOf(at.bytes), at.chunks.length);
    const plain = pattern(at.bytes);
    with_file(at.bytes, (file) => {
      at.chunks.forEach(({ nonce, hash, bytes }, index) => {
        const sealed = file.seal(index, chunk_of(plain, index)).slice();
        assert.equal(sealed.length, bytes);
        assert.equal(toHex(sealed.subarray(0, 24)), nonce);
        assert.equal(toHex(blake2b(sealed, { dkLen: 32 })), hash);
        const opened = Buffer.from(file.open(index, sealed));
        assert.equal(Buffer.compare(opened, Buffer.from(chunk_of(plain, index))), 0);
      });
      assert.equal(toHex(file.digest()), at.digest);
    });
  });
}

test("what the vectors refuse is refused, and the chunk is named", () => {
  for (const at of vectors.refused) {
    with_file(at.bytes, (file) => {
      assert.throws(() => file.open(at.index, fromHex(at.sealed)), (error: unknown) =>
        error instanceof Failure && error.code === Errc.blob_bad && error.chunk === at.index,
      at.what);
    });
  }
});

test("a key leaves the buffer that it came in, and keys of a file that ended serve nobody", () => {
  const file = module.file(key, 10);
  assert.ok(module.plain(32).every((byte) => byte === 0));
  file.end();
  file.end();
  assert.throws(() => file.seal(0, pattern(10)), Failure);
});

test("an instance seals a hundred files without growing", () => {
  const before = module.core.memory.buffer.byteLength;
  for (let turn = 0; turn < 100; turn++) with_file(10, (file) => void file.seal(0, pattern(10)));
  assert.equal(module.core.memory.buffer.byteLength, before);
});
