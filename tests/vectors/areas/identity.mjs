// device.json, shop_card.json, agent_certificate.json, handover.json, invitation.json,
// link.json.
import {
  DAY, HOUR, START, agent, agent_certificate as good_certificate, agent_certificate_fields,
  card_1, card_1_fields, card_2, card_3, card_4, card_5, customer, desk, desk_certificate, expect,
  flipped, other_root_seed, other_shop_id, root_seed, seed, shop_id, shown, stranger, team_1,
  team_2, v,
} from "../world.mjs";

const { encode, join, schema } = v;

const signed_as = (sign_seed, domain, type, fields) =>
  v.seal_signed(sign_seed, domain, encode(schema[type], fields));

export function device() {
  const domain = "shopbell device card v1";
  const fields = {
    format: 1n, sign_key: customer.sign_key, seal_key: customer.seal_key, created_ms: START,
  };
  const card = (changed, sign_seed = customer.sign_seed, of_domain = domain) =>
    signed_as(sign_seed, of_domain, "DeviceCard", { ...fields, ...changed });
  const refused = [
    ["a newer format", card({ format: 2n }), "unknown_format"],
    ["no format", card({ format: 0n }), "unknown_format"],
    ["signed by another key", card({}, desk.sign_seed), "bad_signature"],
    ["signed under another domain", card({}, undefined, "shopbell mark v1"), "bad_signature"],
    ["another seal key behind the signature", v.encode(schema.Signed, {
      ...v.decode(schema.Signed, customer.card),
      body: encode(schema.DeviceCard, { ...fields, seal_key: desk.seal_key }),
    }), "bad_signature"],
    ["a changed signature", flipped(customer.card), "bad_signature"],
    ["no sign key", card({ sign_key: new Uint8Array(32) }), "bad_signature"],
    ["no signature", encode(schema.Signed, { body: encode(schema.DeviceCard, fields) }),
      "bad_signature"],
    ["cut short", customer.card.slice(0, -1), "truncated"],
    ["a repeated field in the body", v.seal_signed(customer.sign_seed, domain,
      join(encode(schema.DeviceCard, fields), encode(schema.DeviceCard, { created_ms: 1n }))),
    "malformed"],
  ];
  return {
    devices: [desk, customer, agent, stranger].map(shown),
    refused: refused.map(([what, hex, error]) =>
      ({ what, card: hex, error: expect(error, () => v.take_device_card(hex)) })),
  };
}

const CARD_DOMAIN = "shopbell shop card v1";
const card_of = (changed, sign_seed = desk.sign_seed) =>
  signed_as(sign_seed, CARD_DOMAIN, "ShopCard", { ...card_1_fields, ...changed });
const desk_certificate_of = (changed, seed_of_root = root_seed) =>
  signed_as(seed_of_root, "shopbell desk certificate v1", "DeskCertificate", {
    format: 1n, shop: shop_id, desk_key: desk.sign_key, issued_ms: START - 30n * DAY,
    not_after_ms: START + 335n * DAY, ...changed,
  });

const card_faults = () => [
  ["cut short", card_1.slice(0, -1), "truncated"],
  ["a repeated field in the body", v.seal_signed(desk.sign_seed, CARD_DOMAIN,
    join(encode(schema.ShopCard, card_1_fields), encode(schema.ShopCard, { name: "x" }))),
  "malformed"],
  ["a newer format", card_of({ format: 2n }), "unknown_format"],
  ["a newer format of another shop", card_of({ format: 2n, shop: other_shop_id }),
    "unknown_format"],
  ["another shop", card_of({ shop: other_shop_id }), "wrong_shop"],
  ["no shop", card_of({ shop: new Uint8Array(32) }), "wrong_shop"],
  ["no desk certificate", card_of({ desk_certificate: new Uint8Array(0) }), "card_chain"],
  ["a desk certificate cut short",
    card_of({ desk_certificate: desk_certificate.slice(0, -1) }), "card_chain"],
  ["a desk certificate of a newer format",
    card_of({ desk_certificate: desk_certificate_of({ format: 2n }) }), "card_chain"],
  ["a desk certificate of another shop's root",
    card_of({ desk_certificate: desk_certificate_of({}, other_root_seed) }), "card_chain"],
  ["a desk certificate that names another shop",
    card_of({ desk_certificate: desk_certificate_of({ shop: other_shop_id }) }), "card_chain"],
  ["a desk certificate for another key",
    card_of({ desk_certificate: desk_certificate_of({ desk_key: agent.sign_key }) }),
    "card_chain"],
  ["a desk certificate that begins after the card",
    card_of({ desk_certificate: desk_certificate_of({ issued_ms: START + 1n }) }), "card_chain"],
  ["a desk certificate that ended before the card",
    card_of({ desk_certificate: desk_certificate_of({ not_after_ms: START - 1n }) }),
    "card_chain"],
  ["the card of another device", card_of({ desk_card: agent.card }), "card_chain"],
  ["a desk card with a changed signature", card_of({ desk_card: flipped(desk.card) }),
    "card_chain"],
  ["no desk card", card_of({ desk_card: new Uint8Array(0) }), "card_chain"],
  ["signed by another key", card_of({}, agent.sign_seed), "card_chain"],
  ["signed by the root", card_of({}, root_seed), "card_chain"],
  ["a changed signature", flipped(card_1), "card_chain"],
  ["a team version without a key", card_of({ team_key: new Uint8Array(32) }), "malformed"],
];

export function shop_card() {
  const same_version = card_of({ name: "another name" });
  const edges = [
    ["issued in the certificate's first millisecond",
      card_of({ desk_certificate: desk_certificate_of({ issued_ms: START }) })],
    ["issued in the certificate's last millisecond",
      card_of({ desk_certificate: desk_certificate_of({ not_after_ms: START }) })],
    ["no team yet", card_of({ team_version: 0n, team_key: new Uint8Array(32) })],
    ["a team key of version 0", card_of({ team_version: 0n })],
  ];
  const taken = (hex) => v.take_shop_card(shop_id, hex);
  const versions = [
    ["newer", card_1, card_2, null, true],
    ["the same bytes", card_1, card_1, null, false],
    ["older", card_2, card_1, "card_old", false],
    ["the same version, other bytes", card_1, same_version, "card_forked", false],
  ];
  return {
    root_seed, shop: shop_id, desk: shown(desk),
    teams: [team_1, team_2],
    desk_certificate: {
      format: 1n, shop: shop_id, desk_key: desk.sign_key, issued_ms: START - 30n * DAY,
      not_after_ms: START + 335n * DAY, signed: desk_certificate,
    },
    cards: [card_1, card_2, card_3].map((signed) => {
      const { info } = taken(signed);
      return { fields: info, signed, card_hash: v.card_hash(signed) };
    }),
    accepted: edges.map(([what, card]) => {
      expect(null, () => taken(card));
      return { what, card };
    }),
    refused: card_faults().map(([what, card, error]) =>
      ({ what, card, error: expect(error, () => taken(card)) })),
    versions: versions.map(([what, known, next, error, adopt]) => {
      const act = () => v.supersedes(taken(known), taken(next));
      expect(error, act);
      return { what, known, next, error, adopt: error === null ? act() : adopt };
    }),
  };
}

export function agent_certificate() {
  const domain = "shopbell agent certificate v1";
  const shop = v.take_shop_card(shop_id, card_2);
  const newest_of = new Map([card_3, card_4, card_5].map((card) =>
    [card, v.take_shop_card(shop_id, card)]));
  const of = (changed, sign_seed = desk.sign_seed) =>
    signed_as(sign_seed, domain, "AgentCertificate", { ...agent_certificate_fields, ...changed });
  const refused = [
    ["cut short", good_certificate.slice(0, -1), "truncated"],
    ["a newer format", of({ format: 2n }), "unknown_format"],
    ["another shop", of({ shop: other_shop_id }), "wrong_shop"],
    ["signed by the agent", of({}, agent.sign_seed), "bad_signature"],
    ["signed by the root", of({}, root_seed), "bad_signature"],
    ["a changed signature", flipped(good_certificate), "bad_signature"],
  ];
  const { issued_ms, not_after_ms } = agent_certificate_fields;
  const times = [
    ["a day before it was issued", card_2, issued_ms - DAY, null],
    ["more than a day before", card_2, issued_ms - DAY - 1n, "certificate_ended"],
    ["at its end", card_2, not_after_ms, null],
    ["after its end", card_2, not_after_ms + 1n, "certificate_ended"],
    ["withdrawn", card_3, START + HOUR, "certificate_revoked"],
    ["withdrawn, whatever the log has come to", card_3, START + HOUR, "certificate_revoked", 0n],
    ["before the epoch from which it is withdrawn", card_4, START + 2n * DAY, null, 1n],
    ["from that epoch on", card_4, START + HOUR, "certificate_revoked", 2n],
    ["in a later one", card_4, START + 2n * DAY, "certificate_revoked", 3n],
    ["issued after a withdrawal", card_5, START + HOUR, null, 2n],
  ];
  const further_fields = { ...agent_certificate_fields, device: stranger.id, person: agent.id };
  const further = v.make_agent_certificate(desk.sign_seed, further_fields);
  expect(null, () => {
    const person = v.person_of(v.take_agent_certificate(shop, further));
    v.demand(v.equal(person, agent.id), "not_certified");
  });
  return {
    shop: shop_id, cards: [card_2, card_3, card_4, card_5], desk: shown(desk), device: shown(agent),
    fields: agent_certificate_fields, signed: good_certificate,
    further: { fields: further_fields, signed: further },
    refused: refused.map(([what, signed, error]) => ({
      what, signed, error: expect(error, () => v.take_agent_certificate(shop, signed)),
    })),
    validity: times.map(([what, card, at_ms, error, team_version = (1n << 64n) - 1n]) => {
      const newest = newest_of.get(card) ?? shop;
      const certificate = v.take_agent_certificate(newest, good_certificate);
      expect(error, () => {
        const fault = v.fault_at(newest, certificate, at_ms, team_version);
        v.demand(fault === undefined, fault);
      });
      return { what, card, at_ms, team_version, error };
    }),
  };
}

export function handover() {
  const ephemeral = seed("handover ephemeral");
  const box = v.seal_handover(ephemeral, shop_id, 2n, agent, team_2.secret);
  const open = (keys, version, sealed) =>
    () => v.open_handover(keys, shop_id, version, team_2.key, sealed);
  const refused = [
    ["opened by another device", stranger, 2n, box],
    ["taken for another version", agent, 1n, box],
    ["a changed box", agent, 2n, flipped(box)],
    ["a changed ephemeral key", agent, 2n, flipped(box, 0)],
    ["an ephemeral key of small order", agent, 2n, join(new Uint8Array(32), box.slice(32))],
  ];
  return {
    shop: shop_id, device: shown(agent), team: team_2, ephemeral_secret: ephemeral, box,
    refused: refused.map(([what, keys, version, sealed]) => ({
      what, device: shown(keys), version, box: sealed,
      error: expect("box_bad", open(keys, version, sealed)),
    })),
  };
}

export function invitation() {
  const secret = seed("invitation");
  const key = v.invitation_key(secret, shop_id);
  const mac = v.invitation_mac(key, agent.id, shop_id);
  return {
    shop: shop_id, device: agent.id, secret, invitation_id: v.invitation_id(secret), key, mac,
    enrol_request: encode(schema.EnrolRequest, {
      invitation: v.invitation_id(secret), mac, name: "\u5c0f\u674e",
    }),
    other_device: { device: stranger.id, mac: v.invitation_mac(key, stranger.id, shop_id) },
  };
}

export function link() {
  const secret = seed("link");
  const key = v.link_key(secret, shop_id);
  const use = (host, guest, name) => {
    const names = { host: host.id, guest: guest.id, nonce: seed(name) };
    const mac = v.link_mac(key, names);
    return {
      ...names, mac, digits: v.link_digits(key, names),
      request: encode(schema.LinkRequest, { mac, nonce: names.nonce }),
    };
  };
  const uses = [
    use(customer, stranger, "link nonce"), use(customer, stranger, "another link nonce"),
    use(customer, agent, "link nonce"), use(stranger, customer, "link nonce"),
  ];
  return {
    shop: shop_id, secret, key, uses,
    link: join(secret, customer.sign_key, customer.seal_key),
    other_shop: { shop: other_shop_id, key: v.link_key(secret, other_shop_id) },
  };
}
