// A relay and an agent for scripts, over the second implementation: what the core writes is read,
// verified and opened by code that shares nothing with it, and the other way round.
import assert from "node:assert/strict";
import {
  HOUR, START, agent, agent_certificate, card_1, desk, relay_key, relay_seed, seed, shop_id, short,
  team_1, v,
} from "../vectors/world.mjs";
import { engine } from "./engine.mjs";

const { decode, encode, wire } = await engine("index.ts");
const { FrameKind } = wire;
const NOTHING = new Uint8Array(32);
const shop = v.take_shop_card(shop_id, card_1);

const framed = (kind, table, fields) => {
  const body = encode(table, fields);
  return v.join(v.varint(BigInt(kind * 8 + 2)), v.varint(BigInt(body.length)), body);
};

export class ScriptRelay {
  now_ms = Number(START + HOUR);
  /** WebSocket messages for the device. */
  out = [];
  /** What the device said: kinds of frames, opened messages, marks and signals. */
  frames = [];
  said = [];
  marks = [];
  signals = [];
  entries = [];
  written = new Map();
  connections = 0;

  connected() {
    this.nonce = seed(`script nonce ${++this.connections}`);
    this.send(FrameKind.CHALLENGE, wire.Challenge,
      { nonce: this.nonce, relayKey: relay_key, generation: 1 });
  }

  send(kind, table, fields) {
    this.out.push(framed(kind, table, fields));
  }

  /** One WebSocket message of the device; gives the number of frames in it. */
  received(message) {
    const reader = new v.Reader(message);
    let count = 0;
    for (; !reader.done; count++) {
      const kind = Number(reader.varint() >> 3n);
      this.frames.push(kind);
      this.take(kind, reader.delimited());
    }
    return count;
  }

  take(kind, body) {
    switch (kind) {
      case FrameKind.HELLO:
        return this.hello(decode(wire.Hello, body));
      case FrameKind.PUBLISH:
        return this.publish(decode(wire.Publish, body).envelope);
      case FrameKind.FETCH:
        return this.fetch(decode(wire.Fetch, body));
      case FrameKind.MARK:
        return this.marks.push(v.take_mark(this.device.sign_key, decode(wire.Mark, body).mark));
      case FrameKind.SIGNAL: {
        const signal = decode(wire.Signal, body);
        return this.signals.push(
          v.open_log_signal(this.device.sign_key, this.epoch.key, signal.body).content);
      }
    }
    throw new assert.AssertionError({ message: `a frame of kind ${kind} that no script awaits` });
  }

  hello(hello) {
    this.device = v.take_device_card(hello.card);
    assert.equal(hello.host, "relay.example");
    const both = {
      shop: shop_id, relay_nonce: this.nonce, client_nonce: hello.clientNonce,
      device: this.device.id,
    };
    const proof = { ...both, host: hello.host, relay_key, term: BigInt(hello.term) };
    v.demand_hello(this.device.sign_key, proof, hello.signature);
    const at = { time_ms: BigInt(this.now_ms), generation: 1n };
    this.send(FrameKind.WELCOME, wire.Welcome, {
      timeMs: this.now_ms,
      generation: 1,
      signature: v.sign_welcome(relay_seed, { ...both, ...at }),
      card: BigInt(hello.cardVersion) < shop.info.version ? card_1 : new Uint8Array(),
      heads: this.reader ? [this.head()] : [],
      cursor: 1,
    });
  }

  head() {
    const { counter } = this.written.get(v.hex(this.device.id));
    return {
      log: this.reader.log, seq: Number(this.reader.head_seq), kind: 1, counter: Number(counter),
    };
  }

  publish(envelope) {
    const { header } = v.read_envelope(envelope);
    this.reader ??= new v.LogReader(shop, header.log);
    const placed = this.place(envelope);
    this.send(FrameKind.PUBLISHED, wire.Published, {
      log: this.reader.log,
      counter: Number(header.counter),
      seq: Number(placed.seq),
      timeMs: this.now_ms,
      chain: placed.chain,
      envelopeHash: placed.hash,
    });
  }

  place(envelope) {
    const entry = { seq: this.reader.head_seq + 1n, time_ms: BigInt(this.now_ms), envelope };
    const placed = this.reader.place(entry);
    assert.equal(placed.problem, undefined);
    const { header, header_bytes, grant, body, hash } = placed;
    this.entries.push(entry);
    this.written.set(v.hex(header.author), { counter: header.counter, hash });
    if (grant) {
      const key = v.open_grant(grant, this.reader.log, team_1.id, team_1.secret);
      this.epoch = { number: grant.epoch, commitment: grant.commitment, key };
    }
    if (header.envelope_class === v.CLASS.message && v.equal(header.author, this.device.id)) {
      this.said.push(v.open_body(header_bytes, this.epoch.key, body).fallback);
    }
    return placed;
  }

  deliver_of = ({ seq, time_ms, envelope }) =>
    ({ log: this.reader.log, seq: Number(seq), timeMs: Number(time_ms), envelope });

  fetch({ from, to }) {
    const head = Number(this.reader.head_seq);
    const checkpoint = v.make_checkpoint(relay_seed, {
      shop: shop_id, log: this.reader.log, seq: BigInt(head), chain: this.reader.chains.at(-1),
      time_ms: BigInt(this.now_ms), generation: 1n,
    });
    this.send(FrameKind.PAGE, wire.Page, {
      log: this.reader.log,
      from,
      headSeq: head,
      items: this.entries.slice(from - 1, to).map(this.deliver_of),
      checkpoint,
    });
  }

  /** The agent's envelope is placed; `delivered`: the device hears of it at once. */
  agent_writes(envelope, delivered = true) {
    this.place(envelope);
    if (!delivered) return;
    this.send(FrameKind.DELIVER, wire.Deliver, this.deliver_of(this.entries.at(-1)));
  }

  agent_header(more) {
    const { counter, hash } = this.written.get(v.hex(agent.id)) ?? { counter: 0n, hash: NOTHING };
    return {
      log: this.reader.log, author: agent.id, counter: counter + 1n, previous: hash,
      card_version: shop.info.version, seen_seq: this.reader.head_seq,
      seen_chain: this.reader.chains.at(-1), time_ms: BigInt(this.now_ms), ...more,
    };
  }

  agent_joins() {
    const body = v.encode(v.schema.MemberBody,
      { kind: v.MEMBER_KIND.join, card: agent.card, certificate: agent_certificate });
    const header = this.agent_header({ envelope_class: v.CLASS.member });
    this.agent_writes(v.make_envelope(agent.sign_seed, header, body));
  }

  agent_says(inner, delivered = true) {
    const { number: epoch, commitment, key } = this.epoch;
    const header = this.agent_header({ envelope_class: v.CLASS.message, epoch, commitment });
    const nonce = short(`script body ${header.counter}`, 24);
    const body = v.seal_body(v.encode(v.schema.Header, header), key, nonce, inner);
    this.agent_writes(v.make_envelope(agent.sign_seed, header, body), delivered);
  }

  /** `who` (desk or agent) has come to `seq`; kind 1 delivered, 2 read. */
  marked(who, kind, seq) {
    const mark = v.make_mark(who.sign_seed, {
      log: this.reader.log, device: who.id, kind, seq, chain: this.reader.chains[Number(seq)],
    });
    this.send(FrameKind.MARK, wire.Mark, { mark });
  }

  agent_types(on) {
    const signal = {
      log: this.reader.log, author: agent.id, session: seed("script typing"), counter: 1n,
      expires_ms: BigInt(this.now_ms + 5000), epoch: this.epoch.number,
    };
    const body = v.make_log_signal(agent.sign_seed, this.epoch.key, signal, { kind: 1n, on });
    this.send(FrameKind.SIGNAL, wire.Signal, { log: this.reader.log, kind: 1, body });
  }
}

export { desk, agent, shop_id, v };
