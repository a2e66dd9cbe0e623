// One script, two builds of the core: what core.wasm answers, a native build must answer as well,
// to the byte.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { engine, load_core, root, seeded_entropy } from "./engine.mjs";

const { CoreHost, InputKind, packConfig, packRecords, readOutputs } = await engine("host.ts");
const { MemoryStorage } = await engine("storage_memory.ts");
const { encode, wire } = await engine("index.ts");

const native = process.env.SHOPBELL_ABI_NATIVE ?? ["release", "dev", "asan"]
  .map((preset) => join(root, "build", preset, "abi_native"))
  .find(existsSync);

const config = {
  role: "visitor",
  shop: new Uint8Array(32).fill(5),
  storageKey: new Uint8Array(32).fill(3),
  host: "relay.example",
};

/** A device that notes all it is given and all it answers; storage answers at once. */
class Recorder {
  inputs = [];
  outputs = [];
  storage = new MemoryStorage();
  entropy = seeded_entropy(7);

  static async create() {
    const recorder = new Recorder();
    recorder.host = await CoreHost.create(load_core(), config);
    return recorder;
  }

  async input(kind, number = 0, bytes = new Uint8Array()) {
    this.inputs.push({ kind, number, bytes: bytes.slice() });
    const outputs = this.host.input(kind, number, bytes);
    this.outputs.push(outputs);
    for (const output of outputs) await this.carry_out(output);
  }

  async carry_out(output) {
    if (output.do === "entropy") {
      const seed = new Uint8Array(64);
      this.entropy.fill(seed);
      await this.input(InputKind.entropy, 0, seed);
    } else if (output.do === "persist") {
      await this.storage.write(output.changes);
      await this.input(InputKind.persisted, output.batch);
    } else if (output.do === "load") {
      const records = packRecords(await this.storage.load(output.range));
      await this.input(InputKind.loaded, output.id, records);
    }
  }
}

function on_stdin({ kind, number, bytes }) {
  const head = Buffer.alloc(16);
  head.writeUInt32LE(kind, 0);
  head.writeDoubleLE(number, 4);
  head.writeUInt32LE(bytes.length, 12);
  return Buffer.concat([head, bytes]);
}

function replay_natively(inputs) {
  const opening = { kind: 0, number: 0, bytes: packConfig(config) };
  const input = Buffer.concat([opening, ...inputs].map(on_stdin));
  const run = spawnSync(native, { input, maxBuffer: 1 << 26 });
  assert.equal(run.status, 0, String(run.stderr));
  const drains = [];
  for (let at = 0; at < run.stdout.length; ) {
    const size = run.stdout.readUInt32LE(at);
    drains.push(readOutputs(new Uint8Array(run.stdout.subarray(at + 4, at + 4 + size))));
    at += 4 + size;
  }
  return drains;
}

/** One relay frame: tag and length, then the message. */
function frame(kind, table, fields) {
  const body = encode(table, fields);
  return Buffer.concat([Buffer.from([kind * 8 + 2, body.length]), body]);
}

test("a scripted device says the same in wasm and natively", async () => {
  assert.ok(native, "abi_native is not built: cmake --build build/release --target abi_native");
  const device = await Recorder.create();
  await device.input(InputKind.tick, 1_700_000_000_000);
  const greeting = { ref: 1, kind: wire.ContentKind.TEXT, content: new Uint8Array([10, 1, 104]) };
  for (const ref of [1, 2, 3]) {
    const body = encode(wire.Send, { ...greeting, ref, fallback: "h" });
    await device.input(InputKind.command, wire.CommandKind.SEND, body);
  }
  await device.input(InputKind.connected);
  const challenge = { nonce: new Uint8Array(32).fill(1), relayKey: new Uint8Array(32).fill(2) };
  const { CHALLENGE } = wire.FrameKind;
  await device.input(InputKind.received, 0, frame(CHALLENGE, wire.Challenge, challenge));
  await device.input(InputKind.closed, 4000);
  await device.input(InputKind.tick, 1_700_000_060_000);

  const kinds = new Set(device.outputs.flat().map((output) => output.do));
  for (const kind of ["persist", "load", "event", "connect", "transmit"]) {
    assert.ok(kinds.has(kind), `the script makes the core ${kind}`);
  }
  assert.deepEqual(replay_natively(device.inputs), device.outputs);
});
