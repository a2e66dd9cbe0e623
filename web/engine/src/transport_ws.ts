// The connection to the relay over the platform's WebSocket.
import type { Link, LinkEvents, Transport } from "./seams.js";

const SUBPROTOCOL = "shopbell.v1";
// A peer that is gone never answers a close; browsers would wait for it for a minute.
const CLOSE_MS_MAX = 2000;

class WebSocketLink implements Link {
  private readonly socket: WebSocket;
  private readonly listening = new AbortController();

  constructor(
    url: string,
    private readonly events: LinkEvents,
  ) {
    this.socket = new WebSocket(url, SUBPROTOCOL);
    this.socket.binaryType = "arraybuffer";
    const { signal } = this.listening;
    this.socket.addEventListener("open", () => events.opened(), { signal });
    this.socket.addEventListener(
      "message",
      // Text is never sent by a relay; as an empty message the core refuses it.
      ({ data }: MessageEvent) =>
        events.received(data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array()),
      { signal },
    );
    // 1006 stands for "no close frame": the core knows it as 0.
    const closed = ({ code }: CloseEvent) => events.closed(code === 1006 ? 0 : code);
    this.socket.addEventListener("close", closed, { signal });
  }

  send(bytes: Uint8Array): void {
    this.socket.send(bytes as Uint8Array<ArrayBuffer>);
  }

  close(): void {
    this.socket.close();
    const { signal } = this.listening;
    const late = setTimeout(() => {
      this.listening.abort();
      this.events.closed(0);
    }, CLOSE_MS_MAX);
    const in_time = () => clearTimeout(late);
    this.socket.addEventListener("close", in_time, { signal });
    signal.addEventListener("abort", in_time);
  }

  drop(): void {
    this.listening.abort();
    this.socket.close();
  }
}

export class WebSocketTransport implements Transport {
  constructor(private readonly url: string) {}

  connect(events: LinkEvents): Link {
    try {
      return new WebSocketLink(this.url, events);
    } catch {
      // A policy of the page forbids the address.
      const late = setTimeout(() => events.closed(0));
      return { send: () => undefined, close: () => undefined, drop: () => clearTimeout(late) };
    }
  }
}

/** "host[:port]" as the device signs it: lower case, the default port left out. */
export function dialledHost(url: string): string {
  return new URL(url).host;
}
