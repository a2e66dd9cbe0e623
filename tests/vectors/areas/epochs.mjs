// grant.json and body.json: the keys of epochs and what is sealed under them.
import {
  START, agent, customer, desk, expect, flipped, seed, shop_id, short, shown, stranger, team_1,
  team_2, v,
} from "../world.mjs";
import { epochs, grant_of, main_log } from "./log.mjs";

const { encode, join, schema, utf8 } = v;
const NONE = { version: 0n, key: new Uint8Array(32) };
const team_key = ({ version, key }) => ({ version, key });
const brief = ({ id, seal_key }) => ({ id, seal_key });

function good_grants() {
  return [[1, team_1, [customer, desk]], [2, team_2, [customer, desk]]].map(
    ([number, team, devices]) => {
      const { epoch, key, commitment } = epochs[number - 1];
      const body = grant_of(number, team);
      const grant = v.decode(schema.GrantBody, body);
      const openers = [...devices.map(({ id, seal_secret }) => [id, seal_secret]),
        [team.id, team.secret]];
      return {
        epoch, key, commitment, devices: devices.map(brief), team,
        recipients: v.recipients_of(devices, team).map(({ id }) => id),
        ephemeral_secrets: [1, 2, 3].map((n) => seed(`grant ${number} ephemeral ${n}`)),
        body,
        openings: openers.map(([recipient, secret]) => {
          const opened = v.open_grant(grant, main_log, recipient, secret);
          return { recipient, secret, key: opened };
        }),
      };
    },
  );
}

const made = (epoch, devices, team, key = epochs[epoch - 1].key) =>
  v.make_grant(main_log, BigInt(epoch), key, devices, team,
    [1, 2, 3, 4, 5].map((n) => seed(`made ephemeral ${n}`)));

function validity() {
  const both = [customer, desk];
  const teams = [team_key(team_1), team_key(team_2)];
  const first = made(1, both, team_1);
  const fields = v.decode(schema.GrantBody, first);
  const changed = (more) => encode(schema.GrantBody, { ...fields, ...more });
  const { boxes } = fields;
  const cases = [
    ["the first", first, 0n, both, [teams[0]], null],
    ["the second", made(2, both, team_2), 1n, both, [teams[1]], null],
    ["an older team that is known", first, 0n, both, teams, null],
    ["in a log of the desk alone", made(1, [desk], team_1), 0n, [desk], teams, null],
    ["the epoch is there", first, 1n, both, teams, "grant_taken"],
    ["an older epoch", first, 7n, both, teams, "grant_taken"],
    ["an epoch left out", made(2, both, team_1), 0n, both, teams, "grant_refused"],
    ["a team version that is not known", first, 0n, both, [teams[1]], "grant_refused"],
    ["a team version without that team's id", changed({ team_version: 2n }), 0n, both, teams,
      "grant_refused"],
    ["no team", made(1, both, NONE), 0n, both, teams, "grant_refused"],
    ["no desk", made(1, [customer], team_1), 0n, both, teams, "grant_refused"],
    ["no customer", made(1, [desk], team_1), 0n, both, teams, "grant_refused"],
    ["a stranger as well", made(1, [...both, stranger], team_1), 0n, both, teams,
      "grant_refused"],
    ["a certified device as well", made(1, [...both, agent], team_1), 0n, both, teams,
      "grant_refused"],
    ["a stranger instead of the customer", made(1, [stranger, desk], team_1), 0n, both, teams,
      "grant_refused"],
    ["descending", changed({ boxes: boxes.slice().reverse() }), 0n, both, teams,
      "grant_refused"],
    ["one twice", changed({ boxes: [boxes[0], ...boxes] }), 0n, both, teams, "grant_refused"],
    ["no boxes", changed({ boxes: [] }), 0n, both, teams, "grant_refused"],
    ["cut short", first.slice(0, -1), 0n, both, teams, "truncated"],
    ["a field twice", join(encode(schema.GrantBody, { epoch: 1n }), first), 0n, both, teams,
      "malformed"],
  ];
  return cases.map(([what, body, last_epoch, devices, known, error]) => {
    expect(error, () => v.check_grant(body, last_epoch, devices, known));
    return { what, body, last_epoch, devices: devices.map(brief), teams: known, error };
  });
}

function opening_refused() {
  const fields = v.decode(schema.GrantBody, grant_of(1, team_1));
  const changed = (more) => encode(schema.GrantBody, { ...fields, ...more });
  const broken = fields.boxes.map(({ recipient, box }) => ({ recipient, box: flipped(box) }));
  // Box and commitment belong to each other, the key that lies inside is another.
  const other = seed("another epoch key");
  const aad = join(utf8("shopbell grant box v1"), main_log, v.u64be(1n), fields.commitment,
    customer.id);
  const wrong = v.box_seal(seed("wrong ephemeral"), customer.seal_key, aad, other);
  const lied = fields.boxes.map((one) =>
    (v.equal(one.recipient, customer.id) ? { ...one, box: wrong } : one));
  const cases = [
    ["no box for this recipient", grant_of(1, team_1), stranger.id, stranger.seal_secret,
      "box_bad"],
    ["another's secret", grant_of(1, team_1), customer.id, desk.seal_secret, "box_bad"],
    ["a changed box", changed({ boxes: broken }), customer.id, customer.seal_secret, "box_bad"],
    ["another epoch", changed({ epoch: 2n }), customer.id, customer.seal_secret, "box_bad"],
    ["another commitment", changed({ commitment: seed("other") }), customer.id,
      customer.seal_secret, "box_bad"],
    ["a key that does not fit", changed({ boxes: lied }), customer.id, customer.seal_secret,
      "grant_bad"],
  ];
  return cases.map(([what, body, recipient, secret, error]) => {
    const grant = v.decode(schema.GrantBody, body);
    expect(error, () => v.open_grant(grant, main_log, recipient, secret));
    return { what, body, recipient, secret, error };
  });
}

export const grant = () => ({
  shop: shop_id, log: main_log, devices: [desk, customer, agent, stranger].map(shown),
  teams: [team_1, team_2], grants: good_grants(), validity: validity(),
  opening_refused: opening_refused(),
});

const LENGTHS = [
  1, 2, 63, 64, 65, 128, 1000, 1023, 1024, 1025, 1056, 1057, 1088, 2047, 2048, 2049, 2112, 4095,
  4096, 4097, 8192, 8193, 10000, 16384, 16385, 16700, 17408, 17409, 18432,
];

const header_of = (changed) => encode(schema.Header, {
  envelope_class: 1n, log: main_log, author: customer.id, counter: 3n, previous: seed("previous"),
  epoch: 1n, commitment: epochs[0].commitment, card_version: START, seen_seq: 2n,
  seen_chain: seed("seen"), time_ms: START, ...changed,
});
const sealed_lengths = { body_length: 300n, body_digest: seed("digest") };
const later_field = join(v.varint((20n << 3n) | 2n), v.varint(5n), utf8("later"));

const text = (words) => ({
  kind: 1n, content: encode(schema.Text, { text: words, locale: "zh" }), fallback: words,
});

function parts_of(name, header_bytes, plain) {
  const { key: epoch_key } = epochs[0];
  const { log, epoch, author, counter } = v.decode(schema.Header, header_bytes);
  const nonce = short(`body nonce ${name}`, 24);
  const key = v.message_key(epoch_key, log, epoch, author, counter);
  const aad = v.header_aad(header_bytes);
  const body = join(nonce, v.aead_seal(key, nonce, aad, plain));
  return { name, header_bytes, epoch_key, nonce, plain, key, aad, body };
}

function bodies() {
  const cases = [
    ["a word", header_of(), text("\u597d")],
    ["the header with length and digest", header_of(sealed_lengths), text("\u597d")],
    ["a header with a field of a later version", join(header_of(sealed_lengths), later_field),
      text("\u597d")],
    ["a header with replaces", header_of({ replaces: seed("replaced") }), text("again")],
    ["two varint bytes of length", header_of({ counter: 300n }), text("x".repeat(90))],
    ["the last step of 64", header_of(), text("y".repeat(500))],
    ["Padme", header_of(), text("z".repeat(1500))],
    ["nothing", header_of(), {}],
  ];
  return cases.map(([name, header_bytes, inner]) => {
    const inner_bytes = encode(schema.InnerBody, inner);
    const parts = parts_of(name, header_bytes, v.pad(inner_bytes));
    expect(null, () => v.open_body(header_bytes, parts.epoch_key, parts.body));
    return { ...parts, inner_bytes, inner };
  });
}

// Bodies whose plain text is given byte for byte.
function given(cases, error) {
  return cases.map(([name, plain]) => {
    const parts = parts_of(name, header_of(), plain);
    expect(error, () => v.open_body(parts.header_bytes, parts.epoch_key, parts.body));
    return error === null ? parts : { ...parts, error };
  });
}

function refused() {
  const inner = encode(schema.InnerBody, text("hello"));
  const plain = v.pad(inner);
  const good = parts_of("good", header_of(), plain);
  const spoilt = plain.slice();
  spoilt[plain.length - 1] = 1;
  const front = (length) => join(v.varint(length), inner);
  const opened_with = (what, changed) => {
    const { header_bytes, epoch_key, body } = { ...good, ...changed };
    const error = expect("body_bad", () => v.open_body(header_bytes, epoch_key, body));
    return { name: what, header_bytes, epoch_key, body, error };
  };
  return [
    ...given([
      ["padding that is not zero", spoilt],
      ["a length beyond the end", front(BigInt(inner.length + 1))],
      ["a length below the inner body's", join(front(BigInt(inner.length - 1)))],
      ["a length that is not minimal", join(Uint8Array.of(inner.length | 0x80, 0), inner)],
      ["an empty text", new Uint8Array(0)],
      ["an inner body with a field twice", v.pad(join(inner, inner))],
    ], "body_bad"),
    opened_with("another epoch key", { epoch_key: epochs[1].key }),
    opened_with("another header", { header_bytes: header_of({ time_ms: START + 1n }) }),
    opened_with("another counter", { header_bytes: header_of({ counter: 4n }) }),
    opened_with("a field of a later version put on", {
      header_bytes: join(header_of(), later_field),
    }),
    opened_with("a changed nonce", { body: flipped(good.body, 0) }),
    opened_with("a changed text", { body: flipped(good.body, 30) }),
    opened_with("a changed tag", { body: flipped(good.body) }),
    opened_with("cut short", { body: good.body.slice(0, -1) }),
    opened_with("shorter than a nonce", { body: good.body.slice(0, 20) }),
    opened_with("no body", { body: new Uint8Array(0) }),
  ];
}

export function body() {
  const inner = encode(schema.InnerBody, text("hello"));
  const front = join(v.varint(BigInt(inner.length)), inner);
  return {
    padding: LENGTHS.map((length) => ({ length, padded: v.padded_length(length) })),
    bodies: bodies(),
    opened: given([
      ["no padding at all", front],
      ["more padding than asked for", join(front, new Uint8Array(1000))],
    ], null),
    refused: refused(),
  };
}
