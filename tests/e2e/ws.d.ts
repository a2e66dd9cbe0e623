// The part of the package that the tests use; it brings no types of its own.
declare module "ws" {
  import type { EventEmitter } from "node:events";

  export class WebSocket extends EventEmitter {
    constructor(url: string, protocol: string);
    send(bytes: Uint8Array): void;
    close(): void;
  }

  export class WebSocketServer extends EventEmitter {
    constructor(options: {
      host: string;
      port: number;
      handleProtocols(offered: Set<string>): string | false;
    });
    address(): { port: number };
    close(done: () => void): void;
  }
}
