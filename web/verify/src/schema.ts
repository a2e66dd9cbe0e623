// The messages of core/proto/signed.proto, content.proto and frames.proto, by hand: fields are
// numbered from 1 in the order they stand in.
import {
  byte_strings, bytes, fixed, fixed_list, flag, message, messages, text, texts, u64,
} from "./codec.ts";
import type { Of } from "./codec.ts";

const log_id = fixed(16);
const id = fixed(32);
const key = fixed(32);
const hash = fixed(32);
const signature = fixed(64);
const key_box = fixed(80);

export const Signed = message("Signed", { body: bytes, signature });

export const DeviceCard = message("DeviceCard", {
  format: u64, sign_key: key, seal_key: key, created_ms: u64,
});

export const DeskCertificate = message("DeskCertificate", {
  format: u64, shop: id, desk_key: key, issued_ms: u64, not_after_ms: u64,
});

export const RelayEntry = message("RelayEntry", { url: text, key, from_ms: u64, until_ms: u64 });

export const Withdrawal = message("Withdrawal", {
  device: id, at_ms: u64, team_version: u64,
});

export const ShopCard = message("ShopCard", {
  format: u64, shop: id, version: u64, issued_ms: u64, fresh_until_ms: u64,
  desk_certificate: bytes, desk_card: bytes, team_version: u64, team_key: key, shop_log: log_id,
  name: text, look: bytes, relays: messages(RelayEntry), revoked: fixed_list(32), domains: texts,
  successor: bytes, team_since: u64, withdrawals: messages(Withdrawal),
});

export const Look = message("Look", { accent: text, greeting_zh: text, greeting_en: text });

export const AgentCertificate = message("AgentCertificate", {
  format: u64, shop: id, device: id, role: u64, issued_ms: u64, not_after_ms: u64, person: id,
});

export const Header = message("Header", {
  envelope_class: u64, log: log_id, author: id, counter: u64, previous: hash, epoch: u64,
  commitment: hash, card_version: u64, seen_seq: u64, seen_chain: hash, time_ms: u64,
  replaces: hash, body_length: u64, body_digest: hash,
});

export const Envelope = message("Envelope", { header: bytes, signature, body: bytes });

export const EpochBox = message("EpochBox", { epoch: u64, box: key_box });

export const MemberBody = message("MemberBody", {
  kind: u64, log_kind: u64, shop: id, random: hash, card: bytes, certificate: bytes, device: id,
  main_log: log_id, epochs: messages(EpochBox),
});

export const GrantBox = message("GrantBox", { recipient: hash, box: key_box });

export const GrantBody = message("GrantBody", {
  epoch: u64, commitment: hash, team_version: u64, boxes: messages(GrantBox),
});

export const InnerBody = message("InnerBody", {
  kind: u64, target_author: id, target_counter: u64, content: bytes, fallback: text,
  answers_seq: u64, target_seq: u64,
});

export const MarkBody = message("MarkBody", {
  log: log_id, device: id, kind: u64, seq: u64, chain: hash,
});

export const CheckpointBody = message("CheckpointBody", {
  shop: id, log: log_id, seq: u64, chain: hash, time_ms: u64, generation: u64,
});

export const HelloProof = message("HelloProof", {
  host: text, shop: id, relay_key: key, relay_nonce: hash, client_nonce: hash, device: id,
  term: u64,
});

export const WelcomeProof = message("WelcomeProof", {
  shop: id, relay_nonce: hash, client_nonce: hash, device: id, time_ms: u64, generation: u64,
});

export const LogSignal = message("LogSignal", {
  log: log_id, author: id, session: hash, counter: u64, expires_ms: u64, epoch: u64, box: bytes,
});

export const SignalContent = message("SignalContent", { kind: u64, on: flag });

export const SessionOpen = message("SessionOpen", {
  to: id, card: bytes, certificate: bytes, nonce: hash, time_ms: u64,
});

export const SessionAccept = message("SessionAccept", {
  to: id, from: id, opener_nonce: hash, nonce: hash,
});

export const SessionData = message("SessionData", {
  to: id, from: id, session: hash, counter: u64, box: bytes,
});

export const LinkRequest = message("LinkRequest", { mac: hash, nonce: hash });

export const SessionMessage = message("SessionMessage", {
  kind: u64, id: u64, method: text, code: u64, body: bytes,
});

export const Text = message("Text", { text, locale: text });

export const About = message("About", { name: text });

export const EnrolRequest = message("EnrolRequest", {
  invitation: log_id, mac: hash, name: text,
});

export const EnrolResponse = message("EnrolResponse", {
  certificate: bytes, team_version: u64, team_box: key_box,
});

export const ShopHandover = message("ShopHandover", {
  device: id, team_version: u64, box: key_box,
});

export const Head = message("Head", {
  log: log_id, seq: u64, kind: u64, counter: u64, marks: byte_strings,
});

export const Deliver = message("Deliver", {
  log: log_id, seq: u64, time_ms: u64, envelope: bytes,
});

export const Page = message("Page", {
  log: log_id, from: u64, head_seq: u64, items: messages(Deliver), checkpoint: bytes,
});

export const Heads = message("Heads", { heads: messages(Head), cursor: u64, more: flag });

export type Signed = Of<typeof Signed>;
export type DeviceCard = Of<typeof DeviceCard>;
export type ShopCard = Of<typeof ShopCard>;
export type AgentCertificate = Of<typeof AgentCertificate>;
export type Header = Of<typeof Header>;
export type MemberBody = Of<typeof MemberBody>;
export type GrantBody = Of<typeof GrantBody>;
export type InnerBody = Of<typeof InnerBody>;
export type MarkBody = Of<typeof MarkBody>;
export type CheckpointBody = Of<typeof CheckpointBody>;
export type HelloProof = Of<typeof HelloProof>;
export type WelcomeProof = Of<typeof WelcomeProof>;
export type LogSignal = Of<typeof LogSignal>;
export type SessionMessage = Of<typeof SessionMessage>;
