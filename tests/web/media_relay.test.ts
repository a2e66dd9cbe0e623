// A large file to the relay as it runs, over a link that breaks, while the relay itself is killed.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { BlobModule } from "../../web/engine/src/media/blob_module.ts";
import { Downloads } from "../../web/engine/src/media/downloads.ts";
import { Patience } from "../../web/engine/src/media/patience.ts";
import { MemoryRecords } from "../../web/engine/src/media/records.ts";
import { RelayBlobs } from "../../web/engine/src/media/relay_blobs.ts";
import { Uploads } from "../../web/engine/src/media/uploads.ts";
import type { NewUpload } from "../../web/engine/src/media_messages.ts";
import { Relay } from "./blob_relay.ts";
import { CuttingLink } from "./cutting_link.ts";

const MB = 1024 * 1024;
const module = await BlobModule.create(
  new WebAssembly.Module(readFileSync(`${process.cwd()}/build/wasm/blob.wasm`)),
);

let relay: Relay;
let link: CuttingLink;
let token: string;
before(async () => {
  relay = await Relay.start();
  token = await relay.token();
  link = await CuttingLink.start(() => Number(new URL(relay.origin).port));
});
after(async () => {
  await link?.stop();
  await relay?.dispose();
});

const clock = {
  now: Date.now,
  after: (delay_ms: number, callback: () => void) => {
    const timer = setTimeout(callback, delay_ms);
    return () => clearTimeout(timer);
  },
};

type Device = { readonly uploads: Uploads; readonly downloads: Downloads };

function device(origin: string): Device {
  const patience = new Patience(clock);
  const blobs = new RelayBlobs({
    url: `${origin}/blobs`, clock, fetch: (url, options) => fetch(url, options),
    token: async () => token,
  });
  const spools = {
    open: async () => undefined, remove: async () => undefined, keepOnly: async () => undefined,
  };
  const records = new MemoryRecords();
  const world = { module: async () => module, relay: blobs, records, spools, patience };
  const locks = { hold: <T>(_: string, held: () => Promise<T>) => held(), free: async () => true };
  return { uploads: new Uploads(world, locks), downloads: new Downloads(world) };
}

const asked_of = (ref: string, file: Blob): NewUpload =>
  ({ ref, file, name: "", type: "", note: new Uint8Array(), keepLocation: true });

async function sum(file: Blob): Promise<string> {
  const hash = createHash("sha256");
  for await (const part of file.stream()) hash.update(part as Uint8Array);
  return hash.digest("hex");
}

test("200 MB arrive over a link that breaks five times while the relay is killed", async () => {
  // One megabyte again and again, each time behind a byte that tells it from the others.
  const part = Uint8Array.from({ length: MB - 1 }, (_, n) => n + (n >> 8));
  const file = new Blob(Array.from({ length: 200 }, (_, n) => [Uint8Array.of(n), part]).flat());
  let restarted: Promise<void> | undefined;
  const kill = (): void => {
    restarted = relay.end("SIGKILL").then(() => relay.restart());
  };
  const { uploads, downloads } = device(link.origin);
  link.cuts.push({ after: MB / 2 }, { after: 31 * MB }, { after: 77 * MB + 5, then: kill },
    { after: 120 * MB }, { after: 190 * MB });
  const blob = await uploads.begin(asked_of("large", file), () => undefined);
  await restarted;
  assert.deepEqual(link.cuts, []);
  assert.equal(blob.bytes, file.size);
  const got = await downloads.fetch(1, blob, () => undefined);
  assert.equal(await sum(got), await sum(file));
});

test("the relay keeps neither the words nor the key of a file", async () => {
  const words = "the zipper of the blue jacket is broken ".repeat(4000);
  const file = new Blob([words]);
  const blob = await device(relay.origin).uploads.begin(asked_of("words", file), () => undefined);
  await relay.end("SIGTERM");
  const secrets = [Buffer.from("zipper"), Buffer.from(blob.key), Buffer.from(blob.digest)];
  for (const [path, bytes] of relay.files()) {
    for (const secret of secrets) assert.equal(bytes.indexOf(secret), -1, path);
  }
});
