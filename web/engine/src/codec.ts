// The strict codec of docs/PROTOCOL.md section 0.8: one encoding for each value, everything else is
// refused. It serves the tables that scripts/gen_wire.mjs writes.

/** How a field looks on the wire; a number is the width of a fixed-size value. */
export type Kind = "u64" | "bool" | "bytes" | "text" | number | AnyTable;
type AnyTable = () => readonly (readonly [number, string, Kind, boolean])[];
/** The fields of a message in ascending order: number, key, kind, repeated. */
export type Table<T> = (() => readonly (readonly [number, keyof T & string, Kind, boolean])[]) & {
  readonly of?: T;
};

/** Bytes that are not in the one allowed form. */
export class CodecError extends Error {
  override readonly name = "CodecError";
}

type Fields = Record<string, unknown>;
const REPEATED_MAX = 4096;
const utf8 = new TextEncoder();
const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function refuse(why: string): never {
  throw new CodecError(why);
}

function write_varint(value: number, out: number[]): void {
  if (!Number.isSafeInteger(value) || value < 0) refuse("integer out of range");
  for (; value > 127; value = Math.floor(value / 128)) out.push((value % 128) | 128);
  out.push(value);
}

function content_of(kind: Kind, value: unknown): Uint8Array {
  if (kind === "text") return utf8.encode(value as string);
  if (typeof kind === "function") return encode_fields(kind(), value as Fields);
  const bytes = value as Uint8Array;
  if (typeof kind === "number" && bytes.length !== kind) refuse("wrong width");
  return bytes;
}

function encode_fields(table: ReturnType<AnyTable>, message: Fields): Uint8Array {
  const parts: (Uint8Array | readonly number[])[] = [];
  let size = 0;
  const put = (part: Uint8Array | readonly number[]): void => {
    parts.push(part);
    size += part.length;
  };
  for (const [number, key, kind, repeated] of table) {
    const value = message[key];
    for (const item of repeated ? ((value ?? []) as unknown[]) : [value]) {
      const head: number[] = [];
      if (kind === "u64" || kind === "bool") {
        if (!item && !repeated) continue;
        write_varint(number * 8, head);
        write_varint(Number(item), head);
        put(head);
      } else if (repeated || item !== undefined) {
        const bytes = content_of(kind, item);
        const none = typeof kind === "number" ? bytes.every((b) => !b) : !bytes.length;
        if (none && !repeated) continue;
        write_varint(number * 8 + 2, head);
        write_varint(bytes.length, head);
        put(head);
        put(bytes);
      }
    }
  }
  const out = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** Absent fields stand for their defaults. Throws CodecError for what has no encoding. */
export function encode<T>(table: Table<T>, message: Partial<T>): Uint8Array {
  return encode_fields(table(), message as Fields);
}

function default_of(kind: Kind): unknown {
  if (kind === "u64") return 0;
  if (kind === "bool") return false;
  if (kind === "text") return "";
  return new Uint8Array(typeof kind === "number" ? kind : 0);
}

class Reader {
  at = 0;
  constructor(readonly bytes: Uint8Array) {}

  varint(): number {
    let value = 0;
    for (let factor = 1, count = 0; count < 10; factor *= 128, count++) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) return refuse("truncated");
      value += (byte & 127) * factor;
      if (byte < 128) {
        if ((!byte && count) || !Number.isSafeInteger(value)) refuse("malformed integer");
        return value;
      }
    }
    return refuse("malformed integer");
  }

  take(): Uint8Array {
    const size = this.varint();
    if (size > this.bytes.length - this.at) refuse("truncated");
    return this.bytes.subarray(this.at, (this.at += size));
  }
}

function read_value(kind: Kind, wire: number, single: boolean, reader: Reader): unknown {
  if (wire !== (kind === "u64" || kind === "bool" ? 0 : 2)) refuse("wrong wire type");
  if (kind === "u64" || kind === "bool") {
    const value = reader.varint();
    if (single && !value) refuse("default written out");
    if (kind === "bool" && value > 1) refuse("malformed bool");
    return kind === "bool" ? value === 1 : value;
  }
  const bytes = reader.take();
  if (typeof kind === "function") return decode_fields(kind(), bytes);
  if (typeof kind === "number") {
    if (bytes.length !== kind) refuse("wrong width");
    if (single && bytes.every((b) => !b)) refuse("default written out");
    return bytes;
  }
  if (single && !bytes.length) refuse("default written out");
  if (kind === "bytes") return bytes;
  try {
    return text.decode(bytes);
  } catch {
    return refuse("malformed text");
  }
}

function decode_fields(table: ReturnType<AnyTable>, bytes: Uint8Array): Fields {
  const out: Fields = {};
  for (const [, key, kind, repeated] of table) out[key] = repeated ? [] : default_of(kind);
  const reader = new Reader(bytes);
  let last = 0;
  while (reader.at < bytes.length) {
    const tag = reader.varint();
    const number = Math.floor(tag / 8);
    const wire = tag % 8;
    const row = table.find((field) => field[0] === number);
    if (number < last || (number === last && !row?.[3])) refuse("fields out of order");
    last = number;
    if (row) {
      const [, key, kind, repeated] = row;
      const value = read_value(kind, wire, !repeated, reader);
      if (!repeated) out[key] = value;
      else if ((out[key] as unknown[]).push(value) > REPEATED_MAX) refuse("too many elements");
    } else if (!number || number < (table.at(-1)?.[0] ?? 0) || (wire && wire !== 2)) {
      refuse("unknown field");
    } else if (wire) {
      reader.take();
    } else {
      reader.varint();
    }
  }
  return out;
}

/** Bytes in the result look into `bytes`. Throws CodecError for all but the one allowed form. */
export function decode<T>(table: Table<T>, bytes: Uint8Array): T {
  return decode_fields(table(), bytes) as T;
}
