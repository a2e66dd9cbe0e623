// Log signals and sessions between two devices (PROTOCOL.md 9).
import { equal, join, u64le, u8 } from "./bytes.ts";
import { decode, encode } from "./codec.ts";
import {
  aead_open, aead_seal, agree, derive, open_signed, seal_signed, verify,
} from "./crypto.ts";
import { take_device_card } from "./identity.ts";
import type { Device, DeviceKeys } from "./identity.ts";
import { demand, named } from "./refused.ts";
import {
  LogSignal, SessionAccept, SessionData, SessionMessage, SessionOpen, SignalContent, Signed,
} from "./schema.ts";
import type { Of } from "./codec.ts";

const SIGNAL_DOMAIN = "shopbell log signal v1";
const OPEN_DOMAIN = "shopbell session open v1";
const ACCEPT_DOMAIN = "shopbell session accept v1";
const NO_AAD = new Uint8Array(0);

export const signal_key = (
  epoch_key: Uint8Array, log: Uint8Array, author: Uint8Array, session: Uint8Array,
): Uint8Array => derive(epoch_key, "shopbell signal v1", log, author, session);

const signal_nonce = (counter: bigint): Uint8Array => join(u64le(counter), new Uint8Array(16));

export function make_log_signal(
  sign_seed: Uint8Array, epoch_key: Uint8Array, signal: Omit<LogSignal, "box">,
  content: Of<typeof SignalContent>,
): Uint8Array {
  const key = signal_key(epoch_key, signal.log, signal.author, signal.session);
  const plain = encode(SignalContent, content);
  const box = aead_seal(key, signal_nonce(signal.counter), NO_AAD, plain);
  return seal_signed(sign_seed, SIGNAL_DOMAIN, encode(LogSignal, { ...signal, box }));
}

// Counter and expiry are the caller's. Refusals: truncated, malformed, bad_signature, body_bad.
export function open_log_signal(
  sign_key: Uint8Array, epoch_key: Uint8Array, bytes: Uint8Array,
): { signal: LogSignal; content: Of<typeof SignalContent> } {
  const signal = decode(LogSignal, open_signed(sign_key, SIGNAL_DOMAIN, bytes));
  const key = signal_key(epoch_key, signal.log, signal.author, signal.session);
  const plain = aead_open(key, signal_nonce(signal.counter), NO_AAD, signal.box);
  demand(plain !== undefined, "body_bad");
  return { signal, content: named("body_bad", () => decode(SignalContent, plain)) };
}

export const make_session_open = (
  from: DeviceKeys, to: Uint8Array, certificate: Uint8Array, nonce: Uint8Array, time_ms: bigint,
): Uint8Array =>
  seal_signed(from.sign_seed, OPEN_DOMAIN, encode(SessionOpen, {
    to, card: from.card, certificate, nonce, time_ms,
  }));

// What B learns from A's first step; the certificate is the caller's to check. Refusals: truncated,
// malformed, unknown_format, bad_signature, not_a_member (meant for another device).
export function take_session_open(
  me: Uint8Array, bytes: Uint8Array,
): { opener: Device; certificate: Uint8Array; nonce: Uint8Array; time_ms: bigint } {
  const { body, signature } = decode(Signed, bytes);
  const { to, card, certificate, nonce, time_ms } = decode(SessionOpen, body);
  const opener = take_device_card(card);
  demand(verify(opener.sign_key, OPEN_DOMAIN, body, signature), "bad_signature");
  demand(equal(to, me), "not_a_member");
  return { opener, certificate, nonce, time_ms };
}

export const make_session_accept = (
  from: DeviceKeys, to: Uint8Array, opener_nonce: Uint8Array, nonce: Uint8Array,
): Uint8Array =>
  seal_signed(from.sign_seed, ACCEPT_DOMAIN, encode(SessionAccept, {
    to, from: from.id, opener_nonce, nonce,
  }));

// Gives B's nonce. Refusals: truncated, malformed, bad_signature, not_a_member, replayed.
export function take_session_accept(
  me: Uint8Array, opener_nonce: Uint8Array, accepter: Device, bytes: Uint8Array,
): Uint8Array {
  const accept = decode(SessionAccept, open_signed(accepter.sign_key, ACCEPT_DOMAIN, bytes));
  demand(equal(accept.to, me) && equal(accept.from, accepter.id), "not_a_member");
  demand(equal(accept.opener_nonce, opener_nonce), "replayed");
  return accept.nonce;
}

// 9.2, from either side: `a` opened, `b` accepted. Refusal: bad_key.
export const session_key = (
  own_seal_secret: Uint8Array, other_seal_key: Uint8Array, nonce_a: Uint8Array,
  nonce_b: Uint8Array, id_a: Uint8Array, id_b: Uint8Array,
): Uint8Array =>
  derive(agree(own_seal_secret, other_seal_key), "shopbell session v1",
    nonce_a, nonce_b, id_a, id_b);

export type Direction = 1 | 2;

const session_nonce = (direction: Direction, counter: bigint): Uint8Array =>
  join(u8(direction), u64le(counter), new Uint8Array(15));

export function make_session_data(
  key: Uint8Array, direction: Direction, to: Uint8Array, from: Uint8Array, session: Uint8Array,
  counter: bigint, content: Partial<SessionMessage>,
): Uint8Array {
  const plain = encode(SessionMessage, content);
  const box = aead_seal(key, session_nonce(direction, counter), NO_AAD, plain);
  return encode(SessionData, { to, from, session, counter, box });
}

// `expected` is the counter that must come next. Refusals: truncated, malformed, no_session (of
// another session), replayed, body_bad.
export function open_session_data(
  key: Uint8Array, direction: Direction, session: Uint8Array, expected: bigint,
  bytes: Uint8Array,
): SessionMessage {
  const data = decode(SessionData, bytes);
  demand(equal(data.session, session), "no_session");
  demand(data.counter === expected, "replayed");
  const plain = aead_open(key, session_nonce(direction, data.counter), NO_AAD, data.box);
  demand(plain !== undefined, "body_bad");
  return named("body_bad", () => decode(SessionMessage, plain));
}
