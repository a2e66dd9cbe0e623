// The worker of files: gives uploads and downloads what a browser has. One a page, made with the
// first file.
import { Errc } from "./gen/errors.js";
import { BlobModule } from "./media/blob_module.js";
import { Downloads } from "./media/downloads.js";
import { Failure } from "./media/failure.js";
import { Patience } from "./media/patience.js";
import { IdbRecords, MemoryRecords, type Records } from "./media/records.js";
import { RelayBlobs } from "./media/relay_blobs.js";
import { Uploads, type UploadLocks } from "./media/uploads.js";
import type { FromMedia, MediaAnswer, MediaQuestion } from "./media_messages.js";
import type { PlayAnswer, ToMedia } from "./media_messages.js";
import type { Clock } from "./seams.js";
import { openDatabase } from "./storage_idb.js";
import { FileSpools } from "./worker/spools.js";

type PlayMessage = Extract<ToMedia, { port: MessagePort }>;

const scope = self as unknown as DedicatedWorkerGlobalScope;
const fields = new URLSearchParams(scope.location.hash.slice(1));
const text = (name: string): string => fields.get(name) ?? "";
const store = `shopbell:${text("app")}:${text("shop")}`;

const clock: Clock = {
  now: Date.now,
  after: (delay_ms, callback) => {
    const timer = setTimeout(callback, delay_ms);
    return () => clearTimeout(timer);
  },
};

const say = (message: FromMedia, transfer: Transferable[] = []): void =>
  scope.postMessage(message, transfer);

let module: Promise<BlobModule> | undefined;
function load_module(): Promise<BlobModule> {
  module ??= fetch(text("wasm"))
    .then((response) => response.arrayBuffer())
    .then((bytes) => WebAssembly.compile(bytes))
    .then((compiled) => BlobModule.create(compiled));
  // What failed then is tried again with the next file.
  module.catch(() => (module = undefined));
  return module;
}

/** The page knows the token; questions of several uploads get one answer. */
class Tokens {
  private asked: { promise: Promise<string>; answer: (token: string) => void } | undefined;
  private known: string | undefined;

  get(refused?: string): Promise<string> {
    if (this.known !== undefined && this.known !== refused) return Promise.resolve(this.known);
    if (!this.asked) {
      let answer: (token: string) => void = () => undefined;
      const promise = new Promise<string>((resolve) => (answer = resolve));
      this.asked = { promise, answer };
      say({ token: refused });
    }
    return this.asked.promise;
  }

  take(token: string): void {
    this.known = token;
    this.asked?.answer(token);
    this.asked = undefined;
  }
}

const lock_of = (ref: string): string => `${store} upload ${ref}`;
const locks: UploadLocks = {
  hold: (ref, held) => navigator.locks.request(lock_of(ref), held) as ReturnType<typeof held>,
  // Firefox answers no query() in a frame of another site.
  free: async (ref) => {
    const options = { ifAvailable: true };
    return navigator.locks.request(lock_of(ref), options, async (lock) => lock !== null);
  },
};

async function open_records(): Promise<Records> {
  try {
    return await IdbRecords.open(await openDatabase(store));
  } catch {
    return new MemoryRecords();
  }
}

const tokens = new Tokens();
const patience = new Patience(clock);
const relay = new RelayBlobs({
  url: text("blobs"),
  clock,
  fetch: (url, options) => fetch(url, options),
  token: (refused) => tokens.get(refused),
});
const downloads = new Downloads({ module: load_module, relay, patience });
const uploads = open_records().then((records) => {
  const spools = new FileSpools(store);
  const made = new Uploads({ module: load_module, relay, records, spools, patience }, locks);
  made.tidy().catch(() => undefined);
  return made;
});

async function answer_to(ask: number, question: MediaQuestion): Promise<MediaAnswer> {
  const progress = (done: number, bytes: number): void => say({ progress: ask, done, bytes });
  switch (question.do) {
    case "upload":
      return (await uploads).begin(question, progress);
    case "continue":
      return (await uploads).goOn(question.ref, question.file, progress);
    case "pending":
      return (await uploads).pending();
    case "download":
      return downloads.fetch(ask, question.blob, progress);
    case "read":
      return downloads.read(question.stream, question.blob, question.from);
  }
}

async function answer(ask: number, question: MediaQuestion): Promise<void> {
  try {
    const value = await answer_to(ask, question);
    say({ answer: ask, value }, value instanceof Uint8Array ? [value.buffer as ArrayBuffer] : []);
  } catch (error) {
    if (error instanceof Failure) say({ answer: ask, error: error.code, chunk: error.chunk });
    else say({ answer: ask, error: Errc.store_failed, chunk: undefined });
  }
}

// Streams of the page have ids from 1 on, those of what plays come from the other side.
let next_stream = -1;

/** What a service worker asked for, one portion for each "more". */
async function serve(port: MessagePort, { play, blob, type }: PlayMessage): Promise<void> {
  const stream = next_stream--;
  const begin = Math.min(play.from, blob.bytes);
  const end = Math.min(play.to ?? blob.bytes, blob.bytes);
  let left = end - begin;
  const more = async (): Promise<void> => {
    const bytes = left > 0 ? await downloads.read(stream, blob, begin) : undefined;
    const part = bytes?.subarray(0, left);
    left -= part?.length ?? 0;
    if (!part) downloads.stop(stream);
    port.postMessage(part ?? null);
  };
  port.addEventListener("message", ({ data }: MessageEvent<"more" | "stop">) => {
    if (data === "stop") return downloads.stop(stream);
    more().catch(() => port.postMessage(false));
  });
  port.start();
  port.postMessage({ type, bytes: blob.bytes, begin, end } satisfies PlayAnswer);
}

async function change(act: (uploads: Uploads) => void | Promise<void>): Promise<void> {
  await act(await uploads);
}

function take(message: ToMedia): void {
  if ("ask" in message) void answer(message.ask, message.question);
  else if ("token" in message) tokens.take(message.token);
  else if ("port" in message) void serve(message.port, message);
  else if ("stop" in message) downloads.stop(message.stop);
  else if ("connected" in message) patience.wake();
  else if ("pause" in message) void change((all) => all.pause(message.pause));
  else if ("resume" in message) void change((all) => all.resume(message.resume));
  else if ("cancel" in message) void change((all) => all.cancel(message.cancel));
  else if ("remove" in message) void change((all) => all.remove(message.remove));
  else void change((all) => all.forget(message.forget));
}

scope.addEventListener("online", () => patience.wake());
scope.addEventListener("message", ({ data }: MessageEvent<ToMedia>) => take(data));
