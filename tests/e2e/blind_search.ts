// Looks for words and secrets in bytes, in every dress in which a program might have left them.
import { randomInt } from "node:crypto";
import { constants, gunzipSync, inflateRawSync } from "node:zlib";

export type Needle = { readonly name: string; readonly bytes: Buffer };
export type Haystack = { readonly name: string; readonly bytes: Buffer };
export type Find = { readonly needle: string; readonly dress: string; readonly haystack: string };

/** What is shorter stands in any memory by chance. */
const DRESS_BYTES_MIN = 6;
const UNPACKED_BYTES_MAX = 1 << 20;

/** No other run and no program has it. */
export const randomWord = (): string =>
  Array.from({ length: 12 }, () => String.fromCharCode(97 + randomInt(26))).join("");

export const wordNeedle = (text: string): Needle => ({ name: text, bytes: Buffer.from(text) });

/** The characters of base64 that these bytes fix alone when `before` bytes stand before them. */
function base64At(bytes: Buffer, before: 0 | 1 | 2, coding: "base64" | "base64url"): Buffer {
  const text = Buffer.concat([Buffer.alloc(before), bytes]).toString(coding).replace(/=+$/, "");
  const shared = [0, 2, 3][before] ?? 0;
  const whole = Math.floor(((before + bytes.length) * 8) / 6);
  return Buffer.from(text.slice(shared, whole));
}

const isText = (bytes: Buffer): boolean => Buffer.from(bytes.toString("utf8")).equals(bytes);

/** Every dress by its name. Bytes that are no text, as keys, have none in UTF-16. */
export function dressesOf(bytes: Buffer): Map<string, Buffer> {
  const hex = bytes.toString("hex");
  const all = new Map([
    ["plain", bytes],
    ["hex", Buffer.from(hex)],
    ["HEX", Buffer.from(hex.toUpperCase())],
  ]);
  if (isText(bytes)) {
    const text = bytes.toString("utf8");
    all.set("utf16le", Buffer.from(text, "utf16le"));
    all.set("utf16be", Buffer.from(text, "utf16le").swap16());
  }
  for (const before of [0, 1, 2] as const) {
    for (const coding of ["base64", "base64url"] as const) {
      all.set(`${coding} after ${before}`, base64At(bytes, before, coding));
    }
  }
  return new Map([...all].filter(([, dress]) => dress.length >= DRESS_BYTES_MIN));
}

const gzip = Buffer.from([0x1f, 0x8b, 0x08]);
// Without the checks at the end: it may be overwritten by now. `skip` is the head in front.
const packings = [
  { head: gzip, open: gunzipSync, skip: 0 },
  { head: Buffer.concat([gzip, Buffer.alloc(1)]), open: inflateRawSync, skip: 10 },
  ...[0x01, 0x5e, 0x9c, 0xda].map((level) => ({
    head: Buffer.from([0x78, level]),
    open: inflateRawSync,
    skip: 2,
  })),
];

/** What gzip and zlib streams anywhere in the bytes hold. */
export function unpacked({ name, bytes }: Haystack): Haystack[] {
  const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: UNPACKED_BYTES_MAX };
  const found: Haystack[] = [];
  for (const { head, open, skip } of packings) {
    for (let at = bytes.indexOf(head); at >= 0; at = bytes.indexOf(head, at + 1)) {
      try {
        const inner = open(bytes.subarray(at + skip), options);
        found.push({ name: `${name}, unpacked`, bytes: inner });
      } catch {
        // Only looked like one.
      }
    }
  }
  return found;
}

export function search(haystacks: readonly Haystack[], needles: readonly Needle[]): Find[] {
  const found: Find[] = [];
  const all = haystacks.flatMap((each) => [each, ...unpacked(each)]);
  for (const needle of needles) {
    for (const [dress, bytes] of dressesOf(needle.bytes)) {
      for (const haystack of all) {
        if (haystack.bytes.includes(bytes)) {
          found.push({ needle: needle.name, dress, haystack: haystack.name });
        }
      }
    }
  }
  return found;
}
