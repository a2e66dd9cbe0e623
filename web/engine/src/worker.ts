// The dedicated worker of one device: wires core, store and socket, and takes care that one tab at
// a time is the device.
import { type CoreConfig } from "./host.js";
import type { FromWorker, OpenMessage, ToWorker } from "./messages.js";
import { Pump, type PumpParts } from "./pump.js";
import type { Clock, Entropy, Storage, StorageMode } from "./seams.js";
import { IdbStorage, openDatabase } from "./storage_idb.js";
import { keptKey, sessionKey } from "./storage_key.js";
import { MemoryStorage } from "./storage_memory.js";
import { fromBase64Url } from "./text.js";
import { dialledHost, WebSocketTransport } from "./transport_ws.js";

const scope = self as unknown as DedicatedWorkerGlobalScope;

const clock: Clock = {
  now: Date.now,
  after(delay_ms, callback) {
    const timer = setTimeout(callback, delay_ms);
    return () => clearTimeout(timer);
  },
};
const entropy: Entropy = { fill: (out) => void crypto.getRandomValues(out as never) };

function post(message: FromWorker, transfer: Transferable[] = []): void {
  scope.postMessage(message, transfer);
}

type Store = {
  readonly mode: StorageMode;
  readonly storage: Storage;
  readonly key: () => Promise<Uint8Array>;
};

async function open_store(name: string): Promise<Store> {
  try {
    const database = await openDatabase(name);
    const key = await keptKey(database);
    return { mode: "kept", storage: await IdbStorage.open(database), key };
  } catch {
    return { mode: "session", storage: new MemoryStorage(), key: sessionKey() };
  }
}

// A server that does not know .wasm sends it under another type, which streaming refuses.
async function load(url: string): Promise<WebAssembly.Module> {
  const response = await fetch(url);
  if (!response.ok) throw new Error("the core is not there");
  const type = response.headers.get("content-type") ?? "";
  if (/^application\/wasm$/i.test(type)) return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(await response.arrayBuffer());
}

/** What one worker is told to be; runs at most one pump. */
class Device {
  private readonly name: string;
  private readonly shop: Uint8Array;
  private readonly module: Promise<WebAssembly.Module | void>;
  private pump: Pump | undefined;
  private leading = false;
  private early: [number, Uint8Array][] = [];
  private waiting = new AbortController();

  constructor(private readonly options: OpenMessage) {
    const shop = fromBase64Url(options.shop, 32);
    if (!shop) throw new Error("the shop's id is not base64url of 32 bytes");
    this.shop = shop;
    this.name = `shopbell:${options.app}:${options.shop}`;
    this.module = load(options.wasmUrl).catch(() => post({ crashed: "final" }));
    scope.addEventListener("online", () => this.pump?.retry());
    this.lead({ ifAvailable: true });
  }

  command(kind: number, body: Uint8Array): void {
    if (this.pump) this.pump.command(kind, body);
    else this.early.push([kind, body]);
  }

  takeOver(): void {
    if (this.leading) return;
    this.waiting.abort();
    this.lead({ steal: true });
  }

  // Asks for the lock and holds it until it is stolen. Where another has it, says so and queues.
  private lead(options: LockOptions): void {
    const lost = new AbortController();
    const held = async (lock: Lock | null): Promise<void> => {
      if (!lock) return this.wait();
      this.leading = true;
      await this.run(lost.signal);
    };
    navigator.locks.request(this.name, options, held).catch((error: unknown) => {
      const aborted = error instanceof DOMException && error.name === "AbortError";
      // Without storage there are no locks either; then each tab is a device of its own.
      if (!aborted) void this.run(lost.signal);
      if (!aborted || !this.leading) return;
      this.leading = false;
      lost.abort();
      this.pump?.stop();
      this.pump = undefined;
      this.wait();
    });
  }

  private wait(): void {
    post({ elsewhere: true });
    this.waiting = new AbortController();
    this.lead({ signal: this.waiting.signal });
  }

  private async run(lost: AbortSignal): Promise<void> {
    const [store, module] = await Promise.all([open_store(this.name), this.module]);
    if (!module) return store.storage.close();
    if (lost.aborted) return store.storage.close();
    lost.addEventListener("abort", () => store.storage.close());
    post({ storage: store.mode });
    this.pump = new Pump(this.parts(store, module));
    for (const [kind, body] of this.early.splice(0)) this.pump.command(kind, body);
    // A device of this session only is this tab's alone: others need not wait for it.
    if (store.mode === "kept") await new Promise<never>(() => undefined);
  }

  private parts(store: Store, module: WebAssembly.Module): PumpParts {
    const { relayUrl, app } = this.options;
    const config = async (): Promise<CoreConfig> => ({
      role: app === "console" ? "agent" : "visitor",
      shop: this.shop,
      storageKey: await store.key(),
      host: dialledHost(relayUrl),
    });
    return {
      module,
      config,
      storage: store.storage,
      transport: new WebSocketTransport(relayUrl),
      clock,
      entropy,
      events: (events) =>
        post({ events }, events.map(([, body]) => body.buffer as ArrayBuffer)),
      crashed: (final) => post({ crashed: final ? "final" : "restarts" }),
    };
  }
}

let device: Device | undefined;

function take(message: ToWorker): void {
  if ("open" in message) {
    if (!scope.isSecureContext) return post({ storage: "refused" });
    device = new Device(message.open);
  } else if ("command" in message) {
    device?.command(message.command, message.body);
  } else {
    device?.takeOver();
  }
}

scope.addEventListener("message", ({ data }: MessageEvent<ToWorker>) => take(data));
