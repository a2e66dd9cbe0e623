// Bytes: joining, comparing, and the fixed-width integers of PROTOCOL.md 0.1.

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

export const utf8 = (text: string): Uint8Array => encoder.encode(text);

// What is not UTF-8 becomes U+FFFD.
export const text_of = (bytes: Uint8Array): string => decoder.decode(bytes);

export function join(...parts: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

export const equal = (a: Uint8Array, b: Uint8Array): boolean => compare(a, b) === 0;

// Below zero, zero, above zero: by bytes, a prefix first.
export function compare(a: Uint8Array, b: Uint8Array): number {
  const common = Math.min(a.length, b.length);
  for (let i = 0; i < common; i++) {
    if (a[i] !== b[i]) {
      return a[i]! - b[i]!;
    }
  }
  return a.length - b.length;
}

export const is_zero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);

export const u8 = (value: number): Uint8Array => Uint8Array.of(value);

export function u64be(value: bigint): Uint8Array {
  const out = new Uint8Array(8);
  new DataView(out.buffer).setBigUint64(0, value);
  return out;
}

export const u64le = (value: bigint): Uint8Array => u64be(value).reverse();

export const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

// Throws where `text` is not an even number of hex digits.
export function from_hex(text: string): Uint8Array {
  if (!/^([0-9a-f]{2})*$/i.test(text)) {
    throw new TypeError("not hex");
  }
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));
}
