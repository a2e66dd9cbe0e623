// Bytes into buffers that are used again, by both ways that browsers have of reading a stream.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FileFilling, Filling } from "../../web/engine/src/media/filling.ts";

const bytes = Uint8Array.from({ length: 1000 }, (_, n) => n ^ (n >> 3));

/** The bytes in parts of so many, as a stream that takes buffers or as one that does not. */
function stream_of(part: number, takes_buffers: boolean): ReadableStream<Uint8Array> {
  let at = 0;
  const pull = (way: ReadableByteStreamController | ReadableStreamDefaultController): void => {
    if (at < bytes.length) way.enqueue(bytes.slice(at, (at += part)));
    else way.close();
    if (at >= bytes.length && "byobRequest" in way) way.byobRequest?.respond(0);
  };
  const stream = takes_buffers ? new ReadableStream({ type: "bytes", pull })
    : new ReadableStream({ pull });
  return stream as ReadableStream<Uint8Array>;
}

for (const takes_buffers of [true, false]) {
  for (const part of [1, 7, 64, 65, 1000]) {
    const way = takes_buffers ? "takes buffers" : "brings its own";
    test(`a stream that ${way} fills each buffer, in parts of ${part}`, async () => {
      const stream = new Filling(stream_of(part, takes_buffers));
      let buffer = new ArrayBuffer(64);
      for (let at = 0; at < bytes.length; at += 64) {
        const got = await stream.fill(buffer, 64);
        assert.deepEqual(got, bytes.slice(at, at + 64));
        assert.equal(got.buffer.byteLength, 64);
        buffer = got.buffer;
      }
      assert.equal((await stream.fill(buffer, 64)).length, 0);
    });
  }
}

test("a file is read in order, again from its beginning, and not past its end", async () => {
  const file = new FileFilling(new Blob([bytes]));
  for (const [from, to] of [[0, 100], [100, 300], [300, 310], [0, 20], [990, 2000]] as const) {
    assert.deepEqual(await file.read(from, to), bytes.slice(from, to));
  }
});

test("where streams bring their own, no more of a file is opened than is asked for", async () => {
  const opened: number[] = [];
  const whole = new Blob([bytes]);
  const slice = (from: number, to: number): Blob => {
    opened.push(to - from);
    const part = bytes.slice(from, to);
    const stream = (): ReadableStream<Uint8Array> => new ReadableStream({
      start: (way) => (way.enqueue(part), way.close()),
    });
    return { stream } as Blob;
  };
  const file = new FileFilling({ size: whole.size, slice } as Blob);
  for (const [from, to] of [[0, 100], [100, 300]] as const) {
    assert.deepEqual(await file.read(from, to), bytes.slice(from, to));
  }
  assert.deepEqual(opened.slice(1), [100, 200]);
});

test("who asks before the last answer has come gets his own bytes after it", async () => {
  const file = new FileFilling(new Blob([bytes]));
  const read = async (from: number): Promise<Uint8Array> => (await file.read(from, 600)).slice();
  const both = await Promise.all([read(0), read(500)]);
  assert.deepEqual(both, [bytes.slice(0, 600), bytes.slice(500, 600)]);
});
