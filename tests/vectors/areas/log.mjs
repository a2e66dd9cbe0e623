// log.json: one conversation from its genesis to the second epoch, and what a receiver refuses.
import assert from "node:assert/strict";
import {
  DAY, HOUR, START, agent, agent_certificate, agent_certificate_fields, card_1, card_2, card_3,
  customer, desk, expect, flipped, other_shop_id, phone, seed, shop_id, short, shown, stranger,
  team_1, team_2, v,
} from "../world.mjs";

const { encode, schema } = v;
const CARDS = [card_1, card_2, card_3];
const SHOPS = CARDS.map((card) => v.take_shop_card(shop_id, card));
const NOTHING = new Uint8Array(32);

const random = seed("log random");
export const main_log = v.log_id(shop_id, customer.id, random);
export const epochs = [1n, 2n, 3n].map((epoch) => {
  const key = seed(`epoch ${epoch}`);
  return { epoch, key, commitment: v.commitment_of(main_log, epoch, key) };
});

// The grant of an epoch as entries and grant.json carry it.
export const grant_of = (number, team, people = [customer, desk]) =>
  v.make_grant(main_log, BigInt(number), epochs[number - 1].key, people, team,
    [1, 2, 3, 4].map((n) => seed(`grant ${number} ephemeral ${n}`)));

const text = (words, locale, more) => ({
  kind: 1n, content: encode(schema.Text, { text: words, locale }), fallback: words, ...more,
});

// A conversation while it is written: whose turn, what he has seen, what became of it.
class Script {
  constructor(log) {
    this.log = log;
    this.reader = new v.LogReader(SHOPS[0], log);
    this.written = new Map();
    this.entries = [];
    this.card = 1;
  }

  use_card(number) {
    this.card = number;
    this.reader.adopt(SHOPS[number - 1]);
  }

  // The header that follows from the state, with what `changed` says otherwise.
  header(author, envelope_class, changed = {}) {
    const before = this.written.get(author.name) ?? { counter: 0n, hash: NOTHING };
    const seen_seq = changed.seen_seq ?? this.reader.head_seq;
    return {
      envelope_class, log: this.log, author: author.id, counter: before.counter + 1n,
      previous: before.hash, card_version: SHOPS[this.card - 1].info.version, seen_seq,
      seen_chain: this.reader.chains[Number(seen_seq)],
      time_ms: this.next_time_ms() - 40n, ...changed,
    };
  }

  next_time_ms() {
    return START + HOUR + (this.reader.head_seq + 1n) * 60_000n;
  }

  // An envelope that would come next.
  envelope(step) {
    const { author, inner, epoch, name, body } = step;
    if (!inner) {
      return v.make_envelope(author.sign_seed, this.header(author, step.class, step.header), body);
    }
    const { key, commitment } = epochs[epoch - 1];
    const header = this.header(author, 1n, { epoch: BigInt(epoch), commitment, ...step.header });
    const nonce = short(`nonce ${name}`, 24);
    const sealed = v.seal_body(encode(schema.Header, header), key, nonce, inner);
    return v.make_envelope(author.sign_seed, header, sealed);
  }

  add(step) {
    const { name, author, inner, epoch, author_class } = step;
    const envelope = this.envelope(step);
    const { seq, time_ms } = { seq: this.reader.head_seq + 1n, time_ms: this.next_time_ms() };
    const placed = this.reader.place({ seq, time_ms, envelope });
    assert.equal(placed.problem, undefined, name);
    assert.equal(placed.author_class, author_class, name);
    this.written.set(author.name, { counter: placed.header.counter, hash: placed.hash });
    const opened = inner && v.open_body(placed.header_bytes, epochs[epoch - 1].key, placed.body);
    this.entries.push({
      name, author: author.name, author_class, card: this.card, seq, time_ms, envelope,
      header: placed.header, header_bytes: placed.header_bytes, signature: placed.signature,
      body: placed.body, envelope_hash: placed.hash, chain: placed.chain,
      ...(inner && { epoch, inner: opened, inner_bytes: encode(schema.InnerBody, inner) }),
    });
    return placed;
  }
}

const member = (fields) => encode(schema.MemberBody, fields);
const genesis_body = (changed) => member({
  kind: 1n, log_kind: 1n, shop: shop_id, random, card: customer.card, ...changed,
});
const join_body = (certificate = agent_certificate, changed = {}) =>
  member({ kind: 2n, card: agent.card, certificate, ...changed });

const genesis = { name: "genesis", author: customer, author_class: "customer", class: 3n };

function play() {
  const script = new Script(main_log);
  const add = (step) => script.add(step);
  add({ ...genesis, body: genesis_body() });
  add({
    name: "grant 1", author: customer, author_class: "customer", class: 2n,
    body: grant_of(1, team_1),
  });
  add({
    name: "question", author: customer, author_class: "customer", epoch: 1,
    inner: text("\u60a8\u597d\uff0c\u8fd9\u4ef6\u5927\u8863\u6709\u9ed1\u8272\u5417\uff1f", "zh"),
  });
  add({
    name: "answer of the desk", author: desk, author_class: "desk", epoch: 1,
    inner: text("\u7a0d\u7b49\uff0c\u6211\u6765\u67e5\u4e00\u4e0b\u3002", "zh", {
      answers_seq: 3n,
    }),
  });
  add({ name: "join", author: agent, author_class: "shop", class: 3n, body: join_body() });
  add({
    name: "about", author: agent, author_class: "shop", epoch: 1, inner: {
      kind: 3n, content: encode(schema.About, { name: "\u5c0f\u674e" }), fallback: "\u5c0f\u674e",
    },
  });
  add({
    name: "answer of the agent, who has not seen all", author: agent, author_class: "shop",
    epoch: 1, header: { seen_seq: 4n },
    inner: text("Yes, black is in stock. ".repeat(60), "en", {
      target_author: customer.id, target_counter: 3n,
    }),
  });
  return script;
}

// The customer seals under epoch 1, the relay has closed it, he seals again.
function reseal(script) {
  const inner = text("\u90a3\u6211\u8981\u4e00\u4ef6 \ud83d\udecd", "zh");
  const former = script.envelope({ name: "order, epoch 1", author: customer, epoch: 1, inner });
  script.use_card(2);
  script.add({
    name: "grant 2", author: desk, author_class: "desk", class: 2n, body: grant_of(2, team_2),
  });
  script.add({
    name: "order", author: customer, author_class: "customer", epoch: 2, inner,
    header: { replaces: v.read_envelope(former).hash },
  });
  return former;
}

const admit_body = (card = phone.card, changed = {}) => member({ kind: 5n, card, ...changed });
const keys_body = (to = phone, count = 2) =>
  v.make_keys(main_log, to, epochs.slice(0, count),
    [1, 2, 3].map((n) => seed(`keys ephemeral ${n}`)));
const RESUME = member({ kind: 4n });

// A second device of the customer: let in by the desk, handed the keys of what was said before.
function let_in(script) {
  const add = (step) => script.add(step);
  const of_desk = { author: desk, author_class: "desk", class: 3n };
  add({ ...of_desk, name: "admission", body: admit_body() });
  add({ ...of_desk, name: "keys", body: keys_body() });
  add({ ...of_desk, name: "admission again", body: admit_body() });
  add({ ...of_desk, name: "resume", body: RESUME });
  add({
    name: "grant 3, which names the newcomer", author: phone, author_class: "customer",
    class: 2n, body: grant_of(3, team_2, [customer, desk, phone]),
  });
  add({
    name: "from the phone", author: phone, author_class: "customer", epoch: 3,
    inner: text("\u5728\u624b\u673a\u4e0a\u7ee7\u7eed", "zh"),
  });
}

const certificate_of = (changed, sign_seed = desk.sign_seed) =>
  v.make_agent_certificate(sign_seed, { ...agent_certificate_fields, ...changed });

// What a receiver that has the first `after` entries refuses as the next one.
function faults() {
  const out = [];
  const first = play();
  const after = (count) => {
    const script = new Script(main_log);
    for (const entry of first.entries.slice(0, count)) {
      const placed = script.reader.place(entry);
      script.written.set(entry.author, { counter: placed.header.counter, hash: placed.hash });
    }
    return script;
  };
  const add = (name, error, count, step, changed = {}) => {
    const script = after(count);
    const card = step.card ?? 1;
    script.use_card(card);
    const envelope = step.envelope ?? script.envelope({ name, ...step });
    const entry = {
      seq: script.reader.head_seq + 1n, time_ms: script.next_time_ms(), envelope, ...changed,
    };
    expect(error, () => {
      const { problem } = script.reader.place(entry);
      v.demand(problem === undefined, problem);
    });
    out.push({ name, error, after: count, card, ...entry });
  };
  const next = { author: customer, epoch: 1, inner: text("x", "en") };
  const good = after(3).envelope({ name: "next", ...next });
  const parts = v.decode(schema.Envelope, good);
  const remade = (changed) => ({ envelope: encode(schema.Envelope, { ...parts, ...changed }) });
  const signed = (header) => remade({
    header, signature: v.sign(customer.sign_seed, "shopbell envelope v1", header),
  });
  const header = v.decode(schema.Header, parts.header);
  const with_header = (changed) => signed(encode(schema.Header, { ...header, ...changed }));

  add("the same seq again", "chain_broken", 3, next, { seq: 3n });
  add("a seq left out", "chain_broken", 3, next, { seq: 5n });
  add("time falls", "chain_broken", 3, next, { time_ms: START });
  add("an envelope cut short", "truncated", 3, { envelope: good.slice(0, -1) });
  add("a header cut short", "truncated", 3, signed(parts.header.slice(0, -1)));
  add("a header with a field twice", "malformed", 3,
    signed(v.join(parts.header, encode(schema.Header, { body_digest: seed("twice") }))));
  add("another log", "chain_broken", 3, with_header({ log: short("another log", 16) }));
  add("a changed body", "chain_broken", 3, remade({ body: flipped(parts.body) }));
  add("another body length", "chain_broken", 3,
    with_header({ body_length: header.body_length + 1n }));
  add("no body", "chain_broken", 3, remade({ body: new Uint8Array(0) }));
  add("a stranger", "not_a_member", 3, { ...next, author: stranger });
  add("an agent who has not joined", "not_a_member", 4, { ...next, author: agent });
  add("a changed signature", "bad_signature", 3, remade({ signature: flipped(parts.signature) }));
  add("signed by another member", "bad_signature", 3, remade({
    signature: v.sign(desk.sign_seed, "shopbell envelope v1", parts.header),
  }));
  add("signed under another domain", "bad_signature", 3, remade({
    signature: v.sign(customer.sign_seed, "shopbell mark v1", parts.header),
  }));
  add("a counter left out", "chain_broken", 3, with_header({ counter: header.counter + 1n }));
  add("a counter again", "chain_broken", 3, with_header({ counter: header.counter - 1n }));
  add("another previous envelope", "chain_broken", 3, with_header({ previous: seed("other") }));
  add("seen what is not there yet", "forked", 3, with_header({ seen_seq: 4n }));
  add("seen another chain", "forked", 3, with_header({ seen_chain: seed("another chain") }));
  add("a class that is reserved", "class_refused", 3,
    { author: customer, class: 4n, body: NOTHING });
  add("a leave", "class_refused", 3, { author: customer, class: 3n, body: member({ kind: 3n }) });
  add("an unknown class", "envelope_bad", 3, { author: customer, class: 5n, body: NOTHING });
  add("a message of no epoch", "envelope_bad", 3, with_header({ epoch: 0n }));
  add("a message of no commitment", "envelope_bad", 3, with_header({ commitment: NOTHING }));
  add("a grant that names an epoch in its header", "envelope_bad", 3, {
    author: customer, class: 2n, body: grant_of(2, team_1), header: { epoch: 1n },
  });
  add_member_faults(add);
  add_host_faults(add);
  return out;
}

function add_host_faults(add) {
  const by = (author, body) => ({ author, class: 3n, body });
  const keys = (changed) => encode(schema.MemberBody,
    { ...v.decode(schema.MemberBody, keys_body(customer)), ...changed });
  const boxes = v.decode(schema.MemberBody, keys_body(customer)).epochs;
  add("an admission by who is not in", "not_a_member", 5, by(phone, admit_body()));
  add("an admission by an agent", "not_a_member", 5, by(agent, admit_body()));
  add("an admission with a changed card", "bad_signature", 5,
    by(customer, admit_body(flipped(phone.card))));
  add("an admission with a certificate", "envelope_bad", 5,
    by(customer, admit_body(phone.card, { certificate: agent_certificate })));
  add("an admission of the desk", "envelope_bad", 5, by(customer, admit_body(desk.card)));
  add("an admission that begins a log", "envelope_bad", 0, by(customer, admit_body()));
  add("keys for who is not of the customer", "envelope_bad", 5, by(desk, keys_body(stranger)));
  add("keys by an agent", "not_a_member", 5, by(agent, keys_body(customer)));
  add("no keys", "envelope_bad", 5, by(desk, keys({ epochs: [] })));
  add("keys that descend", "envelope_bad", 5,
    by(desk, keys({ epochs: boxes.slice().reverse() })));
  add("keys with a card", "envelope_bad", 5, by(desk, keys({ card: phone.card })));
  add("a resume of the customer", "not_a_member", 5, by(customer, RESUME));
  add("a resume with a card", "envelope_bad", 5,
    by(desk, member({ kind: 4n, card: desk.card })));
  add("a resume that begins a log", "envelope_bad", 0, by(desk, RESUME));
}

function add_member_faults(add) {
  const join = (body, more = {}) => ({ author: agent, class: 3n, body, ...more });
  add("a second genesis", "envelope_bad", 3,
    { author: customer, class: 3n, body: genesis_body() });
  add("a join of an unknown kind", "envelope_bad", 4, join(join_body(undefined, { kind: 4n })));
  add("a member body cut short", "truncated", 4, join(join_body().slice(0, -1)));
  add("a join without a certificate", "not_certified", 4, join(join_body(new Uint8Array(0))));
  add("a join with the certificate of another device", "not_certified", 4,
    join(join_body(certificate_of({ device: stranger.id }))));
  add("a join with a certificate of his own hand", "bad_signature", 4,
    join(join_body(certificate_of({}, agent.sign_seed))));
  add("a join with a certificate of another shop", "wrong_shop", 4,
    join(join_body(certificate_of({ shop: other_shop_id }))));
  add("a join with a certificate that has ended", "certificate_ended", 4,
    join(join_body(certificate_of({ not_after_ms: START }))));
  add("a join with a certificate that has not begun", "certificate_ended", 4,
    join(join_body(certificate_of({ issued_ms: START + 2n * DAY }))));
  add("a join of a removed device", "certificate_revoked", 4, join(join_body(), { card: 3 }));
  add("a join with the card of another device", "not_a_member", 4,
    join(join_body(undefined, { card: stranger.card })));
  add("a join with a changed card", "bad_signature", 4,
    join(join_body(undefined, { card: flipped(agent.card) })));
  const begin = (name, error, changed, author = customer) =>
    add(name, error, 0, { author, class: 3n, body: genesis_body(changed) });
  begin("a genesis whose log id does not follow", "envelope_bad", { random: seed("other") });
  begin("a genesis of another shop", "wrong_shop", { shop: other_shop_id });
  begin("a genesis of no kind of log", "envelope_bad", { log_kind: 4n });
  begin("a genesis with the card of another device", "not_a_member", { card: desk.card });
  begin("a shop log of a customer", "not_a_member", { log_kind: 3n });
  begin("a genesis that is a join", "envelope_bad", {
    kind: 2n, card: customer.card, certificate: agent_certificate,
  });
}

// The first envelopes of a team log and of the shop log.
function desk_logs() {
  const kinds = [["team", 2n, main_log], ["shop", 3n, new Uint8Array(16)]];
  return kinds.map(([name, log_kind, of_main]) => {
    const own_random = seed(`${name} log random`);
    const log = v.log_id(shop_id, desk.id, own_random);
    const script = new Script(log);
    script.add({
      name: `genesis of the ${name} log`, author: desk, author_class: "desk", class: 3n,
      body: genesis_body({ log_kind, random: own_random, card: desk.card, main_log: of_main }),
    });
    return {
      name, log_kind, creator: desk.id, random: own_random, log,
      chain_0: v.chain_start(shop_id, log), entries: script.entries,
    };
  });
}

export function log() {
  const script = play();
  const former = reseal(script);
  let_in(script);
  const opened = v.open_keys(keys_body(), main_log, phone.seal_secret);
  assert.deepEqual(opened.map(({ key }) => key), epochs.slice(0, 2).map(({ key }) => key));
  return {
    shop: shop_id, cards: CARDS, teams: [team_1, team_2],
    devices: [desk, customer, agent, phone, stranger].map(shown), agent_certificate,
    log: main_log, log_kind: 1n, creator: customer.id, random,
    chain_0: v.chain_start(shop_id, main_log), epochs,
    entries: script.entries,
    replaced: { envelope: former, envelope_hash: v.read_envelope(former).hash },
    refused: faults(),
    desk_logs: desk_logs(),
  };
}
