// The people and keys that the vectors play with. Every secret is BLAKE2b-256 of
// "shopbell vectors " and a name: nothing here is random.
import assert from "node:assert/strict";
import { blake2b } from "@noble/hashes/blake2.js";
import { verifier as v } from "./verifier.mjs";

export { v };

export const seed = (name) => blake2b(v.utf8(`shopbell vectors ${name}`), { dkLen: 32 });
export const short = (name, bytes) => seed(name).slice(0, bytes);

export const HOUR = 3_600_000n;
export const DAY = 24n * HOUR;
export const START = 1_760_000_000_000n;

const device = (name, created_ms) => ({
  name, ...v.make_device(seed(`${name} sign`), seed(`${name} seal`), created_ms),
});
export const desk = device("desk", START - 30n * DAY);
export const customer = device("customer", START);
export const agent = device("agent", START - 10n * DAY);
export const phone = device("phone", START + HOUR);
export const stranger = device("stranger", START);

export const root_seed = seed("root");
export const shop_id = v.sign_key_of(root_seed);
export const other_root_seed = seed("other root");
export const other_shop_id = v.sign_key_of(other_root_seed);
export const relay_seed = seed("relay");
export const relay_key = v.sign_key_of(relay_seed);

const team = (version) => {
  const secret = seed(`team ${version}`);
  const key = v.seal_key_of(secret);
  return { version, secret, key, id: v.team_id(version, key) };
};
export const team_1 = team(1n);
export const team_2 = team(2n);

export const desk_certificate = v.make_desk_certificate(
  root_seed, desk.sign_key, START - 30n * DAY, START + 335n * DAY,
);

export const card_1_fields = {
  format: 1n,
  shop: shop_id,
  version: START,
  issued_ms: START,
  fresh_until_ms: START + 7n * DAY,
  desk_certificate,
  desk_card: desk.card,
  team_version: team_1.version,
  team_key: team_1.key,
  shop_log: short("shop log", 16),
  name: "\u4e91\u88f3 Cloud Dress",
  look: v.encode(v.schema.Look, {
    accent: "#0b6e4f", greeting_zh: "\u60a8\u597d", greeting_en: "Hello",
  }),
  relays: [
    { url: "wss://relay.example/shopbell", key: relay_key, from_ms: START, until_ms: 0n },
    {
      url: "wss://old.example:8443/", key: v.sign_key_of(seed("old relay")), from_ms: 0n,
      until_ms: START - 1n,
    },
  ],
  revoked: [],
  domains: ["dress.example", "www.dress.example"],
};
export const card_2_fields = {
  ...card_1_fields,
  version: START + DAY,
  issued_ms: START + DAY,
  fresh_until_ms: START + 8n * DAY,
  team_version: team_2.version,
  team_key: team_2.key,
};
// Like the second, but the agent is removed.
export const card_3_fields = {
  ...card_2_fields,
  version: START + 2n * DAY,
  issued_ms: START + 2n * DAY,
  fresh_until_ms: START + 9n * DAY,
  revoked: [agent.id],
};
// The agent was removed at a time; or had another certificate before.
export const card_4_fields = {
  ...card_3_fields,
  version: START + 3n * DAY,
  team_since: START + DAY,
  withdrawals: [{ device: agent.id, at_ms: START + DAY, team_version: 2n }],
};
export const card_5_fields = {
  ...card_4_fields,
  version: START + 4n * DAY,
  revoked: [],
  withdrawals: [{ device: agent.id, at_ms: START - 2n * HOUR, team_version: 2n }],
};
export const [card_1, card_2, card_3, card_4, card_5] = [
  card_1_fields, card_2_fields, card_3_fields, card_4_fields, card_5_fields,
].map((fields) => v.make_shop_card(desk.sign_seed, fields));

export const agent_certificate_fields = {
  format: 1n, shop: shop_id, device: agent.id, role: 2n, issued_ms: START - HOUR,
  not_after_ms: START + 90n * DAY,
};
export const agent_certificate = v.make_agent_certificate(
  desk.sign_seed, agent_certificate_fields,
);

// What a device is, with its secrets, as it stands in the files.
export const shown = ({ name, sign_seed, seal_secret, sign_key, seal_key, created_ms, id, card }) =>
  ({ name, sign_seed, seal_secret, sign_key, seal_key, created_ms, id, card });

// Checks that `act` is refused with `error` (null: is not refused) before it goes into a file.
export function expect(error, act) {
  let found = null;
  try {
    act();
  } catch (thrown) {
    assert(thrown instanceof v.Refused, thrown);
    found = thrown.refusal;
  }
  assert.equal(found, error);
  return error;
}

// `bytes` with one bit changed.
export function flipped(bytes, at = bytes.length - 1) {
  const out = bytes.slice();
  out[at] ^= 1;
  return out;
}
