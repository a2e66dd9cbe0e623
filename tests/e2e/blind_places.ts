// Where something could be left: the relay's files, memory and output, and what passes on the wire.
import { execFile } from "node:child_process";
import { once } from "node:events";
import { cp, open, readFile, readdir } from "node:fs/promises";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { join, relative } from "node:path";
import { promisify } from "node:util";
import type { Haystack } from "./blind_search.ts";

const PAGE_BYTES = 4096;
const DUMP_BYTES_MAX = 256 << 20;
const GAP = Buffer.alloc(1);

const joined = (parts: readonly Buffer[]): Buffer =>
  Buffer.concat(parts.flatMap((part) => [part, GAP]));

/** All values of all tables, each whole, though it lie on many pages. */
export async function valuesIn(database: string): Promise<Buffer> {
  const options = { maxBuffer: DUMP_BYTES_MAX };
  const { stdout } = await promisify(execFile)("sqlite3", [database, ".dump"], options);
  const blobs = [...stdout.matchAll(/X'([0-9a-f]*)'/gi)];
  return joined([Buffer.from(stdout), ...blobs.map(([, hex]) => Buffer.from(hex ?? "", "hex"))]);
}

/** The files below a folder as they lie on the disk, and what its databases hold. */
export async function filesIn(folder: string, copies: string): Promise<Haystack[]> {
  await cp(folder, copies, { recursive: true });
  const found: Haystack[] = [];
  const entries = await readdir(copies, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(copies, join(entry.parentPath, entry.name)));
  for (const name of names) {
    found.push({ name: `file ${name}`, bytes: await readFile(join(copies, name)) });
  }
  for (const name of names.filter((each) => each.endsWith(".db"))) {
    found.push({ name: `values of ${name}`, bytes: await valuesIn(join(copies, name)) });
  }
  return found;
}

const empty = Buffer.alloc(PAGE_BYTES);

/** Memory that the process may write, without the pages that it never wrote. */
export async function memoryOf(pid: number): Promise<Haystack> {
  const maps = await readFile(`/proc/${pid}/maps`, "utf8");
  const memory = await open(`/proc/${pid}/mem`);
  const kept: Buffer[] = [];
  for (const [, from, to] of maps.matchAll(/^([0-9a-f]+)-([0-9a-f]+) rw/gm)) {
    const start = Number.parseInt(from ?? "", 16);
    const bytes = Buffer.alloc(Number.parseInt(to ?? "", 16) - start);
    const { bytesRead } = await memory.read(bytes, 0, bytes.length, start);
    let was_empty = false;
    for (let at = 0; at < bytesRead; at += PAGE_BYTES) {
      const page = bytes.subarray(at, at + PAGE_BYTES);
      const is_empty = page.equals(empty);
      if (!is_empty || !was_empty) {
        kept.push(page);
      }
      was_empty = is_empty;
    }
  }
  await memory.close();
  return { name: "memory", bytes: Buffer.concat(kept) };
}

const unmasked = (payload: Buffer, mask: Buffer): Buffer =>
  Buffer.from(payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0)));

/** The payloads of the WebSocket frames behind an HTTP head; browsers mask theirs. */
export function payloadsOf(stream: Buffer): Buffer {
  const payloads: Buffer[] = [];
  const head = stream.indexOf("\r\n\r\n");
  let at = head < 0 ? stream.length : head + 4;
  while (at + 2 <= stream.length) {
    const masked = (stream.readUInt8(at + 1) & 0x80) !== 0;
    let size = stream.readUInt8(at + 1) & 0x7f;
    let body = at + 2;
    if (size === 126 && body + 2 <= stream.length) {
      size = stream.readUInt16BE(body);
      body += 2;
    } else if (size === 127 && body + 8 <= stream.length) {
      size = Number(stream.readBigUInt64BE(body));
      body += 8;
    }
    const mask = masked ? stream.subarray(body, body + 4) : undefined;
    body += masked ? 4 : 0;
    const payload = stream.subarray(body, body + size);
    payloads.push(mask ? unmasked(payload, mask) : payload);
    at = body + size;
  }
  return Buffer.concat(payloads);
}

type Wire = { readonly up: Buffer[]; readonly down: Buffer[] };

/** Stands before the relay and keeps what passes, both ways. */
export class Tap {
  private readonly wires: Wire[] = [];
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    readonly port: number,
  ) {}

  static async start(host: string, target: number): Promise<Tap> {
    const server = createServer();
    server.listen(0, host);
    await once(server, "listening");
    const tap = new Tap(server, (server.address() as AddressInfo).port);
    server.on("connection", (near: Socket) => tap.pass(near, connect(target, host)));
    return tap;
  }

  private pass(near: Socket, far: Socket): void {
    const wire: Wire = { up: [], down: [] };
    this.wires.push(wire);
    near.on("data", (chunk: Buffer) => wire.up.push(chunk));
    far.on("data", (chunk: Buffer) => wire.down.push(chunk));
    near.pipe(far);
    far.pipe(near);
    for (const [one, other] of [[near, far] as const, [far, near] as const]) {
      this.sockets.add(one);
      one.on("error", () => other.destroy());
      one.on("close", () => this.sockets.delete(one));
    }
  }

  /** Both ways apart; raw, and the payloads of the frames. */
  haystacks(): Haystack[] {
    const ways = { up: "wire to the relay", down: "wire from the relay" } as const;
    return (["up", "down"] as const).flatMap((way) => {
      const streams = this.wires.map((wire) => Buffer.concat(wire[way]));
      return [
        { name: ways[way], bytes: joined(streams) },
        { name: `${ways[way]}, payloads`, bytes: joined(streams.map(payloadsOf)) },
      ];
    });
  }

  async stop(): Promise<void> {
    this.server.close();
    this.sockets.forEach((socket) => socket.destroy());
    await once(this.server, "close");
  }
}
