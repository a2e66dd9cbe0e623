// The dedicated worker of one tab: gives the device what a browser has.
import type { FromLeader, FromTab, TabChannel } from "./channel.js";
import { Device, type CoreListener, type Place } from "./device.js";
import type { CoreConfig } from "./host.js";
import { readOptions, type FromWorker, type ToWorker, type WorkerOptions } from "./messages.js";
import { Pump } from "./pump.js";
import type { Clock, Entropy, Locks, Storage, StorageMode } from "./seams.js";
import { IdbStorage, openDatabase, wipe } from "./storage_idb.js";
import { keptKey, sessionKey } from "./storage_key.js";
import { MemoryStorage } from "./storage_memory.js";
import { fromBase64Url } from "./text.js";
import { dialledHost, WebSocketTransport } from "./transport_ws.js";

const scope = self as unknown as DedicatedWorkerGlobalScope;

function after(delay_ms: number, callback: () => void): () => void {
  const timer = setTimeout(callback, delay_ms);
  return () => clearTimeout(timer);
}

const clock: Clock = { now: Date.now, after };
const steady_clock: Clock = { now: () => performance.now(), after };
const entropy: Entropy = { fill: (out) => void crypto.getRandomValues(out as never) };
const locks: Locks = {
  request: async (...args) => navigator.locks.request(...args),
};

type Store = {
  readonly mode: StorageMode;
  readonly storage: Storage;
  readonly term: number;
  readonly key: () => Promise<Uint8Array>;
};

async function open_store(name: string): Promise<Store> {
  try {
    const database = await openDatabase(name);
    const [storage, key] = await Promise.all([IdbStorage.open(database), keptKey(database)]);
    return { mode: "kept", storage, term: storage.term, key };
  } catch {
    return { mode: "session", storage: new MemoryStorage(), term: 1, key: sessionKey() };
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

function channel_of(name: string, take: (message: FromLeader | FromTab) => void): TabChannel {
  const channel = new BroadcastChannel(name);
  channel.addEventListener("message", ({ data }: MessageEvent<FromLeader | FromTab>) => take(data));
  return { post: (message) => channel.postMessage(message), close: () => channel.close() };
}

/** Tells every tab, this one too, that the device is no more. */
type End = () => Promise<void>;

// Nobody but the tabs of this browser hears the channel. Where the browser keeps nothing there is
// nothing to delete.
function end_of(name: string, device: Device): End {
  const ended = (): void => {
    device.end();
    scope.postMessage({ ended: true } satisfies FromWorker);
  };
  let channel: BroadcastChannel | undefined;
  try {
    channel = new BroadcastChannel(`${name} end`);
    channel.addEventListener("message", ended);
  } catch {
    // Then no tab shares its device with another.
  }
  return async () => {
    device.end();
    const database = await openDatabase(name).catch(() => undefined);
    if (database) await wipe(database);
    database?.close();
    channel?.postMessage(0);
    ended();
  };
}

type Running = { readonly device: Device; readonly end: End };

function start(options: WorkerOptions): Running {
  const { app, relayUrl, visible } = options;
  const shop = fromBase64Url(options.shop, 32);
  if (!shop) throw new Error("the shop's id is not base64url of 32 bytes");
  const name = `shopbell:${app}:${options.shop}`;
  // A tab that follows has it at hand, should it have to lead; what failed then is tried again.
  let module: Promise<WebAssembly.Module> | undefined;
  const core = (): Promise<WebAssembly.Module> => {
    module ??= load(options.wasmUrl);
    module.catch(() => (module = undefined));
    return module;
  };
  void core();

  type Found = Store & { module: WebAssembly.Module; transport: WebSocketTransport };
  const run = ({ module, transport, ...store }: Found, listener: CoreListener): Pump =>
    new Pump({
      module,
      config: async (): Promise<CoreConfig> => ({
        role: app === "console" ? "agent" : "visitor",
        shop,
        storageKey: await store.key(),
        term: store.term,
        host: dialledHost(relayUrl),
      }),
      storage: store.storage,
      transport,
      clock,
      entropy,
      ...listener,
    });

  // The store, the core and the way to the relay have nothing to wait for from one another.
  const open = async (): Promise<Place> => {
    const transport = new WebSocketTransport(relayUrl);
    transport.dial();
    const opened = open_store(name);
    const module = await core().catch(async (error: unknown) => {
      transport.hang_up();
      (await opened).storage.close();
      throw error;
    });
    const store = await opened;
    return {
      mode: store.mode,
      term: store.term,
      run: (listener) => run({ ...store, module, transport }, listener),
      close: () => {
        transport.hang_up();
        store.storage.close();
      },
    };
  };

  const device = new Device({
    name,
    tab: crypto.randomUUID(),
    build: `${scope.location.pathname} ${options.wasmUrl}`,
    watches: app === "console",
    visible,
    locks,
    clock: steady_clock,
    channel: (take) => channel_of(name, take),
    open,
    toPage: (message: FromWorker) => scope.postMessage(message),
  });
  scope.addEventListener("online", () => device.retry());
  return { device, end: end_of(name, device) };
}

function take({ device, end }: Running, message: ToWorker): void {
  if ("command" in message) device.command(message.command, message.body, message.crashes);
  else if ("visible" in message) device.show(message.visible);
  else if ("end" in message) void end();
  else if (message.asleep) device.sleep();
  else device.wake();
}

if (scope.isSecureContext) {
  const running = start(readOptions(scope.location.hash.slice(1)));
  scope.addEventListener("message", ({ data }: MessageEvent<ToWorker>) => take(running, data));
} else {
  scope.postMessage({ storage: "refused" } satisfies FromWorker);
}
