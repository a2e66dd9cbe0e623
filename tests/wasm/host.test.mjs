// The real core.wasm behind CoreHost and Pump, against memory and a relay that the test plays.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { FakeClock, FakeTransport, engine, load_core, root, seeded_entropy, until }
  from "./engine.mjs";

const { CoreHost, InputKind } = await engine("host.ts");
const { Pump, Superseded } = await engine("pump.ts", "seams.ts");
const { MemoryStorage } = await engine("storage_memory.ts");
const { decode, encode, wire } = await engine("index.ts");

const core = load_core();
const shop = new Uint8Array(32).fill(5);
const all = { from: new Uint8Array([0]), to: new Uint8Array([255]), limit: 0, descending: false };
const config = async () => ({
  role: "visitor",
  shop,
  storageKey: new Uint8Array(32).fill(3),
  host: "relay.example",
});

function start(t, { storage = new MemoryStorage(), seed = 1, module = core } = {}) {
  const device = {
    storage,
    clock: new FakeClock(),
    transport: new FakeTransport(),
    events: [],
    crashes: [],
    superseded: 0,
  };
  device.pump = new Pump({
    module,
    config,
    storage,
    transport: device.transport,
    clock: device.clock,
    entropy: seeded_entropy(seed),
    events: (events) => device.events.push(...events),
    crashed: (final) => device.crashes.push(final),
    superseded: () => device.superseded++,
  });
  device.ready = async (count = 1) => {
    const readies = () => device.events.filter(([kind]) => kind === wire.EventKind.READY);
    await until(() => readies().length >= count, "ready");
    return decode(wire.Ready, readies()[count - 1][1]);
  };
  t.after(() => device.pump.stop());
  return device;
}

test("the import list is exactly wasm/imports.txt", () => {
  const listed = readFileSync(join(root, "wasm/imports.txt"), "utf8")
    .split("\n").filter((line) => line && !line.startsWith("#")).sort();
  const imports = WebAssembly.Module.imports(core).map((i) => `${i.module}.${i.name}`).sort();
  assert.deepEqual(imports, listed);
});

test("before the first entropy the core does nothing but ask for it", async () => {
  const host = await CoreHost.create(core, await config());
  const outputs = host.input(InputKind.tick, 1_700_000_000_000);
  assert.deepEqual(outputs.map((output) => output.do).sort(), ["entropy", "timeout"]);
  assert.equal(outputs.find((output) => output.do === "entropy").urgent, true);
  host.end();
});

test("a fresh device becomes ready, keeps its identity and asks for a connection", async (t) => {
  const device = start(t);
  const ready = await device.ready();
  assert.ok(ready.device.some((byte) => byte));
  assert.equal(ready.certified, false);
  assert.equal(ready.hasCard, false);
  const keys = (await device.storage.load(all)).map(({ key }) => String.fromCharCode(...key));
  assert.ok(keys.includes("id"), keys.join(" "));
  await until(() => device.transport.links.length, "a connection");
});

test("the same store gives the same device, another random source another one", async (t) => {
  const first = start(t);
  const { device } = await first.ready();
  first.pump.stop();
  const again = start(t, { storage: first.storage, seed: 9 });
  assert.deepEqual((await again.ready()).device, device);
  const other = start(t, { seed: 2 });
  assert.notDeepEqual((await other.ready()).device, device);
});

// Where libsodium's own random source is stubbed every device has the same keys.
test("two fresh devices share no record", async (t) => {
  const [a, b] = [start(t, { seed: 1 }), start(t, { seed: 2 })];
  await a.ready();
  await b.ready();
  const values = async ({ storage }) => (await storage.load(all)).map(({ value }) => value);
  const windows = new Set();
  for (const value of await values(a)) {
    for (let i = 0; i + 8 <= value.length; i++) windows.add(value.subarray(i, i + 8).join());
  }
  for (const value of await values(b)) {
    for (let i = 0; i + 8 <= value.length; i++) {
      assert.ok(!windows.has(value.subarray(i, i + 8).join()), "eight bytes in common");
    }
  }
});

test("the storage key and the seeds are nowhere in a store", async (t) => {
  const device = start(t);
  await device.ready();
  const key = (await config()).storageKey.join();
  for (const { value } of await device.storage.load(all)) {
    assert.ok(!value.join().includes(key));
  }
});

test("a lost connection is made again when the core says so", async (t) => {
  const device = start(t);
  await device.ready();
  const [first] = await until(() => device.transport.links.length && device.transport.links, "one");
  first.events.closed(0);
  const timer = await until(() => [...device.clock.timers][0], "a timer");
  device.clock.pass(Math.max(1, timer.at - device.clock.time));
  await until(() => device.transport.links.length === 2, "a second connection");
});

test("nonsense from the relay is no trap", async (t) => {
  const device = start(t);
  await device.ready();
  const [link] = await until(() => device.transport.links.length && device.transport.links, "one");
  link.events.opened();
  link.events.received(new Uint8Array([1, 2, 3]));
  await until(() => link.closes, "the core closes");
  assert.deepEqual(device.crashes, []);
});

test("commands that come early wait for ready", async (t) => {
  const device = start(t);
  device.pump.command(wire.CommandKind.LOAD_HISTORY, new Uint8Array());
  await device.ready();
  assert.deepEqual(device.crashes, []);
});

test("a trap loses the instance, not the device", async (t) => {
  const device = start(t);
  const { device: id } = await device.ready();
  const [link] = await until(() => device.transport.links.length && device.transport.links, "one");
  // A batch that was never put out: a defect of the host, which the core answers with a trap.
  device.pump.feed(InputKind.persisted, 999);
  assert.deepEqual(device.crashes, [false]);
  assert.equal(link.dropped, true);
  assert.deepEqual((await device.ready(2)).device, id);
});

/** Fails the writes that `fails` says, by their number from 1. */
class FailingStorage extends MemoryStorage {
  count = 0;
  constructor(fails) {
    super();
    this.fails = fails;
  }
  async write(changes) {
    if (this.fails(++this.count)) throw new Error("disk full");
    return super.write(changes);
  }
}

test("a failed write begins again from the store and sends nothing before", async (t) => {
  const storage = new FailingStorage((count) => count === 1);
  const device = start(t, { storage });
  await device.ready();
  assert.deepEqual(device.crashes, [false]);
});

test("a store that another has taken over ends it without a word", async (t) => {
  const device = start(t);
  await device.ready();
  const [link] = await until(() => device.transport.links.length && device.transport.links, "one");
  device.storage.check = async () => {
    throw new Superseded();
  };
  link.events.closed(0);
  const timer = await until(() => [...device.clock.timers][0], "a timer");
  device.clock.pass(Math.max(1, timer.at - device.clock.time));
  await until(() => device.superseded, "the end");
  assert.equal(device.transport.links.length, 1, "no second connection");
  assert.deepEqual(device.crashes, []);
  device.storage.write = device.storage.check;
  const before = device.events.length;
  device.pump.command(wire.CommandKind.RETRY, new Uint8Array());
  assert.equal(device.events.length, before);
});

test("a write that the store refuses to a former leader is neither sent nor shown", async (t) => {
  const device = start(t);
  await device.ready();
  device.storage.write = async () => {
    throw new Superseded();
  };
  const { send, taken } = { send: encode(wire.Send, { ref: 7, kind: 1 }), taken: [] };
  const before = device.events.length;
  device.pump.command(wire.CommandKind.SEND, send, () => taken.push(7));
  await until(() => device.superseded, "the end");
  assert.deepEqual(device.events.slice(before), []);
  assert.deepEqual(taken, []);
  assert.deepEqual(device.crashes, []);
  assert.ok(device.transport.links.every((link) => !link.sent.length));
});

test("a command is taken once what it changed is stored", async (t) => {
  const device = start(t);
  await device.ready();
  const { write } = device.storage;
  let store;
  device.storage.write = (changes) =>
    new Promise((resolve) => (store = () => resolve(write.call(device.storage, changes))));
  const taken = [];
  device.pump.command(wire.CommandKind.SEND, encode(wire.Send, { ref: 7, kind: 1 }), () =>
    taken.push("send"));
  device.pump.command(wire.CommandKind.RETRY, new Uint8Array(), () => taken.push("retry"));
  await until(() => store, "the write");
  assert.deepEqual(taken, ["retry"]);
  store();
  await until(() => taken.length === 2, "the send");
});

test("a store that never writes ends after three new beginnings", async (t) => {
  const device = start(t, { storage: new FailingStorage(() => true) });
  await until(() => device.crashes.at(-1) === true, "the final crash");
  assert.deepEqual(device.crashes, [false, false, false, true]);
  assert.equal(device.transport.links.length, 0);
});

test("a damaged store is named, not crashed upon", async (t) => {
  const first = start(t);
  await first.ready();
  first.pump.stop();
  const [record] = await first.storage.load(all);
  await first.storage.write([{ key: record.key, value: record.value.map((b) => b ^ 1) }]);
  const again = start(t, { storage: first.storage });
  const [, body] = await until(
    () => again.events.find(([kind]) => kind === wire.EventKind.PROBLEM), "a problem");
  assert.ok(decode(wire.Problem, body).code);
});
