// A relay of its own as a process, for tests that speak HTTP with it; and devices that prove
// themselves to it, by the second implementation, to be given the right to upload.
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocket } from "ws";
import { decode, encode } from "../../web/engine/src/codec.ts";
import { Card, FrameKind, Hello, PutCard } from "../../web/engine/src/gen/wire.ts";
import { sign_key_of } from "../../web/verify/src/crypto.ts";
import {
  make_desk_certificate, make_device, make_shop_card, type DeviceKeys,
} from "../../web/verify/src/identity.ts";
import { sign_hello } from "../../web/verify/src/proofs.ts";

const program = process.env["SHOPBELL"] ?? "build/release/shopbell";
const HOUR_MS = 3_600_000n;

function framed(kind: number, body: Uint8Array): Uint8Array {
  const size = [];
  for (let rest = body.length; ; rest >>= 7) {
    if (rest < 128) {
      size.push(rest);
      break;
    }
    size.push((rest & 127) | 128);
  }
  // The kind's tag has a second byte above 15.
  const tag = kind * 8 + 2;
  return Uint8Array.from([...(tag < 128 ? [tag] : [(tag & 127) | 128, tag >> 7]), ...size,
    ...body]);
}

/** The first frame's kind and body. */
function first_frame(message: Uint8Array): [number, Uint8Array] {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = message[at++] ?? 0;
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const kind = varint() >> 3;
  const size = varint();
  return [kind, message.subarray(at, at + size)];
}

/** The newest value of each field; whole numbers of any size, which the engine never needs. */
function fields_of(body: Uint8Array): Map<number, Uint8Array> {
  const found = new Map<number, Uint8Array>();
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = body[at++] ?? 0;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < body.length) {
    const tag = varint();
    const size = varint();
    if (tag % 8 === 0) continue;
    found.set(tag >> 3, body.subarray(at, at + size));
    at += size;
  }
  return found;
}

// Of Challenge and Welcome in core/proto/frames.proto.
const CHALLENGE_NONCE = 1;
const CHALLENGE_KEY = 2;
const WELCOME_TOKEN = 10;

export class Relay {
  readonly folder = mkdtempSync(join(tmpdir(), "shopbell-blobs-"));
  private readonly root_seed = Uint8Array.from(randomBytes(32));
  private readonly shop = sign_key_of(this.root_seed);
  private child: ChildProcess | undefined;
  private said = "";
  private port = 0;

  /** Made and started, with its shop's card in place. */
  static async start(): Promise<Relay> {
    const relay = new Relay();
    const shop = Buffer.from(relay.shop).toString("base64url");
    execFileSync(program, ["init", "--relay-only", "--data", relay.folder, "--root", shop,
      "--relay-host", "relay.example"]);
    await relay.restart();
    await relay.put_card();
    return relay;
  }

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get blobs(): string {
    return `${this.origin}/blobs`;
  }

  /** All that it has said on its outputs, in each of its lives. */
  get log(): string {
    return this.said;
  }

  /** On the port it had. No file may grow above `file_bytes_max`, as on a disk that is full. */
  async restart(file_bytes_max?: number): Promise<void> {
    const options = ["relay", "--data", this.folder, "--port", `${this.port}`];
    const command = file_bytes_max === undefined
      ? [program] : ["prlimit", `--fsize=${file_bytes_max}`, program];
    const [first = program, ...rest] = command;
    const child = spawn(first, [...rest, ...options], { stdio: ["ignore", "ignore", "pipe"] });
    this.child = child;
    let own = "";
    this.port = await new Promise<number>((resolve, reject) => {
      child.stderr.on("data", (chunk: Buffer) => {
        own += chunk.toString();
        this.said += chunk.toString();
        const [, port] = own.match(/event=listening port=(\d+)/) ?? [];
        if (port) resolve(Number(port));
      });
      child.once("exit", () => reject(new Error(`the relay ended: ${own}`)));
    });
  }

  /** The exit code, or null where the signal itself ended it. */
  async end(signal: "SIGKILL" | "SIGTERM"): Promise<number | null> {
    const child = this.child;
    if (!child) return null;
    if (child.exitCode === null && child.signalCode === null) {
      const ended = once(child, "exit");
      child.kill(signal);
      await ended;
    }
    return child.exitCode;
  }

  async dispose(): Promise<void> {
    await this.end("SIGKILL");
    rmSync(this.folder, { recursive: true });
  }

  /** What /metrics says of one name. */
  async metric(name: string): Promise<number> {
    const text = await (await fetch(`${this.origin}/metrics`)).text();
    return Number(text.match(new RegExp(`^${name} (\\d+)$`, "m"))?.[1]);
  }

  /** Every file of the data folder, with its bytes. */
  files(): [string, Buffer][] {
    return readdirSync(this.folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((path) => [path.slice(this.folder.length), readFileSync(path)]);
  }

  /** The right to upload, of a device that nobody has seen before. */
  async token(): Promise<string> {
    const [socket, token] = await this.join(make_device(Uint8Array.from(randomBytes(32)),
      Uint8Array.from(randomBytes(32)), BigInt(Date.now())));
    socket.close();
    return token;
  }

  private async join(device: DeviceKeys): Promise<[WebSocket, string]> {
    const host = `127.0.0.1:${this.port}`;
    const socket = new WebSocket(`ws://${host}/ws`, "shopbell.v1");
    const next = async (wanted: number): Promise<Uint8Array> => {
      const [message] = await once(socket, "message") as [Buffer];
      const [kind, body] = first_frame(message);
      if (kind !== wanted) throw new Error(`frame ${kind} in place of ${wanted}`);
      return body;
    };
    const challenge = fields_of(await next(FrameKind.CHALLENGE));
    const nonce = challenge.get(CHALLENGE_NONCE) ?? new Uint8Array();
    const relayKey = challenge.get(CHALLENGE_KEY) ?? new Uint8Array();
    const clientNonce = Uint8Array.from(randomBytes(32));
    const signature = sign_hello(device.sign_seed, {
      host, shop: this.shop, relay_key: relayKey, relay_nonce: nonce, client_nonce: clientNonce,
      device: device.id, term: 1n,
    });
    socket.send(framed(FrameKind.HELLO, encode(Hello, {
      shop: this.shop, clientNonce, card: device.card, term: 1, host, signature,
    })));
    const welcome = fields_of(await next(FrameKind.WELCOME));
    return [socket, Buffer.from(welcome.get(WELCOME_TOKEN) ?? []).toString()];
  }

  private async put_card(): Promise<void> {
    const now_ms = BigInt(Date.now());
    const seed = Uint8Array.from(randomBytes(32));
    const desk = make_device(seed, Uint8Array.from(randomBytes(32)), now_ms);
    const until_ms = now_ms + HOUR_MS;
    const card = make_shop_card(seed, {
      shop: this.shop,
      version: now_ms,
      issued_ms: now_ms,
      fresh_until_ms: until_ms,
      desk_certificate:
        make_desk_certificate(this.root_seed, desk.sign_key, now_ms - HOUR_MS, until_ms),
      desk_card: desk.card,
      name: "Shop",
    });
    const [socket] = await this.join(desk);
    socket.send(framed(FrameKind.PUT_CARD, encode(PutCard, { card })));
    const [answer] = await once(socket, "message") as [Buffer];
    const [kind, body] = first_frame(answer);
    if (kind !== FrameKind.CARD || decode(Card, body).card.length !== card.length) {
      throw new Error("the relay does not take the card");
    }
    socket.close();
  }
}
