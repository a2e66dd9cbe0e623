// A tus client that is not ours, as it comes from its makers, against a relay as it runs: uploads,
// pauses, and goes on after the relay was killed in the middle.
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { request } from "node:http";
import { after, before, test } from "node:test";
import { Upload, type DetailedError, type UploadOptions } from "tus-js-client";
import { Relay } from "./blob_relay.ts";

let relay: Relay;
let token: string;
before(async () => {
  relay = await Relay.start();
  token = await relay.token();
});
after(() => relay?.dispose());

const sum = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const headers = (): Record<string, string> => ({ Authorization: `Bearer ${token}` });

const download = async (url: string): Promise<Buffer> =>
  Buffer.from(await (await fetch(url)).arrayBuffer());

type Running = { one: Upload; done: Promise<string> };

/** Begins at once; `done` comes with the address of the file. */
function upload(bytes: Buffer, options: UploadOptions = {}): Running {
  let one!: Upload;
  const done = new Promise<string>((resolve, reject) => {
    one = new Upload(bytes, {
      endpoint: relay.blobs,
      headers: headers(),
      retryDelays: [],
      onError: reject,
      onSuccess: () => resolve(one.url ?? ""),
      ...options,
    });
  });
  one.start();
  return { one, done };
}

test("uploads a file and reads it back", async () => {
  const bytes = randomBytes(3_000_000);
  const url = await upload(bytes).done;
  assert.match(url, /\/blobs\/[0-9a-f]{32}$/);
  const answer = await fetch(url);
  assert.equal(answer.headers.get("content-type"), "application/octet-stream");
  assert.equal(answer.headers.get("content-disposition"), "attachment");
  assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
  assert.match(answer.headers.get("content-security-policy") ?? "", /^sandbox/);
  assert.match(answer.headers.get("cache-control") ?? "", /private.*immutable/);
  assert.equal(answer.headers.get("etag"), `"${url.slice(-32)}"`);
  assert.equal(sum(Buffer.from(await answer.arrayBuffer())), sum(bytes));
});

test("brings the first bytes with the creation", async () => {
  const bytes = randomBytes(700_000);
  const url = await upload(bytes, { uploadDataDuringCreation: true, chunkSize: 300_000 }).done;
  assert.equal(sum(await download(url)), sum(bytes));
});

test("says PATCH in a header where there is no such method", async () => {
  const bytes = randomBytes(500_000);
  const url = await upload(bytes, { overridePatchMethod: true, chunkSize: 200_000 }).done;
  assert.equal(sum(await download(url)), sum(bytes));
});

test("takes an empty file", async () => {
  const url = await upload(Buffer.alloc(0)).done;
  assert.equal((await download(url)).length, 0);
});

test("pauses and goes on where it stood", async () => {
  const bytes = randomBytes(4_000_000);
  let pauses = 0;
  const { one, done } = upload(bytes, {
    chunkSize: 500_000,
    onChunkComplete: (_, accepted) => {
      if (accepted < 1_500_000 || pauses++ > 0) return;
      // A new request for the same place, as after a night in a pocket.
      void one.abort().then(() => one.start());
    },
  });
  assert.equal(sum(await download(await done)), sum(bytes));
  assert.ok(pauses > 0);
});

test("is told to forget a file", async () => {
  const { one, done } = upload(randomBytes(1000));
  const url = await done;
  await one.abort(true);
  assert.equal((await fetch(url)).status, 404);
});

test("goes on after the relay was killed, and nothing confirmed is lost", async () => {
  const bytes = randomBytes(6_000_000);
  let confirmed = 0;
  let url = "";
  const parts = upload(bytes, {
    chunkSize: 300_000,
    onUploadUrlAvailable: () => (url = parts.one.url ?? ""),
    onChunkComplete: (_, accepted) => {
      confirmed = accepted;
      if (accepted >= 2_000_000) void relay.end("SIGKILL");
    },
  });
  await assert.rejects(parts.done);
  await relay.restart();
  const place = await fetch(url, {
    method: "HEAD", headers: { ...headers(), "Tus-Resumable": "1.0.0" },
  });
  assert.ok(Number(place.headers.get("upload-offset")) >= confirmed);
  assert.equal(place.headers.get("upload-length"), "6000000");
  const rest = upload(bytes, { uploadUrl: url });
  assert.equal(await rest.done, url);
  assert.equal(sum(await download(url)), sum(bytes));
});

test("what came of one long request before the kill is mostly there", async () => {
  const bytes = randomBytes(40_000_000);
  const made = await ask("POST", { ...headers(), "Upload-Length": `${bytes.length}` });
  const url = new URL(made.headers.get("location") ?? "", relay.origin).href;
  const before = await relay.metric("shopbell_blobs_received_bytes_total");
  const sending = request(url, {
    method: "PATCH",
    headers: {
      ...headers(), "Tus-Resumable": "1.0.0", "Upload-Offset": "0",
      "Content-Type": "application/offset+octet-stream", "Content-Length": bytes.length,
    },
  });
  const cut = once(sending, "error");
  sending.write(bytes.subarray(0, 35_000_000));
  while (await relay.metric("shopbell_blobs_received_bytes_total") < before + 35_000_000) {
    await new Promise(setImmediate);
  }
  await relay.end("SIGKILL");
  await cut;
  await relay.restart();
  const place = await fetch(url, {
    method: "HEAD", headers: { ...headers(), "Tus-Resumable": "1.0.0" },
  });
  // It syncs after each 16 MiB at the latest.
  assert.ok(Number(place.headers.get("upload-offset")) >= 16 * 1024 * 1024);
  const rest = upload(bytes, { uploadUrl: url });
  assert.equal(sum(await download(await rest.done)), sum(bytes));
});

test("a full disk is named, keeps what it has, and stops nobody else", async () => {
  await relay.end("SIGTERM");
  await relay.restart(2_000_000);
  const bytes = randomBytes(3_000_000);
  const { one, done } = upload(bytes, { chunkSize: 700_000 });
  await assert.rejects(done, (error: DetailedError) => {
    assert.equal(error.originalResponse?.getStatus(), 507);
    assert.match(error.originalResponse.getBody(), /"code":"store_full"/);
    return true;
  });
  assert.match(relay.log, /event=blob_store_failed/);
  const small = randomBytes(100_000);
  assert.equal(sum(await download(await upload(small).done)), sum(small));
  await relay.end("SIGTERM");
  await relay.restart();
  const rest = upload(bytes, { uploadUrl: one.url });
  assert.equal(sum(await download(await rest.done)), sum(bytes));
});

test("a drain ends with 0 while an upload runs, and keeps what came", async () => {
  const made = await fetch(relay.blobs, {
    method: "POST",
    headers: { ...headers(), "Tus-Resumable": "1.0.0", "Upload-Length": "1000000" },
  });
  const url = new URL(made.headers.get("location") ?? "", relay.origin).href;
  const before = await relay.metric("shopbell_blobs_received_bytes_total");
  const { one, done } = upload(randomBytes(1_000_000), { uploadUrl: url, chunkSize: 250_000,
    onChunkComplete: (_, accepted) => {
      if (accepted === 500_000) void one.abort();
    } });
  done.catch(() => undefined);
  while (await relay.metric("shopbell_blobs_received_bytes_total") < before + 500_000) {
    await new Promise(setImmediate);
  }
  assert.equal(await relay.end("SIGTERM"), 0);
  await relay.restart();
  const place = await fetch(url, {
    method: "HEAD", headers: { ...headers(), "Tus-Resumable": "1.0.0" },
  });
  assert.ok(Number(place.headers.get("upload-offset")) >= 500_000);
});

test("a body without a length is refused by name", async () => {
  const body = new Blob(["12345"]).stream();
  const answer = await fetch(`${relay.blobs}/${"0".repeat(32)}`, {
    method: "PATCH",
    headers: {
      ...headers(), "Tus-Resumable": "1.0.0", "Upload-Offset": "0",
      "Content-Type": "application/offset+octet-stream",
    },
    body, duplex: "half",
  } as RequestInit);
  assert.equal(answer.status, 411);
});

const ask = (method: string, more: Record<string, string>, path = ""): Promise<Response> =>
  fetch(`${relay.blobs}${path}`, { method, headers: { "Tus-Resumable": "1.0.0", ...more } });

async function code(answer: Promise<Response>): Promise<string> {
  const said = await answer;
  assert.equal(said.headers.get("content-type"), "application/problem+json");
  const { title, code: name } = await said.json() as { title: string; code: string };
  assert.ok(title.endsWith("."));
  return `${said.status} ${name}`;
}

test("refusals have names", async () => {
  const length = { "Upload-Length": "10" };
  assert.equal(await code(ask("POST", length)), "401 blob_token");
  assert.equal(await code(ask("POST", { ...length, Authorization: `Bearer ${token}x` })),
    "401 blob_token");
  assert.equal(await code(ask("POST", { ...headers(), ...length, "Upload-Metadata": "name YQ==" })),
    "400 blob_metadata");
  assert.equal(await code(ask("POST", { ...headers(), "Upload-Length": "3000000000" })),
    "413 blob_size");
  assert.equal(await code(ask("POST", headers())), "400 blob_request");
  assert.equal(await code(ask("GET", {}, `/${"0".repeat(32)}`)), "404 blob_unknown");
});

test("another device neither goes on with a file nor removes it", async () => {
  const url = await upload(randomBytes(1000)).done;
  const other = { Authorization: `Bearer ${await relay.token()}` };
  const path = url.slice(relay.blobs.length);
  assert.equal(await code(ask("DELETE", other, path)), "404 blob_unknown");
  assert.equal((await fetch(url)).status, 200);
});

test("ranges are answered as HTTP says", async () => {
  const bytes = randomBytes(200_000);
  const url = await upload(bytes).done;
  const part = await fetch(url, { headers: { Range: "bytes=65576-131151" } });
  assert.equal(part.status, 206);
  assert.equal(part.headers.get("content-range"), "bytes 65576-131151/200000");
  assert.equal(sum(Buffer.from(await part.arrayBuffer())), sum(bytes.subarray(65_576, 131_152)));
  const outside = await fetch(url, { headers: { Range: "bytes=200000-" } });
  assert.equal(outside.status, 416);
  const same = await fetch(url, { headers: { "If-None-Match": `"${url.slice(-32)}"` } });
  assert.equal(same.status, 304);
});

test("the relay keeps bytes, sizes and whose they are, and says no name of a file", async () => {
  const bytes = randomBytes(100_000);
  const url = await upload(bytes, { metadata: {} }).done;
  const id = url.slice(-32);
  const kept = relay.files().filter(([path]) => path.endsWith(id));
  assert.equal(kept.length, 1);
  assert.equal(sum(kept[0]![1].subarray(8192)), sum(bytes));
  assert.ok(!relay.log.includes(id), "the log holds an id");
  assert.ok(!relay.log.includes(token), "the log holds a token");
  for (const [path, content] of relay.files()) {
    assert.ok(!content.includes(token), `${path} holds a token`);
    assert.ok(!content.includes(id) && !content.includes(Buffer.from(id, "hex")), `${path}: an id`);
  }
  assert.ok(await relay.metric("shopbell_blobs_kept_bytes") >= bytes.length);
});
