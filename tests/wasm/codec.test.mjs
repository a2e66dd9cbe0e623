import assert from "node:assert/strict";
import { test } from "node:test";
import { engine } from "./engine.mjs";

const { CodecError, decode, encode, wire, fromBase64Url, toBase64Url, toHex } =
  await engine("index.ts");

const bytes = (...values) => new Uint8Array(values);
const filled = (size, value) => new Uint8Array(size).fill(value);
const refused = (table, ...values) =>
  assert.throws(() => decode(table, bytes(...values)), CodecError, toHex(bytes(...values)));

test("every field comes back as it was", () => {
  const shop = {
    name: "B\u00e4ckerei \u9999",
    look: bytes(1, 2),
    version: Number.MAX_SAFE_INTEGER,
    fresh: true,
    desk: filled(32, 7),
    shopLog: filled(16, 9),
    domains: ["a.example", "", "b.example"],
    teamVersion: 3,
    teamSince: 4,
    revoked: [filled(32, 5), filled(32, 6)],
  };
  const out = encode(wire.Shop, shop);
  assert.deepEqual(decode(wire.Shop, out), shop);
  assert.deepEqual(encode(wire.Shop, decode(wire.Shop, out)), out);
});

test("messages within messages come back as they were", () => {
  const relays = [
    { url: "wss://a.example", key: filled(32, 1), fromMs: 1, untilMs: 0 },
    { url: "", key: filled(32, 0), fromMs: 0, untilMs: 0 },
  ];
  const out = encode(wire.SignCard, { name: "n", relays, freshMs: 300 });
  assert.deepEqual(decode(wire.SignCard, out).relays, relays);
});

test("defaults take no bytes", () => {
  assert.equal(encode(wire.Shop, decode(wire.Shop, bytes())).length, 0);
  assert.equal(encode(wire.Shop, {}).length, 0);
});

test("the bytes are protobuf's", () => {
  assert.equal(toHex(encode(wire.MarkRead, { log: filled(16, 1), seq: 300 })),
    `0a10${"01".repeat(16)}10ac02`);
  assert.equal(toHex(encode(wire.Enrol, { name: "\u00e9" })), "1202c3a9");
});

test("what has no encoding is refused", () => {
  for (const seq of [-1, 1.5, 2 ** 53]) {
    assert.throws(() => encode(wire.MarkRead, { seq }), CodecError, String(seq));
  }
  assert.throws(() => encode(wire.MarkRead, { log: filled(15, 1) }), CodecError);
});

test("only the one encoding is read", () => {
  refused(wire.MarkRead, 0x10); // ends after a tag
  refused(wire.MarkRead, 0x10, 0x80); // within a varint
  refused(wire.MarkRead, 0x10, 0x81, 0x00); // a varint with a trailing zero group
  refused(wire.MarkRead, 0x10, 0x00); // a default written out
  refused(wire.MarkRead, 0x10, ...filled(9, 0xff), 0x01); // above 2^53
  refused(wire.MarkRead, 0x10, ...filled(10, 0xff), 0x01); // eleven bytes
  refused(wire.MarkRead, 0x10, 1, 0x10, 2); // twice
  refused(wire.MarkRead, 0x12, 0x01, 0x01); // bytes where a number stands
  refused(wire.MarkRead, 0x08, 0x01); // a number where bytes stand
  refused(wire.MarkRead, 0x0a, 0x02, 1, 2); // a log id of two bytes
  refused(wire.MarkRead, 0x0a, 0x10, ...filled(16, 0)); // a log id of zeros
  refused(wire.MarkRead, 0x0a, 0x11, ...filled(16, 1)); // longer than the input
  refused(wire.MarkRead, 0x10, 1, 0x0a, 0x10, ...filled(16, 1)); // fields descend
  refused(wire.MarkRead, 0x00, 0x01); // field 0
  refused(wire.MarkRead, 0x1d, 1, 2, 3, 4); // a higher field of a wire type that is not used
  refused(wire.SetTyping, 0x10, 0x02); // a bool of 2
  refused(wire.Enrol, 0x12, 0x02, 0xc3, 0x28); // not UTF-8
  refused(wire.Enrol, 0x12, 0x00); // empty text written out
});

test("higher fields of a newer writer are passed over, in order only", () => {
  const known = encode(wire.MarkRead, { seq: 5 });
  const newer = bytes(...known, 0x1a, 0x01, 0x07, 0x20, 0x09);
  assert.equal(decode(wire.MarkRead, newer).seq, 5);
  refused(wire.MarkRead, ...known, 0x20, 0x09, 0x1a, 0x01, 0x07);
  refused(wire.MarkRead, ...known, 0x1a, 0x02, 0x07);
});

test("every cut of a message is refused or is a shorter message", () => {
  const whole = encode(wire.MessageEvent, {
    log: filled(16, 1), seq: 300, author: filled(32, 2), mine: true, fallback: "a", timeMs: 1e12,
  });
  for (let size = 0; size < whole.length; size++) {
    const part = whole.subarray(0, size);
    try {
      assert.deepEqual(encode(wire.MessageEvent, decode(wire.MessageEvent, part)), part);
    } catch (error) {
      assert.ok(error instanceof CodecError, String(error));
    }
  }
});

test("base64url has one form", () => {
  const id = filled(32, 0xfb);
  assert.deepEqual(fromBase64Url(toBase64Url(id), 32), id);
  assert.match(toBase64Url(id), /^[\w-]{43}$/);
  assert.equal(fromBase64Url(toBase64Url(id), 31), undefined);
  assert.equal(fromBase64Url(`${toBase64Url(id)}=`, 32), undefined);
  assert.equal(fromBase64Url("AB", 1), undefined, "spare bits set");
  assert.equal(fromBase64Url("a b", 2), undefined);
});
