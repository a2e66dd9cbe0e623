// The connection to the relay over the platform's WebSocket.
import type { Link, LinkEvents, Transport } from "./seams.js";

const SUBPROTOCOL = "shopbell.v1";
// A peer that is gone never answers a close; browsers would wait for it for a minute.
const CLOSE_MS_MAX = 2000;

class WebSocketLink implements Link {
  private readonly socket: WebSocket;
  private readonly listening = new AbortController();
  private events: LinkEvents | undefined;
  private early: (() => void)[] = [];
  private ended = false;

  constructor(url: string) {
    this.socket = new WebSocket(url, SUBPROTOCOL);
    this.socket.binaryType = "arraybuffer";
    const { signal } = this.listening;
    this.socket.addEventListener("open", () => this.say(({ opened }) => opened()), { signal });
    this.socket.addEventListener(
      "message",
      // Text is never sent by a relay; as an empty message the core refuses it.
      ({ data }: MessageEvent) =>
        this.say(({ received }) =>
          received(data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array()),
        ),
      { signal },
    );
    // 1006 stands for "no close frame": the core knows it as 0.
    const closed = ({ code }: CloseEvent) => {
      this.ended = true;
      this.say(({ closed }) => closed(code === 1006 ? 0 : code));
    };
    this.socket.addEventListener("close", closed, { signal });
  }

  /** It can still become a connection, or is one. */
  get alive(): boolean {
    return !this.ended;
  }

  private say(tell: (events: LinkEvents) => void): void {
    if (this.events) tell(this.events);
    else this.early.push(() => this.say(tell));
  }

  /** What has happened before is told once the running code has ended. */
  listen(events: LinkEvents): void {
    queueMicrotask(() => {
      if (this.listening.signal.aborted) return;
      this.events = events;
      for (const tell of this.early.splice(0)) tell();
    });
  }

  send(bytes: Uint8Array): void {
    this.socket.send(bytes as Uint8Array<ArrayBuffer>);
  }

  close(): void {
    this.socket.close();
    const { signal } = this.listening;
    const late = setTimeout(() => {
      this.listening.abort();
      this.events?.closed(0);
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
  private dialled: WebSocketLink | undefined;

  constructor(private readonly url: string) {}

  /** Begins the connection that is asked for next. The relay gives it some seconds. */
  dial(): void {
    try {
      this.dialled = new WebSocketLink(this.url);
    } catch {
      // A policy of the page forbids the address; `connect` says so.
    }
  }

  /** Ends what was dialled and is not in use. */
  hang_up(): void {
    this.dialled?.drop();
    this.dialled = undefined;
  }

  connect(events: LinkEvents): Link {
    const { dialled } = this;
    this.dialled = undefined;
    try {
      const link = dialled?.alive ? dialled : new WebSocketLink(this.url);
      link.listen(events);
      return link;
    } catch {
      const late = setTimeout(() => events.closed(0));
      return { send: () => undefined, close: () => undefined, drop: () => clearTimeout(late) };
    }
  }
}

/** "host[:port]" as the device signs it: lower case, the default port left out. */
export function dialledHost(url: string): string {
  return new URL(url).host;
}
