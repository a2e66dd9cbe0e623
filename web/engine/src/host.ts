// core.wasm without glue: one call for each input, one buffer of outputs back. wasm/abi.cpp
// describes the bytes. Runs in a worker, a page, Node, and wherever WebAssembly is.
import type { Change, KeyRange, StoredRecord } from "./seams.js";

/** As wasm/abi.cpp counts them. */
export const InputKind = {
  tick: 0,
  connected: 1,
  received: 2,
  closed: 3,
  persisted: 4,
  persistFailed: 5,
  loaded: 6,
  entropy: 7,
  command: 8,
} as const;
export type InputKind = (typeof InputKind)[keyof typeof InputKind];

/** What the core wants done; one buffer, the receiver's, holds the bytes of one input's outputs. */
export type Output =
  | { readonly do: "connect" | "disconnect" }
  | { readonly do: "transmit"; readonly bytes: Uint8Array }
  | { readonly do: "persist"; readonly batch: number; readonly changes: readonly Change[] }
  | { readonly do: "load"; readonly id: number; readonly range: KeyRange }
  | { readonly do: "event"; readonly kind: number; readonly body: Uint8Array }
  | { readonly do: "timeout"; readonly at_ms: number }
  | { readonly do: "entropy"; readonly urgent: boolean };

export type CoreConfig = {
  readonly role: "visitor" | "agent";
  /** 32 bytes. */
  readonly shop: Uint8Array;
  /** 32 bytes; the copy in the core is wiped when its device goes, this one is the caller's. */
  readonly storageKey: Uint8Array;
  /** Of the tab that leads; the relay closes a connection of a lower one. */
  readonly term?: number;
  /** "host[:port]" as dialled: lower case, the default port left out. */
  readonly host: string;
};

type Exports = {
  readonly memory: WebAssembly.Memory;
  _initialize(): void;
  sb_alloc(size: number): number;
  sb_new(config: number, size: number): number;
  sb_delete(device: number): void;
  sb_input(device: number, kind: number, value: number, bytes: number, size: number): number;
};

const ABSENT = 0xffffffff;
const none = new Uint8Array();

function join(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function u32(value: number): Uint8Array {
  return new Uint8Array([value, value >> 8, value >> 16, value >> 24]);
}

/** Records as the core takes them for Loaded. */
export function packRecords(records: readonly StoredRecord[]): Uint8Array {
  const parts = ({ key, value }: StoredRecord) => [u32(key.length), key, u32(value.length), value];
  return join(records.flatMap(parts));
}

/** The configuration as sb_new takes it; it holds the storage key. */
export function packConfig({ role, shop, storageKey, term = 0, host }: CoreConfig): Uint8Array {
  const number = new Uint8Array([role === "agent" ? 2 : 1]);
  const place = join([u32(term % 2 ** 32), u32(term / 2 ** 32)]);
  return join([number, shop, storageKey, place, new TextEncoder().encode(host)]);
}

class Reader {
  private readonly view: DataView;
  at = 0;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  get done(): boolean {
    return this.at >= this.bytes.length;
  }
  u8(): number {
    return this.view.getUint8(this.at++);
  }
  u32(): number {
    return this.view.getUint32((this.at += 4) - 4, true);
  }
  u64(): number {
    return Number(this.view.getBigUint64((this.at += 8) - 8, true));
  }
  take(size = this.bytes.length - this.at): Uint8Array {
    return this.bytes.subarray(this.at, (this.at += size));
  }

  changes(): Change[] {
    const out: Change[] = [];
    while (!this.done) {
      const key = this.take(this.u32());
      const size = this.u32();
      out.push({ key, value: size === ABSENT ? null : this.take(size) });
    }
    return out;
  }
}

function output_of(kind: number, payload: Uint8Array): Output {
  const reader = new Reader(payload);
  switch (kind) {
    case 0:
      return { do: "connect" };
    case 1:
      return { do: "disconnect" };
    case 2:
      return { do: "transmit", bytes: payload };
    case 3:
      return { do: "persist", batch: reader.u64(), changes: reader.changes() };
    case 4: {
      const id = reader.u64();
      const limit = reader.u64();
      const descending = reader.u8() === 1;
      const from = reader.take(reader.u32());
      return { do: "load", id, range: { from, to: reader.take(), limit, descending } };
    }
    case 5:
      return { do: "event", kind: reader.u32(), body: reader.take() };
    case 6:
      return { do: "timeout", at_ms: reader.u64() };
    case 7:
      return { do: "entropy", urgent: reader.u8() === 1 };
  }
  throw new Error(`core.wasm gave an output of kind ${kind}`);
}

/** The outputs of one drain, without the size in front; they look into `bytes`. */
export function readOutputs(bytes: Uint8Array): Output[] {
  const reader = new Reader(bytes);
  const out: Output[] = [];
  while (!reader.done) out.push(output_of(reader.u8(), reader.take(reader.u32())));
  return out;
}

/**
 * One device in an instance of its own. Every method may throw: then the instance is lost (a defect
 * of the core, or memory ran out) and must not be called again.
 */
export class CoreHost {
  private constructor(
    private readonly core: Exports,
    private readonly device: number,
  ) {}

  static async create(module: WebAssembly.Module, config: CoreConfig): Promise<CoreHost> {
    const instance = await WebAssembly.instantiate(module, {
      env: { emscripten_notify_memory_growth: () => undefined },
      wasi_snapshot_preview1: {
        proc_exit: (code: number) => {
          throw new Error(`core.wasm exited with ${code}`);
        },
      },
    });
    const core = instance.exports as unknown as Exports;
    core._initialize();
    const packed = packConfig(config);
    const device = core.sb_new(give(core, packed), packed.length);
    packed.fill(0);
    return new CoreHost(core, device);
  }

  /** `value` is the input's time, close code, batch, load id or command kind. */
  input(kind: InputKind, value = 0, bytes: Uint8Array = none): Output[] {
    const { core } = this;
    const given = bytes.length ? give(core, bytes) : 0;
    const at = core.sb_input(this.device, kind, value, given, bytes.length);
    // A view taken before the call would look at nothing once memory has grown.
    const { buffer } = core.memory;
    const size = new DataView(buffer).getUint32(at, true);
    return readOutputs(new Uint8Array(buffer.slice(at + 4, at + 4 + size)));
  }

  /** Wipes the device's secrets in the core's memory. */
  end(): void {
    this.core.sb_delete(this.device);
  }
}

function give(core: Exports, bytes: Uint8Array): number {
  const at = core.sb_alloc(bytes.length);
  new Uint8Array(core.memory.buffer).set(bytes, at);
  return at;
}
