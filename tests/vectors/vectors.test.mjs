// The files are what the second implementation makes today, and nothing signed or sealed in them
// can be changed unseen.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { made } from "./make.mjs";
import { card_1, flipped, shop_id, v } from "./world.mjs";

const here = (name) => new URL(name, import.meta.url);
const read = (name) => JSON.parse(readFileSync(here(name), "utf8"));
const bytes = v.from_hex;

test("the files are what make.mjs writes", () => {
  const wanted = made();
  const present = readdirSync(here(".")).filter((name) => name.endsWith(".json")).sort();
  assert.deepEqual(present, [...wanted.keys()].sort());
  for (const [name, text] of wanted) {
    assert.ok(readFileSync(here(name), "utf8") === text,
      `${name} differs; node tests/vectors/make.mjs, and say why in the commit`);
  }
});

test("every error that the files name stands in core/errors.json", () => {
  const names = new Set(
    JSON.parse(readFileSync(here("../../core/errors.json"), "utf8")).errors.map((e) => e.name),
  );
  const found = new Set();
  const look = (value) => {
    for (const [key, inside] of Object.entries(value ?? {})) {
      if (key === "error" && inside !== null) {
        found.add(inside);
      } else if (typeof inside === "object") {
        look(inside);
      }
    }
  };
  for (const name of made().keys()) {
    look(read(name));
  }
  assert.ok(found.size > 15);
  assert.deepEqual([...found].filter((name) => !names.has(name)), []);
});

// Only `refused` may come out of `take`, for each byte (or each `step`th) with one bit changed.
function every_change_is_seen(original, take, step = 1) {
  take(original);
  for (let at = 0; at < original.length; at += step) {
    assert.throws(() => take(flipped(original, at)), v.Refused, `byte ${at}`);
    const cut = original.slice(0, at);
    assert.throws(() => take(cut), v.Refused, `first ${at} bytes`);
  }
  assert.throws(() => take(v.join(original, Uint8Array.of(0))), v.Refused, "a byte more");
}

test("a changed byte of a signed object is seen", async (t) => {
  const agent_file = read("agent_certificate.json");
  const mark_file = read("mark.json");
  const checkpoint_file = read("checkpoint.json");
  const signal_file = read("signal.json");
  const session_file = read("session.json");
  const shop = v.take_shop_card(shop_id, card_1);
  const cases = [
    ["device card", bytes(read("device.json").devices[0].card), v.take_device_card, 3],
    ["shop card", card_1, (card) => v.take_shop_card(shop_id, card), 7],
    ["agent certificate", bytes(agent_file.signed),
      (signed) => v.take_agent_certificate(shop, signed), 3],
    ["mark", bytes(mark_file.marks[0].signed),
      (signed) => v.take_mark(bytes(mark_file.device.sign_key), signed), 3],
    ["checkpoint", bytes(checkpoint_file.signed),
      (signed) => v.take_checkpoint(bytes(checkpoint_file.relay_key), signed), 3],
    ["log signal", bytes(signal_file.signals[0].signed), (signed) => v.open_log_signal(
      bytes(signal_file.device.sign_key), bytes(signal_file.epoch_key), signed), 3],
    ["session open", bytes(session_file.open),
      (signed) => v.take_session_open(bytes(session_file.b.id), signed), 7],
  ];
  for (const [name, original, take, step] of cases) {
    await t.test(name, () => every_change_is_seen(original, take, step));
  }
});

test("a changed byte of what is sealed is seen", () => {
  const { bodies } = read("body.json");
  const { header_bytes, epoch_key, body } = bodies[0];
  every_change_is_seen(bytes(body),
    (changed) => v.open_body(bytes(header_bytes), bytes(epoch_key), changed));
  const { to_secret, aad, box } = read("hash_kdf.json").box[0];
  every_change_is_seen(bytes(box),
    (changed) => v.box_open(bytes(to_secret), bytes(aad), changed));
});

test("a receiver takes the conversation, and sees each envelope changed, dropped or moved", () => {
  const { shop, log, cards, entries } = read("log.json");
  const shops = cards.map((card) => v.take_shop_card(bytes(shop), bytes(card)));
  const entry_of = ({ seq, time_ms, envelope }) =>
    ({ seq: BigInt(seq), time_ms: BigInt(time_ms), envelope: bytes(envelope) });
  const reader_after = (count) => {
    const reader = new v.LogReader(shops[0], bytes(log));
    entries.slice(0, count).forEach((entry) => {
      reader.adopt(shops[entry.card - 1]);
      const placed = reader.place(entry_of(entry));
      assert.equal(placed.problem, undefined, entry.name);
      assert.equal(v.hex(placed.chain), entry.chain, entry.name);
      assert.equal(placed.author_class, entry.author_class, entry.name);
    });
    return reader;
  };
  const takes = (count, entry) => {
    try {
      return reader_after(count).place(entry).problem === undefined;
    } catch (error) {
      assert.ok(error instanceof v.Refused, error);
      return false;
    }
  };
  reader_after(entries.length);
  entries.forEach((entry, n) => {
    const whole = entry_of(entry);
    for (let at = 1; at < whole.envelope.length; at += 97) {
      const changed = { ...whole, envelope: flipped(whole.envelope, at) };
      assert.equal(takes(n, changed), false, `${entry.name}, byte ${at}`);
    }
    if (n > 1) {
      const early = { ...whole, seq: whole.seq - 1n };
      assert.equal(takes(n - 1, early), false, `${entry.name} without the one before`);
    }
    if (n > 0) {
      assert.equal(takes(n, { ...entry_of(entries[n - 1]), seq: whole.seq }), false,
        `${entries[n - 1].name} twice`);
    }
  });
});

test("what the codec takes is the one encoding of its value", () => {
  // Texts that are not UTF-8 and unknown fields inside elements do not survive as values.
  const lossy = new Set(["ShopCard", "RelayEntry", "Look", "InnerBody", "HelloProof", "Text",
    "SessionMessage", "GrantBody"]);
  let taken = 0;
  for (const { type, hex } of read("codec.json").values) {
    const of = v.schema[type];
    const original = bytes(hex);
    for (let bit = 0; bit < original.length * 8; bit++) {
      const changed = original.slice();
      changed[bit >> 3] ^= 1 << (bit & 7);
      let value;
      try {
        value = v.decode(of, changed);
      } catch (error) {
        assert.ok(error instanceof v.Refused, error);
        continue;
      }
      const known = Array.from({ length: of.fields.length }, (_, i) => BigInt(i + 1));
      const tail = v.without(changed, known);
      if (!lossy.has(type)) {
        assert.equal(v.hex(v.join(v.encode(of, value), tail)), v.hex(changed));
        taken++;
      }
    }
  }
  assert.ok(taken > 1000);
});
