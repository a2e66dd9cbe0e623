// Who is who: devices, the shop's card, certificates, hand-over, invitations (PROTOCOL.md 1 and 2).
import { equal, is_zero, join, u64be, utf8 } from "./bytes.ts";
import { decode, encode } from "./codec.ts";
import {
  box_open, box_seal, derive, hash, open_signed, seal_key_of, seal_signed, sign_key_of, verify,
} from "./crypto.ts";
import { Refused, demand, named } from "./refused.ts";
import { AgentCertificate, DeskCertificate, DeviceCard, ShopCard, Signed } from "./schema.ts";

const FORMAT = 1n;
const DAY_MS = 24n * 3600n * 1000n;
const DEVICE_DOMAIN = "shopbell device card v1";
const DESK_DOMAIN = "shopbell desk certificate v1";
const CARD_DOMAIN = "shopbell shop card v1";
const AGENT_DOMAIN = "shopbell agent certificate v1";

// What others know of a device: its card and what follows from it.
export interface Device {
  readonly id: Uint8Array;
  readonly sign_key: Uint8Array;
  readonly seal_key: Uint8Array;
  readonly created_ms: bigint;
  // The Signed bytes.
  readonly card: Uint8Array;
}

export interface DeviceKeys extends Device {
  readonly sign_seed: Uint8Array;
  readonly seal_secret: Uint8Array;
}

export const device_id = (sign_key: Uint8Array, seal_key: Uint8Array): Uint8Array =>
  hash("shopbell device id v1", sign_key, seal_key);

export function make_device(
  sign_seed: Uint8Array, seal_secret: Uint8Array, created_ms: bigint,
): DeviceKeys {
  const sign_key = sign_key_of(sign_seed);
  const seal_key = seal_key_of(seal_secret);
  const body = encode(DeviceCard, { format: FORMAT, sign_key, seal_key, created_ms });
  return {
    id: device_id(sign_key, seal_key), sign_key, seal_key, created_ms, sign_seed, seal_secret,
    card: seal_signed(sign_seed, DEVICE_DOMAIN, body),
  };
}

// 1.4 but for the wanted id. Refusals: truncated, malformed, unknown_format, bad_signature.
export function take_device_card(card: Uint8Array): Device {
  const { body, signature } = decode(Signed, card);
  const { format, sign_key, seal_key, created_ms } = decode(DeviceCard, body);
  demand(format === FORMAT, "unknown_format");
  demand(verify(sign_key, DEVICE_DOMAIN, body, signature), "bad_signature");
  return { id: device_id(sign_key, seal_key), sign_key, seal_key, created_ms, card };
}

export function make_desk_certificate(
  root_seed: Uint8Array, desk_key: Uint8Array, issued_ms: bigint, not_after_ms: bigint,
): Uint8Array {
  const shop = sign_key_of(root_seed);
  const value = { format: FORMAT, shop, desk_key, issued_ms, not_after_ms };
  return seal_signed(root_seed, DESK_DOMAIN, encode(DeskCertificate, value));
}

// A verified shop card.
export interface Shop {
  readonly card: Uint8Array;
  readonly info: ShopCard;
  readonly desk: Device;
}

export const make_shop_card = (desk_sign_seed: Uint8Array, info: Partial<ShopCard>): Uint8Array =>
  seal_signed(desk_sign_seed, CARD_DOMAIN, encode(ShopCard, { format: FORMAT, ...info }));

function desk_of(info: ShopCard): Device {
  const body = open_signed(info.shop, DESK_DOMAIN, info.desk_certificate);
  const certificate = decode(DeskCertificate, body);
  const desk = take_device_card(info.desk_card);
  const holds = certificate.format === FORMAT && equal(certificate.shop, info.shop) &&
    equal(desk.sign_key, certificate.desk_key) &&
    certificate.issued_ms <= info.issued_ms && info.issued_ms <= certificate.not_after_ms;
  demand(holds, "card_chain");
  return desk;
}

// 2.5 without the rule of versions. Refusals: truncated, malformed, unknown_format, wrong_shop,
// card_chain.
export function take_shop_card(pinned: Uint8Array, card: Uint8Array): Shop {
  const { body, signature } = decode(Signed, card);
  const info = decode(ShopCard, body);
  demand(info.format === FORMAT, "unknown_format");
  demand(equal(info.shop, pinned), "wrong_shop");
  const desk = named("card_chain", () => desk_of(info));
  demand(verify(desk.sign_key, CARD_DOMAIN, body, signature), "card_chain");
  demand(info.team_version === 0n || !is_zero(info.team_key), "malformed");
  return { card, info, desk };
}

// The rule of versions in 2.5: whether `next` replaces `known`. Refusals: card_old, card_forked.
export function supersedes(known: Shop, next: Shop): boolean {
  demand(next.info.version >= known.info.version, "card_old");
  const same_version = next.info.version === known.info.version;
  demand(same_version || next.info.team_version >= known.info.team_version, "card_old");
  const same_team = next.info.team_version === known.info.team_version;
  const same_key = equal(next.info.team_key, known.info.team_key);
  demand(same_version || !same_team || same_key, "card_old");
  demand(!same_version || equal(next.card, known.card), "card_forked");
  return !same_version;
}

export const card_hash = (card: Uint8Array): Uint8Array => hash("shopbell card hash v1", card);

export const team_id = (version: bigint, team_key: Uint8Array): Uint8Array =>
  hash("shopbell team id v1", u64be(version), team_key);

// A certificate that fits the desk's key; whether it holds at a time is `demand_valid`.
export interface Certificate extends AgentCertificate {
  readonly bytes: Uint8Array;
}

export const make_agent_certificate = (
  desk_sign_seed: Uint8Array, value: Omit<AgentCertificate, "format">,
): Uint8Array =>
  seal_signed(desk_sign_seed, AGENT_DOMAIN, encode(AgentCertificate, { format: FORMAT, ...value }));

// Refusals: truncated, malformed, unknown_format, wrong_shop, bad_signature.
export function take_agent_certificate(shop: Shop, bytes: Uint8Array): Certificate {
  const { body, signature } = decode(Signed, bytes);
  const value = decode(AgentCertificate, body);
  demand(value.format === FORMAT, "unknown_format");
  demand(equal(value.shop, shop.info.shop), "wrong_shop");
  demand(verify(shop.desk.sign_key, AGENT_DOMAIN, body, signature), "bad_signature");
  return { ...value, bytes };
}

// 2.16: whose device it is; the first one of a person is named by no field.
export const person_of = ({ device, person }: AgentCertificate): Uint8Array =>
  is_zero(person) ? device : person;

const TEAM_OF_NOW = (1n << 64n) - 1n;

// 2.9: why the certificate does not hold at a time and under a version of the team, if it does not.
export function fault_at(
  shop: Shop, certificate: Certificate, at_ms: bigint, team = TEAM_OF_NOW,
): "certificate_ended" | "certificate_revoked" | undefined {
  const { issued_ms, not_after_ms, device } = certificate;
  if (issued_ms > at_ms + DAY_MS || at_ms > not_after_ms) {
    return "certificate_ended";
  }
  const mine = shop.info.withdrawals.find((each) => equal(each.device, device));
  const withdrawn = mine
    ? issued_ms <= mine.at_ms && mine.team_version <= team
    : shop.info.revoked.some((id) => equal(id, device));
  return withdrawn ? "certificate_revoked" : undefined;
}

const handover_aad = (shop: Uint8Array, version: bigint, device: Uint8Array): Uint8Array =>
  join(utf8("shopbell team box v1"), shop, u64be(version), device);

// 2.10. Refusal: bad_key.
export const seal_handover = (
  ephemeral: Uint8Array, shop: Uint8Array, version: bigint, to: Device, team_secret: Uint8Array,
): Uint8Array =>
  box_seal(ephemeral, to.seal_key, handover_aad(shop, version, to.id), team_secret);

// Gives the team's secret, whose public key the shop card names. Refusal: box_bad.
export function open_handover(
  keys: DeviceKeys, shop: Uint8Array, version: bigint, team_key: Uint8Array, box: Uint8Array,
): Uint8Array {
  const secret = box_open(keys.seal_secret, handover_aad(shop, version, keys.id), box);
  if (secret.length !== 32 || !equal(seal_key_of(secret), team_key)) {
    throw new Refused("box_bad");
  }
  return secret;
}

export const invitation_id = (secret: Uint8Array): Uint8Array =>
  hash("shopbell invitation id v1", secret).slice(0, 16);

export const invitation_key = (secret: Uint8Array, shop: Uint8Array): Uint8Array =>
  derive(secret, "shopbell invitation v1", shop);

export const invitation_mac = (
  key: Uint8Array, device: Uint8Array, shop: Uint8Array,
): Uint8Array => derive(key, "shopbell enrol v1", device, shop);

export const link_key = (secret: Uint8Array, shop: Uint8Array): Uint8Array =>
  derive(secret, "shopbell link v1", shop);

// Who made the link, who uses it, and the use.
export interface LinkNames {
  readonly host: Uint8Array;
  readonly guest: Uint8Array;
  readonly nonce: Uint8Array;
}

export const link_mac = (key: Uint8Array, { host, guest, nonce }: LinkNames): Uint8Array =>
  derive(key, "shopbell link mac v1", host, guest, nonce);

export const link_digits = (key: Uint8Array, { host, guest, nonce }: LinkNames): bigint => {
  const bytes = derive(key, "shopbell link code v1", host, guest, nonce).slice(0, 8);
  return bytes.reduce((number, byte) => number * 256n + BigInt(byte), 0n) % 1_000_000n;
};
