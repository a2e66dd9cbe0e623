// The strict codec of PROTOCOL.md 0.8: one encoding for each value, or `truncated` or `malformed`.
import { is_zero, join, text_of, utf8 } from "./bytes.ts";
import { Refused, demand } from "./refused.ts";

const FIELD_NUMBER_MAX = (1n << 29n) - 1n;
const VARINT_BYTES_MAX = 10;
const U64_MAX = (1n << 64n) - 1n;

// One element of a field, without tag: `write` and `read` are each other's reverse.
export interface Kind<T> {
  readonly wire: 0 | 2;
  readonly initial: () => T;
  readonly is_initial: (value: T) => boolean;
  readonly write: (value: T) => Uint8Array;
  // Gets the varint's value (wire type 0) or the bytes between the lengths (wire type 2).
  readonly read: (raw: bigint | Uint8Array) => T;
}

export interface Field<T> {
  // Gives the whole field with tags, or nothing for its default.
  encode(number: bigint, value: T): Uint8Array;
  initial(): T;
  // Adds what was read to the value so far; `again` where this field's tag has been there before.
  take(wire: bigint, raw: bigint | Uint8Array, so_far: T, again: boolean): T;
}

export interface Message<T> {
  readonly name: string;
  readonly fields: readonly { readonly key: string; readonly field: Field<unknown> }[];
  readonly initial: () => T;
}

export type Of<M> = M extends Message<infer T> ? T : never;
type Values<F> = { [K in keyof F]: F[K] extends Field<infer T> ? T : never };

export function varint(value: bigint): Uint8Array {
  if (value < 0n || value > U64_MAX) {
    throw new RangeError("not a u64");
  }
  const out: number[] = [];
  let rest = value;
  while (rest > 0x7fn) {
    out.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  out.push(Number(rest));
  return Uint8Array.from(out);
}

// Walks over bytes from outside.
export class Reader {
  private at = 0;
  private readonly bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  get done(): boolean {
    return this.at === this.bytes.length;
  }

  get position(): number {
    return this.at;
  }

  varint(): bigint {
    let value = 0n;
    for (let n = 0; n < VARINT_BYTES_MAX; n++) {
      demand(this.at < this.bytes.length, "truncated");
      const byte = this.bytes[this.at++]!;
      value |= BigInt(byte & 0x7f) << BigInt(7 * n);
      if (byte < 0x80) {
        demand((byte !== 0 || n === 0) && value <= U64_MAX, "malformed");
        return value;
      }
    }
    throw new Refused("malformed");
  }

  // The bytes behind a length.
  delimited(): Uint8Array {
    const length = this.varint();
    demand(length <= BigInt(this.bytes.length - this.at), "truncated");
    const from = this.at;
    this.at += Number(length);
    return this.bytes.slice(from, this.at);
  }

  rest(): Uint8Array {
    const from = this.at;
    this.at = this.bytes.length;
    return this.bytes.slice(from);
  }
}

const tag = (number: bigint, wire: number): Uint8Array => varint((number << 3n) | BigInt(wire));

function whole<T>(kind: Kind<T>, number: bigint, value: T): Uint8Array {
  const written = kind.write(value);
  return kind.wire === 0
    ? join(tag(number, 0), written)
    : join(tag(number, 2), varint(BigInt(written.length)), written);
}

function single<T>(kind: Kind<T>): Field<T> {
  return {
    initial: kind.initial,
    encode: (number, value) =>
      kind.is_initial(value) ? new Uint8Array(0) : whole(kind, number, value),
    take: (wire, raw, _so_far, again) => {
      demand(!again && wire === BigInt(kind.wire), "malformed");
      const value = kind.read(raw);
      demand(!kind.is_initial(value), "malformed");
      return value;
    },
  };
}

const NUMBER: Kind<bigint> = {
  wire: 0,
  initial: () => 0n,
  is_initial: (value) => value === 0n,
  write: varint,
  read: (raw) => raw as bigint,
};

const FLAG: Kind<boolean> = {
  wire: 0,
  initial: () => false,
  is_initial: (value) => !value,
  write: (value) => varint(value ? 1n : 0n),
  read: (raw) => {
    demand(raw === 1n, "malformed");
    return true;
  },
};

const TEXT: Kind<string> = {
  wire: 2,
  initial: () => "",
  is_initial: (value) => value === "",
  write: utf8,
  read: (raw) => text_of(raw as Uint8Array),
};

// `width` 0: any.
const octets = (width: number): Kind<Uint8Array> => ({
  wire: 2,
  initial: () => new Uint8Array(width),
  is_initial: (value) => (width === 0 ? value.length === 0 : is_zero(value)),
  write: (value) => {
    if (width !== 0 && value.length !== width) {
      throw new RangeError(`not ${width} bytes`);
    }
    return value;
  },
  read: (raw) => {
    const bytes = raw as Uint8Array;
    demand(width === 0 || bytes.length === width, "malformed");
    return bytes;
  },
});

const nested = <T>(of: Message<T>): Kind<T> => ({
  wire: 2,
  initial: of.initial,
  is_initial: () => false,
  write: (value) => encode(of, value),
  read: (raw) => decode(of, raw as Uint8Array),
});

function list<T>(kind: Kind<T>): Field<T[]> {
  return {
    initial: () => [],
    encode: (number, values) => join(...values.map((value) => whole(kind, number, value))),
    take: (wire, raw, so_far) => {
      demand(wire === BigInt(kind.wire), "malformed");
      return [...so_far, kind.read(raw)];
    },
  };
}

export const u64 = single(NUMBER);
export const flag = single(FLAG);
export const text = single(TEXT);
export const bytes = single(octets(0));
export const fixed = (width: number): Field<Uint8Array> => single(octets(width));
export const texts = list(TEXT);
export const byte_strings = list(octets(0));
export const fixed_list = (width: number): Field<Uint8Array[]> => list(octets(width));
export const messages = <T>(of: Message<T>): Field<T[]> => list(nested(of));

// The fields are numbered from 1 in the order they stand in.
export function message<F extends Record<string, Field<unknown>>>(
  name: string, fields: F,
): Message<Values<F>> {
  const listed = Object.entries(fields).map(([key, field]) => ({ key, field }));
  const initial = () =>
    Object.fromEntries(listed.map(({ key, field }) => [key, field.initial()])) as Values<F>;
  return { name, fields: listed, initial };
}

// What `value` leaves out has its default.
export function encode<T>(of: Message<T>, value: Partial<T>): Uint8Array {
  const all: Record<string, unknown> = { ...(of.initial() as object), ...value };
  return join(...of.fields.map(({ key, field }, i) => field.encode(BigInt(i + 1), all[key])));
}

// Refusals: truncated, malformed.
export function decode<T>(of: Message<T>, from: Uint8Array): T {
  const value: Record<string, unknown> = { ...(of.initial() as object) };
  const known = BigInt(of.fields.length);
  let last = 0n;
  for (const { number, wire, raw } of walk(from)) {
    demand(number >= last && number > 0n, "malformed");
    if (number <= known) {
      const { key, field } = of.fields[Number(number) - 1]!;
      value[key] = field.take(wire, raw, value[key], number === last);
    }
    last = number;
  }
  return value as T;
}

interface RawField {
  readonly number: bigint;
  readonly wire: bigint;
  readonly raw: bigint | Uint8Array;
  // Tag, length and content as they came.
  readonly whole: Uint8Array;
}

function* walk(from: Uint8Array): Generator<RawField> {
  const reader = new Reader(from);
  while (!reader.done) {
    const start = reader.position;
    const key = reader.varint();
    const wire = key & 7n;
    demand((wire === 0n || wire === 2n) && key >> 3n <= FIELD_NUMBER_MAX, "malformed");
    const raw = wire === 0n ? reader.varint() : reader.delimited();
    yield { number: key >> 3n, wire, raw, whole: from.slice(start, reader.position) };
  }
}

// The same bytes without the fields of these numbers; what is not known stays. `from` has been
// decoded before.
export function without(from: Uint8Array, numbers: readonly bigint[]): Uint8Array {
  const kept = [...walk(from)].filter(({ number }) => !numbers.includes(number));
  return join(...kept.map((field) => field.whole));
}
