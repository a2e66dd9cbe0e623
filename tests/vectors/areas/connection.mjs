// mark.json, checkpoint.json, hello.json, welcome.json, signal.json, session.json.
import assert from "node:assert/strict";
import {
  DAY, START, agent, agent_certificate, card_1, customer, desk, expect, flipped, relay_key,
  relay_seed, seed, shop_id, shown, stranger, v,
} from "../world.mjs";
import { epochs, main_log } from "./log.mjs";

const { encode, join, schema, utf8 } = v;

// Signed objects that do not hold, for a good one of `fields` by `sign_seed`.
function spoilt(type, domain, fields, sign_seed, other_domain, take) {
  const body = encode(schema[type], fields);
  const good = v.seal_signed(sign_seed, domain, body);
  const cases = [
    ["signed by another key", v.seal_signed(stranger.sign_seed, domain, body), "bad_signature"],
    ["signed under another domain", v.seal_signed(sign_seed, other_domain, body),
      "bad_signature"],
    ["a changed signature", flipped(good), "bad_signature"],
    ["a changed body", flipped(good, body.length), "bad_signature"],
    ["no signature", encode(schema.Signed, { body }), "bad_signature"],
    ["cut short", good.slice(0, -1), "truncated"],
    ["a body cut short", v.seal_signed(sign_seed, domain, body.slice(0, -1)), "truncated"],
    ["a body with a field twice", v.seal_signed(sign_seed, domain, join(body, body)),
      "malformed"],
  ];
  return cases.map(([what, signed, error]) =>
    ({ what, signed, error: expect(error, () => take(signed)) }));
}

export function mark() {
  const fields = [
    { log: main_log, device: agent.id, kind: 1n, seq: 7n, chain: seed("mark chain") },
    { log: main_log, device: agent.id, kind: 2n, seq: 300n, chain: seed("mark chain 2") },
  ];
  return {
    device: shown(agent),
    marks: fields.map((one) => ({ fields: one, signed: v.make_mark(agent.sign_seed, one) })),
    refused: spoilt("MarkBody", "shopbell mark v1", fields[0], agent.sign_seed,
      "shopbell checkpoint v1", (signed) => v.take_mark(agent.sign_key, signed)),
  };
}

export function checkpoint() {
  const fields = {
    shop: shop_id, log: main_log, seq: 9n, chain: seed("checkpoint chain"), time_ms: START,
    generation: 2n,
  };
  return {
    relay_seed, relay_key, fields, signed: v.make_checkpoint(relay_seed, fields),
    refused: spoilt("CheckpointBody", "shopbell checkpoint v1", fields, relay_seed,
      "shopbell mark v1", (signed) => v.take_checkpoint(relay_key, signed)),
  };
}

const HOSTS = [
  ["wss://Relay.Example/shopbell", "relay.example"],
  ["wss://relay.example:443", "relay.example"],
  ["wss://relay.example:8443/x?y", "relay.example:8443"],
  ["wss://relay.example:80/", "relay.example:80"],
  ["ws://127.0.0.1:8080/", "127.0.0.1:8080"],
  ["ws://localhost:80/", "localhost"],
  ["ws://localhost:443", "localhost:443"],
  ["wss://[::1]:8443/", "[::1]:8443"],
  ["wss://[::1]:443/", "[::1]"],
  ["https://relay.example/", ""],
  ["relay.example", ""],
];

const nonces = { relay_nonce: seed("relay nonce"), client_nonce: seed("client nonce") };

// The same proof with one field changed each, under the good signature.
const changed_fields = (proof) => Object.keys(proof).map((field) => {
  const value = proof[field];
  const other = typeof value === "bigint" ? value + 1n
    : typeof value === "string" ? `x${value}` : flipped(value);
  return [`another ${field}`, { ...proof, [field]: other }];
});

export function hello() {
  const proof = {
    host: "relay.example", shop: shop_id, relay_key, ...nonces, device: customer.id, term: 3n,
  };
  const signature = v.sign_hello(customer.sign_seed, proof);
  const proof_bytes = encode(schema.HelloProof, proof);
  const refuse = (what, of_proof, of_signature) => {
    expect("closed_proof", () => v.demand_hello(customer.sign_key, of_proof, of_signature));
    return { what, proof: of_proof, proof_bytes: encode(schema.HelloProof, of_proof),
      signature: of_signature, error: "closed_proof" };
  };
  return {
    hosts: HOSTS.map(([url, host]) => {
      assert.equal(v.host_of(url), host);
      return { url, host };
    }),
    device: shown(customer), proof, proof_bytes, signature,
    refused: [
      ...changed_fields(proof).map(([what, of_proof]) => refuse(what, of_proof, signature)),
      refuse("signed by another device", proof, v.sign_hello(stranger.sign_seed, proof)),
      refuse("signed under another domain", proof,
        v.sign(customer.sign_seed, "shopbell welcome v1", proof_bytes)),
    ],
  };
}

export function welcome() {
  const shop = v.take_shop_card(shop_id, card_1);
  const proof = {
    shop: shop_id, ...nonces, device: customer.id, time_ms: START + 5n, generation: 1n,
  };
  const signature = v.sign_welcome(relay_seed, proof);
  const old_key = v.sign_key_of(seed("old relay"));
  const now_ms = START + 5n;
  const refuse = (what, of_proof, of_signature) => {
    expect("bad_signature", () =>
      v.demand_welcome(shop, relay_key, of_proof, of_signature, now_ms));
    return { what, proof: of_proof, proof_bytes: encode(schema.WelcomeProof, of_proof),
      signature: of_signature, error: "bad_signature" };
  };
  const keys = [
    ["in the first millisecond", relay_key, START, true],
    ["before its time", relay_key, START - 1n, false],
    ["without an end", relay_key, START + 3650n * DAY, true],
    ["an old key in its time", old_key, START - 1n, true],
    ["an old key after its time", old_key, START, false],
    ["a key that the card does not name", customer.sign_key, START, false],
  ];
  return {
    shop: shop_id, card: card_1, relay_seed, relay_key, proof,
    proof_bytes: encode(schema.WelcomeProof, proof), signature,
    refused: [
      ...changed_fields(proof).map(([what, of_proof]) => refuse(what, of_proof, signature)),
      refuse("signed by another key", proof, v.sign_welcome(stranger.sign_seed, proof)),
      refuse("signed under another domain", proof,
        v.sign(relay_seed, "shopbell hello v1", encode(schema.WelcomeProof, proof))),
    ],
    named: keys.map(([what, key, at_ms, named]) => {
      assert.equal(v.relay_is_named(shop, key, at_ms), named, what);
      return { what, key, at_ms, named };
    }),
  };
}

export function signal() {
  const { epoch, key: epoch_key } = epochs[0];
  const session = seed("signal session");
  const fields = {
    log: main_log, author: agent.id, session, counter: 258n, expires_ms: START + 10_000n, epoch,
  };
  const made = (content) => v.make_log_signal(agent.sign_seed, epoch_key, fields, content);
  const take = (signed) => v.open_log_signal(agent.sign_key, epoch_key, signed);
  const good = made({ kind: 1n, on: true });
  const whole = v.decode(schema.LogSignal, v.decode(schema.Signed, good).body);
  const resigned = (changed) => v.seal_signed(agent.sign_seed, "shopbell log signal v1",
    encode(schema.LogSignal, { ...whole, ...changed }));
  const broken = [
    ["another counter", resigned({ counter: 259n })],
    ["another session", resigned({ session: seed("other session") })],
    ["a changed box", resigned({ box: flipped(whole.box) })],
    ["no box", resigned({ box: new Uint8Array(0) })],
  ];
  return {
    device: shown(agent), epoch_key,
    key: v.signal_key(epoch_key, main_log, agent.id, session), fields,
    signals: [{ kind: 1n, on: true }, { kind: 1n, on: false }].map((content) => {
      const signed = made(content);
      return { content, box: take(signed).signal.box, signed };
    }),
    refused: [
      ...spoilt("LogSignal", "shopbell log signal v1", whole, agent.sign_seed,
        "shopbell mark v1", take),
      ...broken.map(([what, signed]) =>
        ({ what, signed, error: expect("body_bad", () => take(signed)) })),
    ],
  };
}

const MESSAGES = [
  [1, 1n, { kind: 1n, id: 1n, method: "inbox.list" }],
  [2, 1n, { kind: 2n, id: 1n, body: utf8("rows") }],
  [2, 2n, { kind: 3n, method: "inbox.changed", body: utf8("row") }],
  [1, 2n, { kind: 1n, id: 2n, method: "handover" }],
  [2, 3n, { kind: 2n, id: 2n, code: 14n }],
  [1, 300n, { kind: 1n, id: 300n, method: "enrol", body: utf8("mac") }],
];

export function session() {
  const [nonce_a, nonce_b] = [seed("session nonce a"), seed("session nonce b")];
  const open = v.make_session_open(agent, desk.id, agent_certificate, nonce_a, START);
  const accept = v.make_session_accept(desk, agent.id, nonce_a, nonce_b);
  const key = v.session_key(agent.seal_secret, desk.seal_key, nonce_a, nonce_b, agent.id, desk.id);
  const other_side =
    v.session_key(desk.seal_secret, agent.seal_key, nonce_a, nonce_b, agent.id, desk.id);
  assert.deepEqual(key, other_side);
  const take_open = (signed, me = desk.id) => v.take_session_open(me, signed);
  const take_accept = (signed, me = agent.id, nonce = nonce_a) =>
    v.take_session_accept(me, nonce, desk, signed);
  expect(null, () => take_open(open));
  expect(null, () => take_accept(accept));
  const opening = v.decode(schema.SessionOpen, v.decode(schema.Signed, open).body);
  const reopened = (changed) => v.seal_signed(agent.sign_seed, "shopbell session open v1",
    encode(schema.SessionOpen, { ...opening, ...changed }));
  const open_refused = [
    ["meant for another device", v.make_session_open(agent, stranger.id, agent_certificate,
      nonce_a, START), "not_a_member"],
    ["the card of another device", reopened({ card: customer.card }), "bad_signature"],
    ["a changed card", reopened({ card: flipped(agent.card) }), "bad_signature"],
    ["a changed signature", flipped(open), "bad_signature"],
    ["cut short", open.slice(0, -1), "truncated"],
  ];
  const accept_refused = [
    ["an answer to another nonce",
      v.make_session_accept(desk, agent.id, seed("other nonce"), nonce_b), "replayed"],
    ["meant for another device", v.make_session_accept(desk, stranger.id, nonce_a, nonce_b),
      "not_a_member"],
    ["from another device",
      v.make_session_accept({ ...desk, id: stranger.id }, agent.id, nonce_a, nonce_b),
      "not_a_member"],
    ["signed by another device", v.make_session_accept(
      { ...stranger, id: desk.id }, agent.id, nonce_a, nonce_b), "bad_signature"],
    ["a changed signature", flipped(accept), "bad_signature"],
  ];
  return {
    a: shown(agent), b: shown(desk), certificate: agent_certificate, nonce_a, nonce_b,
    time_ms: START, open, accept, shared: v.agree(agent.seal_secret, desk.seal_key), key,
    data: MESSAGES.map(([direction, counter, message]) => {
      const bytes = data(key, direction, nonce_a, counter, message);
      return { direction, counter, message, message_bytes: encode(schema.SessionMessage, message),
        bytes };
    }),
    open_refused: open_refused.map(([what, signed, error]) =>
      ({ what, signed, error: expect(error, () => take_open(signed)) })),
    accept_refused: accept_refused.map(([what, signed, error]) =>
      ({ what, signed, error: expect(error, () => take_accept(signed)) })),
    data_refused: data_refused(key, nonce_a),
  };
}

function data(key, direction, name, counter, message) {
  const [to, from] = direction === 1 ? [desk.id, agent.id] : [agent.id, desk.id];
  const bytes = v.make_session_data(key, direction, to, from, name, counter, message);
  expect(null, () => v.open_session_data(key, direction, name, counter, bytes));
  return bytes;
}

// What B says to the first message from A, with counter 1 expected.
function data_refused(key, name) {
  const message = { kind: 1n, id: 1n, method: "inbox.list" };
  const good = data(key, 1, name, 1n, message);
  const fields = v.decode(schema.SessionData, good);
  const changed = (more) => encode(schema.SessionData, { ...fields, ...more });
  const cases = [
    ["a counter left out", data(key, 1, name, 2n, message), "replayed"],
    ["counter 0", changed({ counter: 0n }), "replayed"],
    ["another session", changed({ session: seed("other session") }), "no_session"],
    ["a box of the other direction",
      v.make_session_data(key, 2, desk.id, agent.id, name, 1n, message), "body_bad"],
    ["a box of another counter", changed({
      box: v.decode(schema.SessionData, data(key, 1, name, 2n, message)).box,
    }), "body_bad"],
    ["a changed box", changed({ box: flipped(fields.box) }), "body_bad"],
    ["cut short", good.slice(0, -1), "truncated"],
  ];
  return cases.map(([what, bytes, error]) =>
    ({ what, bytes, error: expect(error, () => v.open_session_data(key, 1, name, 1n, bytes)) }));
}
