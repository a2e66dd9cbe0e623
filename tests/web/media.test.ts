// Files out and in: the machinery of the media worker over real HTTP, against a relay that cuts,
// forgets and lies. The cryptography is blob.wasm's own.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { Errc } from "../../web/engine/src/gen/errors.ts";
import {
  BlobModule, CHUNK_BYTES, SEALED_CHUNK_BYTES,
} from "../../web/engine/src/media/blob_module.ts";
import { Downloads } from "../../web/engine/src/media/downloads.ts";
import { Failure } from "../../web/engine/src/media/failure.ts";
import { Patience } from "../../web/engine/src/media/patience.ts";
import { MemoryRecords, type UploadRecord } from "../../web/engine/src/media/records.ts";
import { RelayBlobs } from "../../web/engine/src/media/relay_blobs.ts";
import type { Spool, Spools } from "../../web/engine/src/media/seams.ts";
import { Uploads, type UploadLocks } from "../../web/engine/src/media/uploads.ts";
import type { BlobRef, NewUpload } from "../../web/engine/src/media_messages.ts";
import { TusServer } from "./tus_server.ts";

const root = process.cwd();
const compiled = new WebAssembly.Module(readFileSync(`${root}/build/wasm/blob.wasm`));
const module = await BlobModule.create(compiled);
let relay_server: TusServer;

before(async () => {
  relay_server = await TusServer.start();
});
after(() => relay_server.stop());

/** Chunk n of the file is like no other. */
function file_of(bytes: number): Blob {
  return new Blob([Uint8Array.from({ length: bytes }, (_, n) => n + (n >> 8) + (n >> 16))]);
}

/** Sealed bytes in memory, for spools that outlive a page. */
class MemorySpools implements Spools {
  readonly kept = new Map<string, Uint8Array>();
  /** Bytes that fit in all. */
  room = Infinity;

  async open(ref: string, bytes: number): Promise<Spool | undefined> {
    const held = this.kept.get(ref) ?? new Uint8Array(bytes);
    this.kept.set(ref, held);
    return {
      write: (at, part) => {
        if (at + part.length > this.room) throw new Error("full");
        held.set(part, at);
      },
      read: (at, into) => into.set(held.subarray(at, at + into.length)),
      flush: () => undefined,
      close: () => undefined,
    };
  }
  async remove(ref: string): Promise<void> {
    this.kept.delete(ref);
  }
  async keepOnly(refs: ReadonlySet<string>): Promise<void> {
    for (const ref of this.kept.keys()) if (!refs.has(ref)) this.kept.delete(ref);
  }
}

const no_spools: Spools = {
  open: async () => undefined,
  remove: async () => undefined,
  keepOnly: async () => undefined,
};

const free: UploadLocks = { hold: (_ref, held) => held(), free: async () => true };

type Page = { readonly uploads: Uploads; readonly downloads: Downloads; tokens: string[] };

/** A page of the device: what it keeps is what it is given. Waiting ends at once. */
function page(records = new MemoryRecords(), spools: Spools = no_spools): Page {
  const clock = {
    now: () => 0,
    after: (ms: number, call: () => void) => {
      if (ms < 60_000) queueMicrotask(call);
      return () => undefined;
    },
  };
  const tokens = ["good"];
  const patience = new Patience(clock);
  const relay = new RelayBlobs({
    url: relay_server.url,
    clock,
    fetch: (url, options) => fetch(url, options),
    token: async (refused) => (refused ? (tokens.shift() ?? "none") : (tokens[0] ?? "none")),
  });
  const world = { module: async () => module, relay, records, spools, patience };
  return { uploads: new Uploads(world, free), downloads: new Downloads(world), tokens };
}

const quiet = (): void => undefined;
const asked_of = (ref: string, file: Blob): NewUpload => ({
  ref, file, name: "a.bin", type: "", note: Uint8Array.of(7), keepLocation: true,
});
const send = (on: Page, ref: string, file: Blob): Promise<BlobRef> =>
  on.uploads.begin(asked_of(ref, file), quiet);

async function same(blob: BlobRef, file: Blob): Promise<void> {
  const got = await page().downloads.fetch(1, blob, quiet);
  assert.deepEqual(Buffer.from(await got.arrayBuffer()), Buffer.from(await file.arrayBuffer()));
}

const fails = (code: number, chunk?: number) => (error: unknown): boolean =>
  error instanceof Failure && error.code === code && error.chunk === chunk;

for (const spooled of [false, true]) {
  const how = spooled ? "with a spool" : "without a spool";
  for (const bytes of [0, 1, CHUNK_BYTES, CHUNK_BYTES + 1, 20 * CHUNK_BYTES + 5]) {
    test(`a file of ${bytes} bytes comes back as it was, ${how}`, async () => {
      const file = file_of(bytes);
      const on = page(new MemoryRecords(), spooled ? new MemorySpools() : no_spools);
      const blob = await send(on, `r${bytes}`, file);
      assert.equal(blob.bytes, bytes);
      await same(blob, file);
    });
  }

  test(`cut in the middle of chunks, refused for a while, a file arrives, ${how}`, async () => {
    const file = file_of(30 * CHUNK_BYTES + 77);
    for (const cut of [0, 1, 100_000, SEALED_CHUNK_BYTES, 300_001]) {
      relay_server.faults.push({ method: "PATCH", fault: { cut } });
    }
    relay_server.faults.push({ method: "HEAD", fault: { status: 503 } });
    relay_server.faults.push({ method: "PATCH", fault: { status: 460 } });
    relay_server.faults.push({ method: "POST", fault: { status: 500 } });
    const spools = spooled ? new MemorySpools() : no_spools;
    const blob = await send(page(new MemoryRecords(), spools), "cut", file);
    assert.equal(relay_server.faults.length, 0);
    await same(blob, file);
  });
}

test("a small file is one request, and one that is cut asks for an address first", async () => {
  const before = relay_server.asked.length;
  const file = file_of(5 * CHUNK_BYTES + 3);
  await same(await send(page(), "small", file), file);
  assert.deepEqual(relay_server.asked.slice(before), ["POST", "GET"]);
  relay_server.faults.push({ method: "POST", fault: { cut: 100_000 } });
  await same(await send(page(), "small and cut", file), file);
  // Pieces have become smaller.
  const then = ["POST", "POST", "PATCH", "PATCH", "GET"];
  assert.deepEqual(relay_server.asked.slice(before + 2), then);
});

test("asked for again, an upload gives the answer that it gave", async () => {
  const on = page();
  const first = await send(on, "twice", file_of(10));
  const before = relay_server.asked.length;
  assert.deepEqual(await send(on, "twice", file_of(10)), first);
  assert.equal(relay_server.asked.length, before);
});

/** A page that dies: the relay refuses for good once it has so much. */
async function dies_after(patches: number, file: Blob, on: Page): Promise<void> {
  const original = relay_server.faults.splice(0);
  assert.equal(original.length, 0);
  const server = relay_server as unknown as { append: (...args: unknown[]) => Promise<void> };
  const append = server.append;
  let left = patches;
  server.append = async (...args) => {
    if (left-- > 0) return append.apply(server, args);
    (args[1] as { writeHead(s: number): { end(): void } }).writeHead(403).end();
  };
  await assert.rejects(send(on, "dies", file), fails(Errc.blob_request));
  server.append = append;
}

test("after a crash the file is picked again, and only the rest is sent", async () => {
  const file = file_of(30 * CHUNK_BYTES + 9);
  const records = new MemoryRecords();
  await dies_after(1, file, page(records));
  const next = page(records);
  const [pending] = await next.uploads.pending();
  assert.equal(pending?.needsFile, true);
  assert.deepEqual(pending?.note, Uint8Array.of(7));
  await assert.rejects(next.uploads.goOn("dies", undefined, quiet), fails(Errc.blob_file_needed));
  let least = Infinity;
  const blob = await next.uploads.goOn("dies", file, (done) => (least = Math.min(least, done)));
  assert.ok(least >= 8 * CHUNK_BYTES, `began again at ${least}`);
  await same(blob, file);
});

test("another file than the one that was begun is refused by name", async () => {
  const records = new MemoryRecords();
  const file = file_of(30 * CHUNK_BYTES);
  await dies_after(1, file, page(records));
  const bytes = new Uint8Array(await file.arrayBuffer());
  bytes[5] = 99;
  const next = page(records);
  const changed = fails(Errc.blob_file_changed);
  await assert.rejects(next.uploads.goOn("dies", new Blob([bytes]), quiet), changed);
  await assert.rejects(next.uploads.goOn("dies", file.slice(1), quiet), changed);
  await same(await next.uploads.goOn("dies", file, quiet), file);
});

test("what was sealed into the spool goes on without the file", async () => {
  const records = new MemoryRecords();
  const spools = new MemorySpools();
  const file = file_of(40 * CHUNK_BYTES + 1);
  // Held until the spool is full.
  let full: () => void = () => undefined;
  const filled = new Promise<void>((resolve) => (full = resolve));
  const put = records.put.bind(records);
  records.put = async (record: UploadRecord) => {
    await put(record);
    if (record.spooled) full();
  };
  relay_server.faults.push({ method: "PATCH", fault: { cut: 70_000 } });
  const server = relay_server as unknown as { append: (...args: unknown[]) => Promise<void> };
  const append = server.append;
  server.append = async (...args) => {
    await filled;
    return append.apply(server, args);
  };
  const first = page(records, spools);
  relay_server.faults.push({ method: "HEAD", fault: { status: 403 } });
  await assert.rejects(send(first, "kept", file), fails(Errc.blob_request));
  server.append = append;
  const next = page(records, spools);
  assert.equal((await next.uploads.pending())[0]?.needsFile, false);
  const blob = await next.uploads.goOn("kept", undefined, quiet);
  await same(blob, file);
  assert.equal(spools.kept.size, 0);
  assert.deepEqual((await next.uploads.pending())[0]?.done, blob);
  await next.uploads.forget("kept");
  assert.deepEqual(await next.uploads.pending(), []);
});

test("a spool that is full ends itself, not the upload", async () => {
  const spools = new MemorySpools();
  spools.room = 18 * SEALED_CHUNK_BYTES;
  const records = new MemoryRecords();
  const file = file_of(50 * CHUNK_BYTES);
  const blob = await send(page(records, spools), "full", file);
  await same(blob, file);
});

test("what the relay has and nobody can vouch for is sealed anew", async () => {
  const records = new MemoryRecords();
  const file = file_of(30 * CHUNK_BYTES);
  await dies_after(1, file, page(records));
  const record = (await records.get("dies")) as UploadRecord;
  await records.put({ ...record, chunks: 0, prefix: new Uint8Array() });
  const blob = await page(records).uploads.goOn("dies", file, quiet);
  assert.notDeepEqual(blob.key, record.key);
  await same(blob, file);
});

test("an upload that the relay has forgotten begins anew", async () => {
  const records = new MemoryRecords();
  const file = file_of(30 * CHUNK_BYTES);
  await dies_after(1, file, page(records));
  relay_server.blobs.clear();
  await same(await page(records).uploads.goOn("dies", file, quiet), file);
});

test("a token that has ended is asked for once more, then it is said", async () => {
  relay_server.token = "newer";
  const on = page();
  on.tokens.push("newer");
  on.tokens.unshift("old");
  const file = file_of(5);
  await assert.rejects(send(on, "token", file), fails(Errc.blob_token));
  relay_server.token = "good";
});

test("cancelled, nothing of it stays here or there", async () => {
  const records = new MemoryRecords();
  const spools = new MemorySpools();
  const on = page(records, spools);
  const before = relay_server.blobs.size;
  const sending = on.uploads.begin(asked_of("gone", file_of(30 * CHUNK_BYTES)), (done) => {
    if (done) void on.uploads.cancel("gone");
  });
  await assert.rejects(sending, fails(Errc.blob_cancelled));
  assert.deepEqual(await records.all(), []);
  assert.equal(spools.kept.size, 0);
  assert.equal(relay_server.blobs.size, before);
});

test("paused it rests, resumed it ends", async () => {
  const on = page();
  const file = file_of(30 * CHUNK_BYTES);
  let rested = 0;
  const sending = on.uploads.begin(asked_of("rest", file), (done) => {
    if (!done || rested++) return;
    on.uploads.pause("rest");
    setImmediate(() => on.uploads.resume("rest"));
  });
  await same(await sending, file);
  assert.ok(rested > 0);
});

// --- downloads

async function stored(ref: string, file: Blob): Promise<[BlobRef, Buffer]> {
  const blob = await send(page(), ref, file);
  const id = Buffer.from(blob.id).toString("hex");
  return [blob, (relay_server.blobs.get(id) as { bytes: Buffer }).bytes];
}

test("a download that is cut goes on at the chunk that it was at", async () => {
  const file = file_of(9 * CHUNK_BYTES + 3);
  const [blob] = await stored("down", file);
  for (const cut of [0, 10, 3 * SEALED_CHUNK_BYTES + 5, SEALED_CHUNK_BYTES]) {
    relay_server.faults.push({ method: "GET", fault: { cut } });
  }
  relay_server.faults.push({ method: "GET", fault: { status: 503 } });
  await same(blob, file);
  assert.equal(relay_server.faults.length, 0);
});

test("one wrong byte is named with its chunk", async () => {
  const [blob, bytes] = await stored("wrong", file_of(5 * CHUNK_BYTES));
  const at = 3 * SEALED_CHUNK_BYTES + 1000;
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  const fetched = page().downloads.fetch(1, blob, quiet);
  await assert.rejects(fetched, fails(Errc.blob_bad, 3));
});

test("a blob that was cut short or made longer is named", async () => {
  for (const [ref, change] of [["short", -1], ["long", 1]] as const) {
    const [blob, bytes] = await stored(ref, file_of(2 * CHUNK_BYTES));
    const kept = Buffer.concat([bytes, Buffer.alloc(1)]).subarray(0, bytes.length + change);
    const id = Buffer.from(blob.id).toString("hex");
    relay_server.blobs.set(id, { bytes: kept, length: kept.length });
    await assert.rejects(page().downloads.fetch(1, blob, quiet), fails(Errc.blob_bad, 0));
  }
});

test("another digest than the message says is refused", async () => {
  const [blob] = await stored("digest", file_of(100));
  const other = { ...blob, digest: new Uint8Array(32) };
  await assert.rejects(page().downloads.fetch(1, other, quiet), fails(Errc.blob_bad));
});

test("a blob that is gone is said to be gone", async () => {
  const [blob] = await stored("gone2", file_of(100));
  relay_server.blobs.delete(Buffer.from(blob.id).toString("hex"));
  await assert.rejects(page().downloads.fetch(1, blob, quiet), fails(Errc.blob_unknown));
});

test("a stream begins at any byte and fetches no more than it gives", async () => {
  const file = file_of(12 * CHUNK_BYTES + 40);
  const whole = Buffer.from(await file.arrayBuffer());
  const [blob] = await stored("stream", file);
  for (const from of [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, 7 * CHUNK_BYTES + 9, whole.length]) {
    const { downloads } = page();
    const parts: Uint8Array[] = [];
    for (;;) {
      const part = await downloads.read(5, blob, from);
      if (!part) break;
      parts.push(part);
    }
    assert.deepEqual(Buffer.concat(parts), whole.subarray(from));
  }
});
