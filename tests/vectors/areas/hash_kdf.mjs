// hash_kdf.json: the acts of PROTOCOL.md section 0 alone.
import assert from "node:assert/strict";
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { expect, flipped, seed, v } from "../world.mjs";

const { join, utf8 } = v;
const { Point } = ed25519;
const ORDER = Point.Fn.ORDER;
const DOMAIN = "shopbell mark v1";
const PARTS = [
  [], [new Uint8Array(0)], [utf8("a")], [utf8("ab"), utf8("c")], [seed("p"), seed("q")],
];

const number = (bytes) => BigInt(`0x${v.hex(bytes.slice().reverse())}`);
const scalar = (value) => join(
  ...[0n, 64n, 128n, 192n].map((shift) => v.u64le((value >> shift) & ((1n << 64n) - 1n))),
);
const labelled = (x) => join(v.u8(DOMAIN.length), utf8(DOMAIN), x);
const challenge = (r, key, x) => number(sha512(join(r, key, labelled(x)))) % ORDER;

// A point of order 8, and the encodings of small order that libsodium refuses.
const TORSION = Point.fromHex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
const SMALL = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => TORSION.multiplyUnsafe(BigInt(n)).toBytes());

// Signatures that only some verifiers take.
function odd_signatures() {
  const x = utf8("odd");
  const sign_seed = seed("odd signer");
  const key = v.sign_key_of(sign_seed);
  const good = v.sign(sign_seed, DOMAIN, x);
  const [r, s] = [good.slice(0, 32), good.slice(32)];
  const secret = number(ed25519.utils.getExtendedPublicKey(sign_seed).head) % ORDER;
  const mixed = Point.fromBytes(key).add(TORSION).toBytes();
  const nonce = number(seed("odd nonce")) % ORDER;
  const signed_by = (r_bytes, of_key) =>
    join(r_bytes, scalar((nonce + challenge(r_bytes, of_key, x) * secret) % ORDER));
  const plain_r = Point.BASE.multiply(nonce);
  const mixed_r = plain_r.add(TORSION).toBytes();
  return [
    ["as it should be", key, x, good],
    ["made with a given nonce", key, x, signed_by(plain_r.toBytes(), key)],
    ["another text", key, utf8("other"), good],
    ["a bit of R", key, x, flipped(good, 3)],
    ["a bit of S", key, x, flipped(good, 40)],
    ["S plus the order", key, x, join(r, scalar(number(s) + ORDER))],
    ["R with a part of small order", key, x, signed_by(mixed_r, key)],
    ["a key with a part of small order", mixed, x, signed_by(plain_r.toBytes(), mixed)],
    ["all zero", new Uint8Array(32), x, new Uint8Array(64)],
    ...SMALL.map((small, n) => [`a key of small order, ${n} times the torsion point`, small, x,
      join(SMALL[0], new Uint8Array(32))]),
    ["R of small order", key, x,
      join(SMALL[0], scalar((challenge(SMALL[0], key, x) * secret) % ORDER))],
    ["a key that is not canonical", join(Uint8Array.of(0xee), new Uint8Array(30).fill(0xff),
      Uint8Array.of(0x7f)), x, join(SMALL[0], new Uint8Array(32))],
  ].map(([what, of_key, text, signature]) =>
    ({ what, key: of_key, domain: DOMAIN, x: text, signature,
      valid: v.verify(of_key, DOMAIN, text, signature) }));
}

const X25519_SMALL = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
  "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
].map(v.from_hex);

function agreements() {
  const secret = seed("agree a");
  const key = v.seal_key_of(seed("agree b"));
  return [
    { secret, key, shared: v.agree(secret, key) },
    ...X25519_SMALL.map((small) => {
      expect("bad_key", () => v.agree(secret, small));
      return { secret, key: small, shared: null };
    }),
  ];
}

function boxes() {
  const [ephemeral, to_secret] = [seed("box ephemeral"), seed("box to")];
  const to_key = v.seal_key_of(to_secret);
  const [aad, plain] = [utf8("aad"), seed("box plain")];
  const box = v.box_seal(ephemeral, to_key, aad, plain);
  const refused = [
    ["another recipient", seed("agree a"), aad, box],
    ["another aad", to_secret, utf8("aae"), box],
    ["a bit of E", to_secret, aad, flipped(box, 0)],
    ["the unused bit of E", to_secret, aad, flipped_high(box)],
    ["a bit of the text", to_secret, aad, flipped(box, 40)],
    ["a bit of the tag", to_secret, aad, flipped(box)],
    ["cut short", to_secret, aad, box.slice(0, -1)],
    ["shorter than E", to_secret, aad, box.slice(0, 20)],
    ["E of small order", to_secret, aad, join(X25519_SMALL[1], box.slice(32))],
  ];
  return {
    box: [{ ephemeral_secret: ephemeral, to_secret, to_key, aad, plain, box }],
    box_refused: refused.map(([what, secret, of_aad, sealed]) => ({
      what, to_secret: secret, aad: of_aad, box: sealed,
      error: expect("box_bad", () => v.box_open(secret, of_aad, sealed)),
    })),
  };
}

// The same point of X25519, another E || to in the key: it must not open.
function flipped_high(box) {
  const out = box.slice();
  out[31] ^= 0x80;
  return out;
}

export function hash_kdf() {
  const verify = odd_signatures();
  assert.deepEqual(verify.filter(({ valid }) => valid).map(({ what }) => what),
    ["as it should be", "made with a given nonce"]);
  const [key, nonce] = [seed("aead key"), seed("aead nonce").slice(0, 24)];
  const labels = ["shopbell body v1", "shopbell device id v1", ""];
  const sign_seed = seed("signer");
  return {
    hash: labels.flatMap((label) => PARTS.map((parts) =>
      ({ label, parts, hash: v.hash(label, ...parts) }))),
    kdf: labels.flatMap((label) => PARTS.map((parts) =>
      ({ key, label, parts, out: v.derive(key, label, ...parts) }))),
    sign: PARTS.map((parts) => ({
      seed: sign_seed, key: v.sign_key_of(sign_seed), domain: DOMAIN, x: join(...parts),
      signature: v.sign(sign_seed, DOMAIN, join(...parts)),
    })),
    verify,
    aead: [["", ""], ["aad", "text"], ["", "\u6587\u5b57"]].map(([aad, plain]) => ({
      key, nonce, aad: utf8(aad), plain: utf8(plain),
      sealed: v.aead_seal(key, nonce, utf8(aad), utf8(plain)),
    })),
    agree: agreements(),
    ...boxes(),
  };
}
