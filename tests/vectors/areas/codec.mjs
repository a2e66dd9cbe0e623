// codec.json: values with their one encoding, and bytes that are none.
import {
  START, agent, agent_certificate, agent_certificate_fields, card_1_fields, customer, desk,
  expect, relay_key, seed, shop_id, short, team_1, v,
} from "../world.mjs";

const { join, schema, utf8, varint } = v;
const U64_MAX = (1n << 64n) - 1n;

const number = (field, value) => join(varint(BigInt(field) << 3n), varint(BigInt(value)));
const octets = (field, bytes) =>
  join(varint((BigInt(field) << 3n) | 2n), varint(BigInt(bytes.length)), bytes);
const raw = (...bytes) => Uint8Array.from(bytes);

const log = short("codec log", 16);
const hash = seed("codec hash");
const box = join(seed("codec box a"), seed("codec box b"), short("codec box c", 16));

const header = {
  envelope_class: 1n, log, author: customer.id, counter: 300n, previous: hash, epoch: 2n,
  commitment: seed("codec commitment"), card_version: START, seen_seq: 127n,
  seen_chain: seed("codec chain"), time_ms: START + 5n, replaces: seed("codec replaced"),
  body_length: 128n, body_digest: seed("codec digest"),
};

const VALUES = [
  ["Signed", { body: utf8("body"), signature: join(seed("codec r"), seed("codec s")) }],
  ["Signed", {}],
  ["DeviceCard", {
    format: 1n, sign_key: desk.sign_key, seal_key: desk.seal_key, created_ms: START,
  }],
  ["DeskCertificate", {
    format: 1n, shop: shop_id, desk_key: desk.sign_key, issued_ms: START, not_after_ms: U64_MAX,
  }],
  ["RelayEntry", { url: "wss://relay.example/", key: relay_key, from_ms: 1n, until_ms: 128n }],
  ["ShopCard", card_1_fields],
  ["ShopCard", {
    format: 1n, revoked: [hash, new Uint8Array(32)], domains: ["", "a.example", ""],
    relays: [{}, { url: "wss://b.example" }], successor: raw(7),
  }],
  ["Look", { accent: "#fff", greeting_zh: "\u60a8\u597d", greeting_en: "" }],
  ["AgentCertificate", agent_certificate_fields],
  ["Header", header],
  ["Header", { envelope_class: 3n, log, author: customer.id, counter: 1n }],
  ["Envelope", {
    header: raw(8, 1), signature: join(hash, hash), body: raw(0, 0, 0),
  }],
  ["MemberBody", {
    kind: 1n, log_kind: 2n, shop: shop_id, random: hash, card: desk.card,
    certificate: agent_certificate, device: agent.id, main_log: log,
  }],
  ["GrantBox", { recipient: hash, box }],
  ["GrantBody", {
    epoch: 1n, commitment: hash, team_version: 1n,
    boxes: [{ recipient: team_1.id, box }, { recipient: hash, box }],
  }],
  ["InnerBody", {
    kind: 1n, target_author: customer.id, target_counter: 16384n, content: raw(0),
    fallback: "\u4f60\u597d \ud83d\udecd", answers_seq: 9n,
  }],
  ["MarkBody", { log, device: agent.id, kind: 2n, seq: 77n, chain: hash }],
  ["CheckpointBody", {
    shop: shop_id, log, seq: 77n, chain: hash, time_ms: START, generation: 3n,
  }],
  ["HelloProof", {
    host: "relay.example:8443", shop: shop_id, relay_key, relay_nonce: hash,
    client_nonce: seed("codec nonce"), device: agent.id, term: 4n,
  }],
  ["WelcomeProof", {
    shop: shop_id, relay_nonce: hash, client_nonce: seed("codec nonce"), device: agent.id,
    time_ms: START, generation: 1n,
  }],
  ["LogSignal", {
    log, author: agent.id, session: hash, counter: 1n, expires_ms: START, epoch: 1n, box: raw(1),
  }],
  ["SignalContent", { kind: 1n, on: true }],
  ["SignalContent", { kind: 1n, on: false }],
  ["SessionOpen", {
    to: desk.id, card: agent.card, certificate: agent_certificate, nonce: hash, time_ms: START,
  }],
  ["SessionAccept", {
    to: agent.id, from: desk.id, opener_nonce: hash, nonce: seed("codec nonce"),
  }],
  ["SessionData", { to: desk.id, from: agent.id, session: hash, counter: 1n, box: raw(1, 2) }],
  ["LinkRequest", { mac: hash, nonce: seed("codec nonce") }],
  ["SessionMessage", { kind: 1n, id: 5n, method: "inbox.list", code: 23n, body: raw(9) }],
  ["Text", { text: "plain", locale: "en" }],
];

const UNKNOWN = [
  ["an unknown number behind the known ones", "SignalContent", join(number(1, 1), number(3, 5))],
  ["an unknown field of bytes", "SignalContent", join(number(1, 1), octets(9, raw(1, 2)))],
  ["unknown fields alone", "SignalContent", join(octets(3, raw(1)), number(4, 1))],
  ["an unknown field twice: it may be a repeated one", "SignalContent",
    join(octets(3, raw(1)), octets(3, raw(2)))],
  ["an unknown number that is zero: it may be a repeated one", "SignalContent", number(3, 0)],
  ["an unknown field of no bytes", "SignalContent", octets(3, raw())],
  ["the highest field number", "SignalContent", number((1n << 29n) - 1n, 1)],
  ["a text that is not UTF-8", "Text", octets(1, raw(0xc3, 0x28, 0xff))],
  ["a text with a byte order mark", "Text", octets(1, raw(0xef, 0xbb, 0xbf, 0x61))],
];

const over = raw(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff);
const MALFORMED = [
  ["a tag that ends early", "SignalContent", raw(0x88), "truncated"],
  ["a tag without its value", "SignalContent", raw(0x08), "truncated"],
  ["a varint that ends early", "SignalContent", raw(0x08, 0x80), "truncated"],
  ["nine groups and no end", "SignalContent", join(raw(8), over), "truncated"],
  ["a length beyond the end", "Text", raw(0x0a, 3, 0x61, 0x62), "truncated"],
  ["a length of 2^64-1", "Text", join(raw(0x0a), over, raw(1)), "truncated"],
  ["a length without bytes", "Text", raw(0x0a, 1), "truncated"],
  ["an unknown field cut short", "SignalContent", raw(0x1a, 2, 1), "truncated"],
  ["an element whose inside is cut short", "GrantBody", octets(4, raw(0x0a, 32, 1)), "truncated"],
  ["a trailing group of zero", "SignalContent", raw(0x08, 0x81, 0x00), "malformed"],
  ["a zero of two groups", "SignalContent", raw(0x08, 0x80, 0x00), "malformed"],
  ["a tag with a trailing group of zero", "SignalContent", raw(0x88, 0x00, 0x01), "malformed"],
  ["a length with a trailing group of zero", "Text", raw(0x0a, 0x81, 0x00, 0x61), "malformed"],
  ["2^64", "SignalContent",
    join(raw(8), raw(0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02)), "malformed"],
  ["eleven groups", "SignalContent", join(raw(8), over, raw(0xff, 0x01)), "malformed"],
  ["a number that holds its default", "SignalContent", number(1, 0), "malformed"],
  ["a bool that holds its default", "SignalContent", number(2, 0), "malformed"],
  ["a bool of 2", "SignalContent", number(2, 2), "malformed"],
  ["bytes that hold their default", "Text", octets(1, raw()), "malformed"],
  ["a fixed field that is all zero", "GrantBox", octets(1, new Uint8Array(32)), "malformed"],
  ["a fixed field too short", "GrantBox", octets(1, hash.slice(1)), "malformed"],
  ["a fixed field too long", "GrantBox", octets(1, join(hash, raw(1))), "malformed"],
  ["a fixed field of no bytes", "GrantBox", octets(1, raw()), "malformed"],
  ["a repeated fixed element of no bytes", "ShopCard", octets(14, raw()), "malformed"],
  ["a repeated fixed element too short", "ShopCard", octets(14, raw(1)), "malformed"],
  ["fields that descend", "SignalContent", join(number(2, 1), number(1, 1)), "malformed"],
  ["a field twice", "SignalContent", join(number(1, 1), number(1, 1)), "malformed"],
  ["a repeated field in two places", "ShopCard",
    join(octets(14, hash), octets(15, utf8("a")), octets(14, hash)), "malformed"],
  ["unknown fields that descend", "SignalContent", join(number(4, 1), number(3, 1)), "malformed"],
  ["a known field behind an unknown one", "SignalContent", join(number(3, 1), number(2, 1)),
    "malformed"],
  ["field number 0", "SignalContent", raw(0x00, 0x01), "malformed"],
  ["a field number above 2^29-1", "SignalContent", number(1n << 29n, 1), "malformed"],
  ["a field number that is 1 modulo 2^32", "SignalContent", number((1n << 32n) + 1n, 1),
    "malformed"],
  ["a number in the wire type of bytes", "SignalContent", octets(1, raw(1)), "malformed"],
  ["bytes in the wire type of numbers", "Text", number(1, 1), "malformed"],
  ["wire type 1", "SignalContent", raw(0x19, 1, 2, 3, 4, 5, 6, 7, 8), "malformed"],
  ["wire type 3", "SignalContent", raw(0x1b, 0x1c), "malformed"],
  ["wire type 5", "SignalContent", raw(0x1d, 1, 2, 3, 4), "malformed"],
  ["wire type 7", "SignalContent", raw(0x1f, 1), "malformed"],
  ["a malformed element", "ShopCard", octets(13, number(3, 0)), "malformed"],
];

export const codec = () => ({
  values: VALUES.map(([type, fields]) =>
    ({ type, fields, hex: v.encode(schema[type], fields) })),
  accepted: UNKNOWN.map(([what, type, hex]) => {
    expect(null, () => v.decode(schema[type], hex));
    return { what, type, hex };
  }),
  refused: MALFORMED.map(([what, type, hex, error]) =>
    ({ what, type, hex, error: expect(error, () => v.decode(schema[type], hex)) })),
});
