// A relay that poses as one of a shop: it greets as it should, but the shop card that it hands out
// was made by another root than the one in the page.
import { once } from "node:events";
import { WebSocketServer, type WebSocket } from "ws";
import { decode, encode } from "../../web/engine/src/codec.ts";
import { Challenge, FrameKind, Hello, Welcome } from "../../web/engine/src/gen/wire.ts";
import { toBase64Url } from "../../web/engine/src/text.ts";
import { sign_key_of } from "../../web/verify/src/crypto.ts";
import {
  make_desk_certificate,
  make_device,
  make_shop_card,
  take_device_card,
} from "../../web/verify/src/identity.ts";
import { sign_welcome } from "../../web/verify/src/proofs.ts";

const seed = (value: number) => new Uint8Array(32).fill(value);
const HOUR_MS = 3_600_000n;
const relay_seed = seed(4);
const nonce = seed(5);

function frame(kind: number, body: Uint8Array): Uint8Array {
  const size = body.length < 128 ? [body.length] : [(body.length & 127) | 128, body.length >> 7];
  return Uint8Array.from([kind * 8 + 2, ...size, ...body]);
}

/** The body of the one frame in a message. */
function bodyOf(message: Uint8Array): Uint8Array {
  const long = (message[1] ?? 0) > 127;
  return message.subarray(long ? 3 : 2);
}

function forgedCard(shop: Uint8Array, now_ms: bigint, url: string): Uint8Array {
  const desk = make_device(seed(2), seed(3), now_ms);
  const until_ms = now_ms + HOUR_MS;
  return make_shop_card(desk.sign_seed, {
    shop,
    version: now_ms,
    issued_ms: now_ms,
    fresh_until_ms: until_ms,
    desk_certificate: make_desk_certificate(seed(9), desk.sign_key, now_ms - HOUR_MS, until_ms),
    desk_card: desk.card,
    name: "False",
    relays: [{ url, key: sign_key_of(relay_seed), from_ms: 0n, until_ms: 0n }],
  });
}

export class FalseRelay {
  /** The root that stands in the page. */
  private readonly root = sign_key_of(seed(1));
  readonly shop = toBase64Url(this.root);

  private constructor(private readonly server: WebSocketServer) {
    server.on("connection", (socket: WebSocket) => this.greet(socket));
  }

  static async start(): Promise<FalseRelay> {
    const handleProtocols = (): string => "shopbell.v1";
    const server = new WebSocketServer({ host: "localhost", port: 0, handleProtocols });
    await once(server, "listening");
    return new FalseRelay(server);
  }

  get origin(): string {
    return `ws://localhost:${this.server.address().port}`;
  }

  private greet(socket: WebSocket): void {
    const relayKey = sign_key_of(relay_seed);
    socket.send(frame(FrameKind.CHALLENGE, encode(Challenge, { nonce, relayKey, generation: 1 })));
    socket.once("message", (message: Uint8Array) => {
      const { clientNonce, card } = decode(Hello, bodyOf(message));
      const timeMs = Date.now();
      const signature = sign_welcome(relay_seed, {
        shop: this.root,
        relay_nonce: nonce,
        client_nonce: clientNonce,
        device: take_device_card(card).id,
        time_ms: BigInt(timeMs),
        generation: 1n,
      });
      const forged = forgedCard(this.root, BigInt(timeMs), `${this.origin}/ws`);
      const welcome = { timeMs, generation: 1, signature, card: forged };
      socket.send(frame(FrameKind.WELCOME, encode(Welcome, welcome)));
    });
  }

  async stop(): Promise<void> {
    await new Promise<void>((done) => this.server.close(done));
  }
}
