// One script, two builds of the core: what core.wasm answers, a native build must answer as well,
// to the byte.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { agent_name, config, draft, face, own_name, play } from "./conversation.mjs";
import { engine, root } from "./engine.mjs";
import { line_of } from "./replay.mjs";
import { v } from "./script_relay.mjs";

const { packConfig, readOutputs } = await engine("host.ts");
const { wire } = await engine("index.ts");

const native = process.env.SHOPBELL_ABI_NATIVE ?? ["release", "dev", "asan"]
  .map((preset) => join(root, "build", preset, "abi_native"))
  .find(existsSync);

let lives;
let relay;
before(async () => {
  ({ lives, relay } = await play());
});

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
    const outputs = readOutputs(new Uint8Array(run.stdout.subarray(at + 4, at + 4 + size)));
    drains.push(outputs.map(line_of));
    at += 4 + size;
  }
  return drains;
}

test("the second implementation reads what the core writes, and is understood", () => {
  const [first, second, third] = lives;
  assert.deepEqual(relay.said, ["\u62c9\u94fe\u574f\u4e86\uff0c\u80fd\u4fdd\u4fee\u5417\uff1f",
    "12345", "...", own_name, draft]);
  // Hello; then genesis, grant and message in one.
  assert.deepEqual(first.frames_in_message.slice(0, 2), [1, 3]);
  const answers = (life) => life.seen("MESSAGE", wire.MessageEvent)
    .filter((message) => !message.mine && !message.history);
  assert.deepEqual(answers(first).map(({ seq, authorClass, authorName }) =>
    [seq, authorClass, authorName]), [[5, 2, "\u5c0f\u674e"], [6, 2, "\u5c0f\u674e"]]);
  assert.deepEqual(answers(second).map(({ seq }) => seq), [8]);
  assert.deepEqual(first.seen("PLACED", wire.Placed).map(({ seq }) => seq), [3, 7]);
  assert.deepEqual(second.seen("PLACED", wire.Placed).map(({ seq }) => seq), [9]);
  const { deliveredSeq, readSeq, ownReadSeq } = second.seen("RECEIPTS", wire.Receipts).at(-1);
  assert.deepEqual([deliveredSeq, readSeq, ownReadSeq], [3, 3, 6]);
  assert.ok(relay.marks.some(({ kind, seq }) => kind === 1n && seq === 6n), "delivered");
  assert.ok(relay.marks.some(({ kind, seq }) => kind === 2n && seq === 6n), "read");
  for (const { seq, chain } of relay.marks) {
    assert.ok(v.equal(chain, relay.reader.chains[Number(seq)]), `the chain marked at ${seq}`);
  }
  assert.deepEqual(first.seen("TYPING", wire.Typing).map(({ on }) => on), [true, false]);
  assert.deepEqual(relay.signals.map(({ on }) => on), [true]);
  const shown_again = second.seen("MESSAGE", wire.MessageEvent).filter(({ history }) => history);
  assert.deepEqual(shown_again.map(({ seq }) => seq), [3, 5, 6, 7, 8, 9]);
  const placed_again = third.seen("PLACED", wire.Placed).map(({ seq, ref }) => [seq, ref]);
  assert.deepEqual(placed_again, [[7, 2], [11, 0], [12, 4]]);
  assert.deepEqual(third.seen("DRAFT", wire.Draft).map(({ text }) => text), [draft, ""]);
  const members = third.seen("MEMBER", wire.Member).slice(-2);
  assert.deepEqual(members.map(({ name, picture, authorClass }) => [name, picture, authorClass]),
    [[own_name, face(1), 1], [agent_name, face(2), 2]]);
  assert.deepEqual(lives.flatMap((life) => life.seen("PROBLEM", wire.Problem)), []);
});

test("a whole conversation gives the same bytes in wasm and natively", () => {
  assert.ok(native, "abi_native is not built: cmake --build build/release --target abi_native");
  for (const { inputs, lines } of lives) {
    assert.deepEqual(replay_natively(inputs), lines);
  }
});
